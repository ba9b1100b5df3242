// `claude:status` and `claude:cancel`: of one's own process, and of nobody else's.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  complete,
  ended,
  isAlive,
  newUser,
  output,
  running,
  signedIn,
} from './support/executions.js';
import { startServer } from './support/server.js';
import { until } from './support/within.js';

const server = await startServer();
after(() => server.stop());

const CANCELLED = { success: true, message: 'Process cancelled successfully' };
const TOO_LATE = 'Could not cancel process (may already be completed)';
const UNKNOWN = 'claude_01890000-0000-7000-8000-000000000000';

test('a running process is cancelled: callback, then claude:error', async (t) => {
  const client = await signedIn(t, server);
  const processId = await running(client, { prompt: 'sleep' });
  assert.deepEqual(await client.call('claude:cancel', processId), CANCELLED);
  const { timestamp, ...error } = await client.waitFor('claude:error');
  const message = 'Process was cancelled by user';
  assert.deepEqual(error, { processId, code: 'CANCELLED', message });
  assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 5000);
  const order = client.order();
  assert.ok(order.indexOf('callback of claude:cancel') < order.indexOf('claude:error'));
  const answer = await client.call('claude:status', processId);
  assert.deepEqual(answer, { success: true, status: 'cancelled' });
  await ended(client, processId, 'claude:error');
});

test('cancelling ends the CLI and its children', async (t) => {
  const client = await signedIn(t, server);
  const processId = await running(client, { prompt: 'fork and sleep' });
  const child = Number(output(client, processId));
  assert.equal(isAlive(child), true);
  await client.call('claude:cancel', processId);
  await until('the child of the CLI to end', () => !isAlive(child));
});

test('a CLI that ignores SIGTERM is cancelled all the same', async (t) => {
  const client = await signedIn(t, server);
  const processId = await running(client, { prompt: 'ignore SIGTERM' });
  assert.deepEqual(await client.call('claude:cancel', processId), CANCELLED);
  assert.equal((await client.waitFor('claude:error')).code, 'CANCELLED');
  await ended(client, processId, 'claude:error');
});

test('a process is cancelled once', async (t) => {
  const client = await signedIn(t, server);
  const processId = await running(client, { prompt: 'sleep' });
  const answers = await Promise.all([1, 2, 3].map(() => client.call('claude:cancel', processId)));
  const refused = { success: false, error: TOO_LATE };
  assert.deepEqual(answers, [CANCELLED, refused, refused]);
  await client.waitFor('claude:error', (error) => error.code === 'CANCELLED');
  await client.settled();
  const ends = client.received('claude:error').filter(({ code }) => code === 'CANCELLED');
  assert.equal(ends.length, 1);
});

test('what has completed can no longer be cancelled', async (t) => {
  const client = await signedIn(t, server);
  const { id } = await complete(client, { prompt: 'hello' });
  const answer = await client.call('claude:cancel', id);
  assert.deepEqual(answer, { success: false, error: TOO_LATE });
  const status = await client.call('claude:status', id);
  assert.deepEqual(status, { success: true, status: 'completed' });
});

test('asking after an ended process does not repeat its end to its own socket', async (t) => {
  const client = await signedIn(t, server);
  const { id } = await complete(client, { prompt: 'hello' });
  await client.call('claude:status', id);
  await ended(client, id, 'claude:complete');
});

test('an unknown process is not found', async (t) => {
  const client = await signedIn(t, server);
  const notFound = { success: false, error: 'Process not found' };
  assert.deepEqual(await client.call('claude:status', UNKNOWN), notFound);
  const error = await client.waitFor('claude:error');
  assert.equal(error.code, 'PROCESS_NOT_FOUND');
  assert.equal(error.message, 'Process not found');
  assert.deepEqual(await client.call('claude:cancel', UNKNOWN), notFound);
});

test('the processes of others are neither told nor touched', async (t) => {
  const owner = await signedIn(t, server);
  const stranger = await signedIn(t, server);
  const processId = await running(owner, { prompt: 'sleep' });
  const denied = { success: false, error: 'Access denied' };
  assert.deepEqual(await stranger.call('claude:status', processId), denied);
  assert.deepEqual(await stranger.call('claude:cancel', processId), denied);
  const status = await owner.call('claude:status', processId);
  assert.deepEqual(status, { success: true, status: 'running' });
  await owner.call('claude:cancel', processId);
  await owner.waitFor('claude:error', ({ code }) => code === 'CANCELLED');
  await stranger.settled();
  const told = stranger.record.filter(({ payload }) => payload?.processId === processId);
  assert.deepEqual(
    told.filter(({ event }) => event !== 'claude:error'),
    [],
  );
});

test('another socket of the same user may ask and cancel', async (t) => {
  const userId = newUser();
  const first = await signedIn(t, server, { userId });
  const second = await signedIn(t, server, { userId });
  const processId = await running(first, { prompt: 'sleep' });
  const status = await second.call('claude:status', processId);
  assert.deepEqual(status, { success: true, status: 'running' });
  assert.deepEqual(await second.call('claude:cancel', processId), CANCELLED);
  assert.equal((await first.waitFor('claude:error')).code, 'CANCELLED');
});
