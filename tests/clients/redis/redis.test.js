// Servers that share a Redis: one rate limit, one memory of executions, and no need of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complete, execute, newUser, signedIn } from '../support/executions.js';
import { startServer } from '../support/server.js';
import { until } from '../support/within.js';
import { Redis } from './redis-server.js';

async function startNode(t, redis) {
  const settings = { REDIS_URL: redis.url, CLAUDE_MAX_CONCURRENT_PROCESSES: '50' };
  const node = await startServer({ env: settings });
  t.after(() => node.stop());
  return node;
}

const isLimited = (answer) => /^Rate limit exceeded/.test(answer.error ?? '');

test('the rate limit is one for all servers, under the key of the document', async (t) => {
  const redis = await Redis.start(t);
  const userId = newUser();
  const clients = [];
  for (let node = 0; node < 2; node += 1) {
    clients.push(await signedIn(t, await startNode(t, redis), { userId }));
  }
  for (let index = 0; index < 10; index += 1) {
    await execute(clients[index % 2], { prompt: 'hello' });
  }
  for (const client of clients) {
    const answer = await client.call('claude:execute', { prompt: 'hello' });
    assert.equal(answer.success, false);
    assert.equal(isLimited(answer), true, answer.error);
  }
  const key = `ws:claude:ratelimit:${userId}`;
  assert.ok(Number(redis.ask('get', key)) >= 10);
  const left = Number(redis.ask('pttl', key));
  assert.ok(left > 0 && left <= 60_000, `${left} ms are left of the window`);
});

test('without Redis requests pass, and the limit returns with it', async (t) => {
  const redis = await Redis.start(t);
  const client = await signedIn(t, await startNode(t, redis));
  await execute(client, { prompt: 'hello' });
  await redis.stop();
  for (let index = 0; index < 12; index += 1) await execute(client, { prompt: 'hello' });
  assert.equal((await complete(client, { prompt: 'hello' })).status, 'completed');
  await redis.resume();
  await until('the limit to return', async () => {
    return isLimited(await client.call('claude:execute', { prompt: 'hello' }));
  });
});

test('a server starts and works before its Redis does', async (t) => {
  const node = await startNode(t, { url: 'redis://127.0.0.1:1' });
  assert.equal((await node.fetch('/readyz')).status, 200);
  const client = await signedIn(t, node);
  assert.equal((await complete(client, { prompt: 'hello' })).status, 'completed');
});

test('an ended execution outlives its server', async (t) => {
  const redis = await Redis.start(t);
  const userId = newUser();
  const former = await startServer({ env: { REDIS_URL: redis.url } });
  const result = await complete(await signedIn(t, former, { userId }), { prompt: 'hello' });
  await former.stop();

  const node = await startNode(t, redis);
  const client = await signedIn(t, node, { userId });
  const status = await client.call('claude:status', result.id);
  assert.deepEqual(status, { success: true, status: 'completed' });
  assert.deepEqual((await client.waitFor('claude:complete')).result, result);
  const stranger = await signedIn(t, node);
  const denied = await stranger.call('claude:status', result.id);
  assert.deepEqual(denied, { success: false, error: 'Access denied' });
});
