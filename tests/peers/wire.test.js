// The wire suites: the behaviours of the official suites of Engine.IO v4 and Socket.IO v5, asked of
// the server, and of the peer, so that the suites themselves are held against socket.io.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startServer } from '../clients/support/server.js';
import * as deviations from './wire/deviations.js';
import { ENGINE_IO } from './wire/engine-io.js';
import { SOCKET_IO } from './wire/socket-io.js';

const program = fileURLToPath(new URL('./node/server.js', import.meta.url));
/** Not 25 s and 20 s, which the server has in common with every server of Socket.IO. */
const QUICK_HEARTBEAT = { PING_INTERVAL_MS: '2000', PING_TIMEOUT_MS: '1500' };

const SUITES = { 'Engine.IO v4': ENGINE_IO, 'Socket.IO v5': SOCKET_IO };

assert.equal(Object.keys(ENGINE_IO).length, 25);
assert.equal(Object.keys(SOCKET_IO).length, 32);

const server = await startServer();
const peer = await startServer({ program });
const quickPeer = await startServer({ program, env: QUICK_HEARTBEAT });
after(() => Promise.all([server, peer, quickPeer].map((one) => one.stop())));

const IMPLEMENTATIONS = {
  'the server': { quickly: server, slowly: server, deviations: deviations.SERVER },
  'socket.io': { quickly: peer, slowly: quickPeer, deviations: deviations.SOCKET_IO },
};

/** Behaviours that come only after a while. They wait side by side; the others run meanwhile. */
const isSlow = ([name]) => /^heartbeat|no handshake/.test(name);

describe('the wire suites', { concurrency: true }, () => {
  for (const [who, { quickly, slowly, deviations }] of Object.entries(IMPLEMENTATIONS)) {
    for (const [suite, behaviours] of Object.entries(SUITES)) {
      const all = Object.entries(behaviours);
      describe(`${suite}, ${who}: heartbeats`, { concurrency: true }, () => {
        for (const [name, check] of all.filter(isSlow)) {
          test(name, () => judge(check(slowly), deviations[name]));
        }
      });
      describe(`${suite}, ${who}`, { concurrency: 2 }, () => {
        for (const [name, check] of all.filter((behaviour) => !isSlow(behaviour))) {
          test(name, () => judge(check(quickly), deviations[name]));
        }
      });
    }
    test(`every known deviation of ${who} names a behaviour`, () => {
      const known = Object.keys({ ...ENGINE_IO, ...SOCKET_IO });
      const unknown = Object.keys(deviations).filter((name) => !known.includes(name));
      assert.deepEqual(unknown, []);
    });
  }
});

/** Fails when the behaviour is missing, or when it is there and said to be missing. */
async function judge(check, deviation) {
  if (deviation === undefined) return check;
  await assert.rejects(check, undefined, `it no longer deviates; remove: ${deviation}`);
}
