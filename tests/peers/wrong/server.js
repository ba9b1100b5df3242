#!/usr/bin/env node
// The wrong server: the peer with the single fault that the variable FAULT names.

import { plant } from './faults.js';

try {
  plant(process.env.FAULT);
  await import('../node/server.js');
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
