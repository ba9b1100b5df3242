// The rate limit: so many executions of a user in a window, and nothing else counts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from './support/client.js';
import { execute, newUser, signedIn } from './support/executions.js';
import { startServer } from './support/server.js';
import { tokenFor } from './support/tokens.js';
import { until } from './support/within.js';

const SECOND = { CLAUDE_RATE_LIMIT_MAX: '2', CLAUDE_RATE_LIMIT_WINDOW_MS: '1000' };

async function start(t, env = {}) {
  const server = await startServer({ env: { CLAUDE_MAX_CONCURRENT_PROCESSES: '50', ...env } });
  t.after(() => server.stop());
  return server;
}

async function refused(client) {
  const answer = await client.call('claude:execute', { prompt: 'hello' });
  assert.equal(answer.success, false);
  assert.match(answer.error, /^Rate limit exceeded/);
  assert.equal('processId' in answer, false);
  const error = await client.waitFor('claude:error');
  assert.equal(error.code, 'RATE_LIMIT_EXCEEDED');
  assert.equal(error.message, answer.error);
}

test('the eleventh execution is refused; bad payloads and strangers did not count', async (t) => {
  const server = await start(t);
  const userId = newUser();
  const client = await connect(t, server);
  // Whoever is not signed in counts for nobody.
  await client.call('claude:execute', { prompt: 'hello' });
  assert.equal((await client.waitFor('claude:error')).code, 'UNAUTHORIZED');
  await client.call('authenticate', { token: tokenFor(userId) });
  for (const payload of [{}, { prompt: '' }, { prompt: 42 }, { prompt: 'x', timeoutMs: 1e9 }]) {
    await client.call('claude:execute', payload);
    assert.equal((await client.waitFor('claude:error')).code, 'INVALID_PAYLOAD');
  }
  const first = await execute(client, { prompt: 'hello' });
  for (let index = 1; index < 10; index += 1) await execute(client, { prompt: 'hello' });
  await refused(client);
  // Asking and cancelling are free.
  assert.equal((await client.call('claude:status', first)).success, true);
  assert.equal((await client.call('claude:cancel', first)).error !== undefined, true);
  // Nobody else is touched.
  await execute(await signedIn(t, server), { prompt: 'hello' });
});

test('the limit is the same after a reconnect and on every socket', async (t) => {
  const server = await start(t, { ...SECOND, CLAUDE_RATE_LIMIT_WINDOW_MS: '60000' });
  const userId = newUser();
  const first = await signedIn(t, server, { userId });
  await execute(first, { prompt: 'hello' });
  first.socket.disconnect();
  const second = await signedIn(t, server, { userId });
  await execute(second, { prompt: 'hello' });
  await refused(second);
  await refused(await signedIn(t, server, { userId }));
});

test('a new window begins by itself, also for who kept asking', async (t) => {
  const server = await start(t, SECOND);
  const client = await signedIn(t, server);
  const began = performance.now();
  for (let index = 0; index < 2; index += 1) await execute(client, { prompt: 'hello' });
  await refused(client);
  await until('the next window', async () => {
    return (await client.call('claude:execute', { prompt: 'hello' })).success;
  });
  const took = performance.now() - began;
  assert.ok(took > 900 && took < 5000, `the window of 1000 ms took ${took} ms`);
});

test('what a full queue refuses has counted all the same', async (t) => {
  const full = { CLAUDE_MAX_CONCURRENT_PROCESSES: '1', CLAUDE_MAX_QUEUE_SIZE: '1' };
  const server = await start(t, { ...full, CLAUDE_RATE_LIMIT_MAX: '3' });
  const client = await signedIn(t, server);
  for (let index = 0; index < 2; index += 1) await execute(client, { prompt: 'sleep' });
  const answer = await client.call('claude:execute', { prompt: 'hello' });
  assert.equal(answer.error, 'Queue is full');
  assert.equal((await client.waitFor('claude:error')).code, 'EXECUTION_ERROR');
  await refused(client);
});
