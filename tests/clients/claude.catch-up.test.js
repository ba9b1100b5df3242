// Catching up: a client that asks after a process later misses nothing of it.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { complete, ended, execute, newUser, output, signedIn } from './support/executions.js';
import { startServer } from './support/server.js';

const server = await startServer();
after(() => server.stop());

const WHOLE = 'Hello from the mock API.';

test('who joins in the middle receives the output so far in one piece, then the rest', async (t) => {
  const userId = newUser();
  const first = await signedIn(t, server, { userId });
  const processId = await execute(first, { prompt: 'hello slowly' });
  await first.waitFor('claude:progress', () => output(first, processId).startsWith('Hello from'));
  first.socket.disconnect();

  const second = await signedIn(t, server, { userId });
  const status = await second.call('claude:status', processId);
  assert.deepEqual(status, { success: true, status: 'running' });
  const { result } = await second.waitFor('claude:complete');
  assert.equal(result.stdout, WHOLE);
  assert.equal(output(second, processId), WHOLE);
  const [soFar] = second.received('claude:progress').filter(({ data }) => data !== undefined);
  assert.ok(soFar.data.startsWith('Hello from'), soFar.data);
  await ended(second, processId, 'claude:complete');
});

test('who joins after the end receives the result', async (t) => {
  const userId = newUser();
  const first = await signedIn(t, server, { userId });
  const result = await complete(first, { prompt: 'hello' });
  const second = await signedIn(t, server, { userId });
  const status = await second.call('claude:status', result.id);
  assert.deepEqual(status, { success: true, status: 'completed' });
  assert.deepEqual((await second.waitFor('claude:complete')).result, result);
  await ended(second, result.id, 'claude:complete');
});

test('who joins after a failure receives the failure', async (t) => {
  const userId = newUser();
  const first = await signedIn(t, server, { userId });
  const processId = await execute(first, { prompt: 'exit 3' });
  const told = await first.waitFor('claude:error');
  const second = await signedIn(t, server, { userId });
  assert.equal((await second.call('claude:status', processId)).status, 'failed');
  assert.deepEqual(await second.waitFor('claude:error'), told);
  await ended(second, processId, 'claude:error');
});

test('asking again repeats nothing', async (t) => {
  const userId = newUser();
  const first = await signedIn(t, server, { userId });
  const processId = await execute(first, { prompt: 'hello slowly' });
  await first.waitFor('claude:progress', ({ data }) => data);
  const second = await signedIn(t, server, { userId });
  for (let time = 0; time < 3; time += 1) await second.call('claude:status', processId);
  for (const client of [first, second]) {
    await client.waitFor('claude:complete');
    assert.equal(output(client, processId), WHOLE);
    await ended(client, processId, 'claude:complete');
  }
});

test('nobody follows the process of another user by asking', async (t) => {
  const owner = await signedIn(t, server);
  const stranger = await signedIn(t, server);
  const processId = await execute(owner, { prompt: 'hello slowly' });
  await stranger.call('claude:status', processId);
  await owner.waitFor('claude:complete');
  await stranger.settled();
  assert.equal(JSON.stringify(stranger.received('claude:progress')), '[]');
  assert.equal(JSON.stringify(stranger.received('claude:complete')), '[]');
});
