// Executions and the servers they ran on: what the others say when a server stops, dies or lives.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ended, execute, newUser, running, signedIn } from '../support/executions.js';
import { startServer } from '../support/server.js';
import { occupy, startShellServer } from '../support/shell.js';
import { until, within } from '../support/within.js';
import { Redis } from './redis-server.js';

async function startNode(t, redis) {
  const node = await startServer({ env: { REDIS_URL: redis.url } });
  t.after(() => node.stop());
  return node;
}

const recorded = (redis, processId, status) =>
  until(`the record to say ${status}`, () =>
    redis.ask('get', `ws:claude:process:${processId}`).includes(`"status":"${status}"`),
  );

test('what runs on a server that dies has failed, once its silence was long enough', async (t) => {
  const redis = await Redis.start(t);
  const userId = newUser();
  const doomed = await startNode(t, redis);
  const witness = await signedIn(t, await startNode(t, redis), { userId });
  const processId = await running(await signedIn(t, doomed, { userId }), { prompt: 'sleep' });
  await recorded(redis, processId, 'running');
  const { server } = JSON.parse(redis.ask('get', `ws:claude:process:${processId}`));
  doomed.child.kill('SIGKILL');
  await within('the server to die', doomed.exited);

  const status = await witness.call('claude:status', processId);
  assert.deepEqual(status, { success: true, status: 'running' });
  const silence = Number(redis.ask('pttl', `ws:claude:server:${server}`));
  assert.ok(silence > 0 && silence <= 15_000, `${silence} ms until it counts as dead`);
  // As if that time had passed.
  redis.ask('del', `ws:claude:server:${server}`);

  const later = await witness.call('claude:status', processId);
  assert.deepEqual(later, { success: true, status: 'failed' });
  const error = await witness.waitFor('claude:error');
  assert.equal(error.code, 'EXECUTION_ERROR');
  assert.equal(error.message, 'Server stopped');
  assert.equal(error.processId, processId);
  await witness.call('claude:status', processId);
  await ended(witness, processId, 'claude:error');
  const stranger = await signedIn(t, await startNode(t, redis));
  const denied = { success: false, error: 'Access denied' };
  assert.deepEqual(await stranger.call('claude:status', processId), denied);
  assert.deepEqual(await stranger.call('claude:cancel', processId), denied);
});

test('a server that stops leaves the ends of its executions behind', async (t) => {
  const redis = await Redis.start(t);
  const userId = newUser();
  const stopping = await startServer({
    env: { REDIS_URL: redis.url, CLAUDE_MAX_CONCURRENT_PROCESSES: '1' },
  });
  const client = await signedIn(t, stopping, { userId });
  const processes = [await running(client, { prompt: 'sleep' })];
  for (let index = 0; index < 3; index += 1) {
    processes.push(await execute(client, { prompt: 'hello' }));
  }
  client.socket.disconnect();
  assert.equal((await stopping.stop()).code, 0);
  const back = await signedIn(t, await startNode(t, redis), { userId });
  for (const processId of processes) {
    assert.equal((await back.call('claude:status', processId)).status, 'failed');
    const error = await back.waitFor('claude:error', (event) => event.processId === processId);
    assert.equal(error.message, 'Server is shutting down');
  }
});

test('who polls another server learns the end, once', async (t) => {
  const redis = await Redis.start(t);
  const userId = newUser();
  const here = await startShellServer(t, { REDIS_URL: redis.url });
  const owner = await signedIn(t, here, { userId });
  const poller = await signedIn(t, await startNode(t, redis), { userId });
  const { processId, open } = await occupy(owner, here);
  await recorded(redis, processId, 'running');
  assert.equal((await poller.call('claude:status', processId)).status, 'running');
  open();
  const { result } = await owner.waitFor('claude:complete');
  await recorded(redis, processId, 'completed');
  for (let time = 0; time < 3; time += 1) {
    assert.equal((await poller.call('claude:status', processId)).status, 'completed');
  }
  assert.deepEqual((await poller.waitFor('claude:complete')).result, result);
  await ended(poller, processId, 'claude:complete');
});
