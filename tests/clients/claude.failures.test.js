// `claude:execute` that goes wrong: `claude:error`, and never `claude:complete`.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { connect } from './support/client.js';
import { complete, ended, execute, fail, isAlive, signedIn } from './support/executions.js';
import { startServer } from './support/server.js';
import { until } from './support/within.js';

const server = await startServer();
after(() => server.stop());

const FAILURES = {
  'exit 3': /the disk is full/,
  'exit 3 silently': /exited with code 3/,
  'API error, exit 1': /^API Error: overloaded$/,
  'API error, exit 0': /^API Error: overloaded$/,
};

for (const [prompt, message] of Object.entries(FAILURES)) {
  test(`"${prompt}" ends in claude:error`, async (t) => {
    const client = await signedIn(t, server);
    const error = await fail(client, { prompt });
    assert.equal(error.code, 'EXECUTION_ERROR');
    assert.match(error.message, message);
    const answer = await client.call('claude:status', error.processId);
    assert.deepEqual(answer, { success: true, status: 'failed' });
  });
}

test('a CLI that cannot be found ends in claude:error', async (t) => {
  const without = await startServer({ env: { CLAUDE_CLI_PATH: '/nowhere/claude' } });
  t.after(() => without.stop());
  const client = await signedIn(t, without);
  const error = await fail(client, { prompt: 'hello' });
  assert.equal(error.code, 'EXECUTION_ERROR');
  assert.equal(error.message.includes('/nowhere'), false, "the path is not the client's business");
  assert.equal((await without.fetch('/healthz')).status, 200);
});

test('timeoutMs ends a process, and the message names the limit', async (t) => {
  const client = await signedIn(t, server);
  const error = await fail(client, { prompt: 'sleep', timeoutMs: 700 });
  assert.equal(error.code, 'EXECUTION_ERROR');
  assert.match(error.message, /700/);
  const answer = await client.call('claude:status', error.processId);
  assert.deepEqual(answer, { success: true, status: 'timeout' });
});

test('CLAUDE_PROCESS_TIMEOUT_MS ends a process that has no limit of its own', async (t) => {
  const hasty = await startServer({ env: { CLAUDE_PROCESS_TIMEOUT_MS: '600' } });
  t.after(() => hasty.stop());
  const client = await signedIn(t, hasty);
  const error = await fail(client, { prompt: 'sleep' });
  assert.match(error.message, /600/);
  assert.equal((await client.call('claude:status', error.processId)).status, 'timeout');
});

test('a timeoutMs above CLAUDE_MAX_TIMEOUT_MS is refused', async (t) => {
  const client = await signedIn(t, server);
  const answer = await client.call('claude:execute', { prompt: 'hello', timeoutMs: 3_600_001 });
  assert.equal(answer.success, false);
  const error = await client.waitFor('claude:error');
  assert.equal(error.code, 'INVALID_PAYLOAD');
  assert.equal(error.message, answer.error);
  await execute(client, { prompt: 'hello', timeoutMs: 3_600_000 });
  await client.waitFor('claude:complete');
});

test('a CLI that ignores SIGTERM is killed all the same', async (t) => {
  const client = await signedIn(t, server);
  const error = await fail(client, { prompt: 'ignore SIGTERM', timeoutMs: 700 });
  const answer = await client.call('claude:status', error.processId);
  assert.deepEqual(answer, { success: true, status: 'timeout' });
});

test('children of the CLI end with it, also when it leaves them behind', async (t) => {
  const client = await signedIn(t, server);
  const { stdout, exitCode } = await complete(client, { prompt: 'fork and leave' });
  assert.equal(exitCode, 0);
  await until('the child that was left behind to end', () => !isAlive(Number(stdout)));
});

test('a child that escaped the CLI holds nobody up', async (t) => {
  const client = await signedIn(t, server);
  const { stdout } = await complete(client, { prompt: 'fork away and leave' });
  process.kill(Number(stdout));
});

const SENTENCES = {
  'claude:execute': [{ prompt: 'hello' }, 'Authentication required to execute Claude commands'],
  'claude:status': ['claude_1', 'Authentication required to query Claude processes'],
  'claude:cancel': ['claude_1', 'Authentication required to cancel Claude processes'],
};

for (const [event, [argument, sentence]] of Object.entries(SENTENCES)) {
  test(`${event} needs a user`, async (t) => {
    const client = await connect(t, server);
    // The check of the user comes before the check of the payload.
    for (const payload of [argument, 42]) {
      const answer = await client.call(event, payload);
      assert.deepEqual(answer, { success: false, error: sentence });
      const { timestamp, ...error } = await client.waitFor('claude:error');
      assert.deepEqual(error, { code: 'UNAUTHORIZED', message: sentence });
      assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 5000);
    }
    client.send(event, argument);
    assert.equal((await client.waitFor('claude:error')).code, 'UNAUTHORIZED');
  });
}

test('who logged out executes no more, but what runs goes on', async (t) => {
  const client = await signedIn(t, server);
  const processId = await execute(client, { prompt: 'hello slowly' });
  await client.call('logout');
  const answer = await client.call('claude:execute', { prompt: 'hello' });
  assert.equal(answer.error, 'Authentication required to execute Claude commands');
  await client.waitFor('claude:complete', (event) => event.processId === processId);
  await ended(client, processId, 'claude:complete');
});
