// The kit can fail: a server with a single fault is caught, whichever fault it is, by a story of the
// fault's area; the same server without a fault passes every story.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CONFIGURATIONS, replay, startServers } from './kit/kit.js';
import { FAULTS } from './wrong/faults.js';

const program = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Where stories about the faults of an area lie. */
const STORIES = {
  session: ['session', 'notifications'],
  rooms: ['rooms', 'publishing'],
  liveness: ['liveness'],
  answers: ['bad_input', 'rooms', 'liveness'],
  publishing: ['media', 'notifications', 'publishing'],
  claude: ['claude', 'bad_input'],
};

/** Faults that show only with settings of which the kit has a configuration. */
const SETTINGS = {
  'the queue begins at 1': 'one-at-a-time',
  'who moves up in the queue is not told': 'one-at-a-time',
  'a queue that is full takes one more': 'full-queue',
  'bad payloads count as attempts': 'two-a-minute',
  'an attempt beyond the limit has another code': 'two-a-minute',
};

/** What must arrive arrives within a second, also on a loaded machine; what never does costs it. */
const QUICKLY = ['--transport', 'websocket', '--timeout-ms', '1500'];

const failing = (stories) =>
  stories.filter(({ outcome }) => outcome === 'fail').map(({ story }) => story);

/** What the peer fails without any fault. It proves nothing of a fault. */
let always = new Set();

test('a correct server in another language passes every story', async (t) => {
  const configured = Object.keys(CONFIGURATIONS).filter((name) => name !== 'workspace');
  const servers = await startServers(t, { program: program('./node/server.js'), configured });
  const { code, stories } = await replay(servers);
  always = new Set(failing(stories));
  assert.deepEqual([...always], []);
  assert.equal(code, 0);
  assert.ok(stories.filter(({ outcome }) => outcome === 'pass').length > 100);
});

for (const [area, faults] of Object.entries(FAULTS)) {
  describe(`faults of ${area}`, { concurrency: 2 }, () => {
    for (const fault of Object.keys(faults)) {
      test(fault, async (t) => {
        const configured = fault in SETTINGS ? [SETTINGS[fault]] : [];
        const wrong = { program: program('./wrong/server.js'), env: { FAULT: fault }, configured };
        const servers = await startServers(t, wrong);
        const { code, stories } = await replay(servers, STORIES[area], QUICKLY);
        const caughtBy = failing(stories).filter((story) => !always.has(story));
        assert.notDeepEqual(caughtBy, [], 'the kit takes it for correct');
        assert.equal(code, 1);
        t.diagnostic(`caught by ${caughtBy.join(', ')}`);
      });
    }
  });
}

test('every fault that needs settings is a fault', () => {
  const names = Object.values(FAULTS).flatMap(Object.keys);
  assert.ok(names.length >= 25);
  assert.equal(new Set(names).size, names.length);
  assert.deepEqual(
    Object.keys(SETTINGS).filter((name) => !names.includes(name)),
    [],
  );
});
