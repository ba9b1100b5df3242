// The queue: what waits, where it stands, and how it comes to its turn.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ended, execute, newUser, running, signedIn } from './support/executions.js';
import { startServer } from './support/server.js';

const ONE_AT_A_TIME = { CLAUDE_MAX_CONCURRENT_PROCESSES: '1', CLAUDE_MAX_QUEUE_SIZE: '2' };

const server = await startServer({ env: ONE_AT_A_TIME });
after(() => server.stop());

/** The next position that a process is told. */
async function position(client, processId) {
  const event = await client.waitFor('claude:queued', (queued) => queued.processId === processId);
  assert.equal(event.message, `Queue position: ${event.queuePosition}`);
  assert.ok(Math.abs(Date.parse(event.timestamp) - Date.now()) < 10_000);
  return event.queuePosition;
}

/** Cancels a process and waits for its end. */
async function cancel(client, processId) {
  assert.equal((await client.call('claude:cancel', processId)).success, true);
  const error = await client.waitFor('claude:error', (event) => event.processId === processId);
  assert.equal(error.code, 'CANCELLED');
}

test('who waits is told every position and then the start', async (t) => {
  const client = await signedIn(t, server);
  const first = await running(client, { prompt: 'sleep' });
  const second = await execute(client, { prompt: 'sleep' });
  assert.equal(await position(client, second), 0);
  const third = await execute(client, { prompt: 'hello' });
  assert.equal(await position(client, third), 1);
  const status = await client.call('claude:status', third);
  assert.deepEqual(status, { success: true, status: 'queued', queuePosition: 1 });

  await cancel(client, first);
  await client.waitFor('claude:progress', (event) => event.processId === second);
  assert.equal(await position(client, third), 0);
  await cancel(client, second);
  await client.waitFor('claude:complete', (event) => event.processId === third);
  const told = client.record.filter(({ event, payload }) => event && payload.processId === third);
  const order = told.map(({ event, payload }) => payload.message ?? event);
  assert.deepEqual(order.slice(0, 3), [
    'Queue position: 1',
    'Queue position: 0',
    'Process started',
  ]);
  assert.equal(order.at(-1), 'claude:complete');
});

test('a full queue refuses, and has room again later', async (t) => {
  const client = await signedIn(t, server);
  const first = await running(client, { prompt: 'sleep' });
  const waiting = [
    await execute(client, { prompt: 'sleep' }),
    await execute(client, { prompt: 'sleep' }),
  ];
  const answer = await client.call('claude:execute', { prompt: 'hello' });
  assert.deepEqual(answer, { success: false, error: 'Queue is full' });
  const { timestamp: _, ...error } = await client.waitFor('claude:error');
  assert.deepEqual(error, { code: 'EXECUTION_ERROR', message: 'Queue is full' });
  await cancel(client, waiting.pop());
  waiting.push(await execute(client, { prompt: 'sleep' }));
  for (const processId of [...waiting.reverse(), first]) await cancel(client, processId);
});

test('what waits can be cancelled and never starts', async (t) => {
  const client = await signedIn(t, server);
  const first = await running(client, { prompt: 'sleep' });
  const waiting = await execute(client, { prompt: 'hello' });
  await position(client, waiting);
  await cancel(client, waiting);
  const status = await client.call('claude:status', waiting);
  assert.deepEqual(status, { success: true, status: 'cancelled' });
  await cancel(client, first);
  await ended(client, waiting, 'claude:error');
  const told = client.received('claude:progress').map(({ processId }) => processId);
  assert.equal(told.includes(waiting), false);
});

test('waiting longer than CLAUDE_QUEUE_TIMEOUT_MS ends the wait', async (t) => {
  const hasty = await startServer({ env: { ...ONE_AT_A_TIME, CLAUDE_QUEUE_TIMEOUT_MS: '500' } });
  t.after(() => hasty.stop());
  const client = await signedIn(t, hasty);
  const first = await running(client, { prompt: 'sleep' });
  const waiting = await execute(client, { prompt: 'hello' });
  const error = await client.waitFor('claude:error');
  assert.equal(error.processId, waiting);
  assert.equal(error.code, 'QUEUE_TIMEOUT');
  const status = await client.call('claude:status', waiting);
  assert.deepEqual(status, { success: true, status: 'timeout' });
  assert.equal((await client.call('claude:status', first)).status, 'running');
});

test('five run at the same time by default', async (t) => {
  const roomy = await startServer();
  t.after(() => roomy.stop());
  const client = await signedIn(t, roomy);
  const started = [];
  for (let index = 0; index < 5; index += 1)
    started.push(await running(client, { prompt: 'sleep' }));
  const sixth = await execute(client, { prompt: 'sleep' });
  assert.equal(await position(client, sixth), 0);
  assert.equal(client.received('claude:queued').length, 1);
});

test('ten executions a minute for a user, however many sockets', async (t) => {
  const roomy = await startServer({ env: { CLAUDE_MAX_CONCURRENT_PROCESSES: '20' } });
  t.after(() => roomy.stop());
  const userId = newUser();
  const first = await signedIn(t, roomy, { userId });
  const second = await signedIn(t, roomy, { userId });
  // What is refused as a payload does not count.
  await first.call('claude:execute', { prompt: '' });
  await first.waitFor('claude:error', ({ code }) => code === 'INVALID_PAYLOAD');
  for (let index = 0; index < 10; index += 1) {
    await execute(index % 2 ? first : second, { prompt: 'sleep' });
  }
  for (const client of [first, second]) {
    const answer = await client.call('claude:execute', { prompt: 'hello' });
    assert.equal(answer.success, false);
    assert.match(answer.error, /^Rate limit exceeded/);
    const error = await client.waitFor('claude:error');
    assert.equal(error.code, 'RATE_LIMIT_EXCEEDED');
    assert.equal(error.message, answer.error);
    assert.equal('processId' in error, false);
  }
  await execute(await signedIn(t, roomy), { prompt: 'hello' });
  const [{ processId }] = first.received('claude:progress');
  assert.equal((await first.call('claude:status', processId)).success, true);
});
