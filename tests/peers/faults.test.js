// The kit can fail: each single fault of a server is caught by the story that is about it, and the
// same server without a fault passes every story.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CAUGHT_BY, CONFIGURATION_OF } from './kit/caught-by.js';
import { CONFIGURATIONS, replay, startServers } from './kit/kit.js';
import { FAULTS } from './wrong/faults.js';

const program = (path) => fileURLToPath(new URL(path, import.meta.url));

/** A correct server is far from this slow; what a wrong one never sends costs it. */
const ONCE = ['--transport', 'websocket', '--timeout-ms', '3000', '--executing', '8'];

const outcomes = (stories, wanted) =>
  stories.filter(({ outcome }) => outcome === wanted).map(({ story }) => story);

/** The stories of these that a server with the fault fails. */
async function caughtBy(t, fault, asked) {
  const configured = [...new Set(asked.map((story) => CONFIGURATION_OF[story]).filter(Boolean))];
  const wrong = { program: program('./wrong/server.js'), env: { FAULT: fault }, configured };
  const { code, stories } = await replay(await startServers(t, wrong), asked, ONCE);
  const failed = outcomes(stories, 'fail');
  assert.equal(code, failed.length > 0 ? 1 : 0);
  return failed;
}

test('a correct server in another language passes every story', async (t) => {
  const configured = Object.keys(CONFIGURATIONS).filter((name) => name !== 'workspace');
  const servers = await startServers(t, { program: program('./node/server.js'), configured });
  const { code, stories } = await replay(servers);
  assert.deepEqual(outcomes(stories, 'fail'), []);
  assert.equal(code, 0);
  const passed = outcomes(stories, 'pass');
  const named = Object.values(CAUGHT_BY).flatMap(Object.values);
  const unproven = named.filter((story) => !passed.includes(story));
  assert.deepEqual(unproven, [], 'a story that a correct server does not pass proves nothing');
});

test('every fault has its story, and there are at least 25', () => {
  const namesOf = (areas) => Object.values(areas).flatMap(Object.keys).sort();
  const told = namesOf(CAUGHT_BY);
  assert.deepEqual(told, namesOf(FAULTS));
  assert.equal(new Set(told).size, told.length);
  assert.ok(told.length >= 25);
});

describe('the kit catches', { concurrency: 3 }, () => {
  for (const [area, faults] of Object.entries(CAUGHT_BY)) {
    for (const [fault, story] of Object.entries(faults)) {
      test(`${area}, by ${story}: ${fault}`, async (t) => {
        assert.deepEqual(await caughtBy(t, fault, [story]), [story]);
      });
    }
  }
});
