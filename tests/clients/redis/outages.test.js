// A Redis that is absent, dies or freezes: nobody is refused or kept waiting, one warning says so.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { execute, signedIn } from '../support/executions.js';
import { startServer } from '../support/server.js';
import { until } from '../support/within.js';
import { LossyPath } from './lossy-path.js';
import { Redis } from './redis-server.js';

const LIMIT = 3;
const SETTINGS = { CLAUDE_RATE_LIMIT_MAX: `${LIMIT}`, CLAUDE_MAX_CONCURRENT_PROCESSES: '50' };
/** The most that a Redis which does not answer may add; the cores are shared. */
const ADDED_MS = 300;

async function startNode(t, url) {
  const node = await startServer({ env: { ...SETTINGS, REDIS_URL: url } });
  t.after(() => node.stop());
  return node;
}

const warnings = (node) => node.stderr.match(/WARN.*Redis/g) ?? [];

/** Executes so often without being refused; gives how long the slowest callback took. */
async function passes(client, times) {
  let slowest = 0;
  for (let time = 0; time < times; time += 1) {
    const asked = performance.now();
    await execute(client, { prompt: 'hello' });
    slowest = Math.max(slowest, performance.now() - asked);
  }
  return slowest;
}

const limited = (client) =>
  until('the limit to return', async () => {
    const answer = await client.call('claude:execute', { prompt: 'hello' });
    return /^Rate limit exceeded/.test(answer.error ?? '');
  });

const recovered = (node) =>
  until('the server to find Redis', () => /Redis is available again/.test(node.stderr));

test('absent at the start: requests pass, and the limit comes with it', async (t) => {
  const redis = await Redis.start(t);
  await redis.stop();
  const node = await startNode(t, redis.url);
  const client = await signedIn(t, node);
  const slowest = await passes(client, 3 * LIMIT);
  assert.ok(slowest < ADDED_MS, `${slowest} ms`);
  assert.equal(warnings(node).length, 1, node.stderr);
  await redis.resume();
  await recovered(node);
  await limited(client);
  assert.equal(warnings(node).length, 1, node.stderr);
});

test('frozen: the first request waits a little, the others do not, and it thaws', async (t) => {
  const redis = await Redis.start(t);
  t.after(() => redis.child.kill('SIGCONT'));
  const node = await startNode(t, redis.url);
  const client = await signedIn(t, node);
  const usual = await passes(client, 1);
  redis.child.kill('SIGSTOP');
  const first = await passes(client, 1);
  assert.ok(first < usual + ADDED_MS, `${first} ms instead of ${usual} ms`);
  const later = await passes(client, 3 * LIMIT);
  assert.ok(later < usual + ADDED_MS / 2, `${later} ms instead of ${usual} ms`);
  assert.equal(warnings(node).length, 1, node.stderr);
  redis.child.kill('SIGCONT');
  await recovered(node);
  await limited(client);
  assert.equal(warnings(node).length, 1, node.stderr);
});

test('killed midway, again and again: each loss is one warning, each return is noticed', async (t) => {
  const redis = await Redis.start(t);
  const node = await startNode(t, redis.url);
  const client = await signedIn(t, node);
  for (let loss = 1; loss <= 2; loss += 1) {
    await passes(client, LIMIT);
    await limited(client);
    await redis.stop();
    const slowest = await passes(client, 3 * LIMIT);
    assert.ok(slowest < ADDED_MS, `${slowest} ms`);
    assert.equal(warnings(node).length, loss, node.stderr);
    await redis.resume();
    await until('the return to be noticed', () => {
      return (node.stderr.match(/Redis is available again/g) ?? []).length === loss;
    });
  }
});

test('a path lost without a word: the server takes another', async (t) => {
  const redis = await Redis.start(t);
  const path = await LossyPath.to(t, redis);
  const node = await startNode(t, path.url);
  const client = await signedIn(t, node);
  await passes(client, 1);
  path.lose();
  await passes(client, 3 * LIMIT);
  await recovered(node);
  await limited(client);
  assert.equal(warnings(node).length, 1, node.stderr);
});

test('a Redis that is full is as good as none, and warns once', async (t) => {
  const redis = await Redis.start(t);
  const node = await startNode(t, redis.url);
  const client = await signedIn(t, node);
  await passes(client, 1);
  redis.ask('config', 'set', 'maxmemory', '1');
  await passes(client, 3 * LIMIT);
  // Longer than a server waits before it asks again whether Redis works.
  await new Promise((resolve) => setTimeout(resolve, 1200));
  await passes(client, 1);
  assert.equal(warnings(node).length, 1, node.stderr);
  redis.ask('config', 'set', 'maxmemory', '0');
  await recovered(node);
  await limited(client);
});

test('what ended while Redis was away is known afterwards', async (t) => {
  const redis = await Redis.start(t);
  t.after(() => redis.child.kill('SIGCONT'));
  const node = await startNode(t, redis.url);
  const userId = 'who-waits-for-redis';
  const client = await signedIn(t, node, { userId });
  const processId = await execute(client, { prompt: 'sleep' });
  await client.waitFor('claude:progress', ({ data }) => data);
  redis.child.kill('SIGSTOP');
  await passes(client, 1);
  await client.call('claude:cancel', processId);
  await client.waitFor('claude:error', ({ code }) => code === 'CANCELLED');
  redis.child.kill('SIGCONT');
  await recovered(node);

  const other = await signedIn(t, await startNode(t, redis.url), { userId });
  await until('the other server to know the end', async () => {
    return (await other.call('claude:status', processId)).status === 'cancelled';
  });
  assert.equal((await other.waitFor('claude:error')).code, 'CANCELLED');
});
