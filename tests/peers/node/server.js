#!/usr/bin/env node
// The peer as a program, started like the project's own server: the same variables and flags.

import { setTimeout } from 'node:timers/promises';
import { Peer } from './peer.js';
import { readSettings } from './settings.js';

const GRACE_MS = 5000;

try {
  const peer = new Peer(readSettings(process.argv.slice(2), process.env));
  console.log(`slop-server listening on ${await peer.listen()}`);
  process.once('SIGTERM', async () => {
    // A client that reads nothing must not keep it from ending.
    await Promise.race([peer.stop(), setTimeout(GRACE_MS)]);
    process.exit(0);
  });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
