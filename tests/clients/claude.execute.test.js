// `claude:execute`: from the prompt to the answer, streamed.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { complete, execute, newUser, output, signedIn } from './support/executions.js';
import { startServer } from './support/server.js';

const server = await startServer();
after(() => server.stop());

test('an answer streams in and completes with every field of its result', async (t) => {
  const userId = newUser();
  const client = await signedIn(t, server, { userId });
  const result = await complete(client, { prompt: 'hello slowly' });
  assert.deepEqual(result, {
    id: result.id,
    userId,
    status: 'completed',
    stdout: 'Hello from the mock API.',
    stderr: '',
    exitCode: 0,
    startedAt: result.startedAt,
    completedAt: result.completedAt,
    durationMs: result.durationMs,
    parsedResponse: {
      content: 'Hello from the mock API.',
      usage: { inputTokens: 11, outputTokens: 6, totalTokens: 17 },
      model: 'claude-opus-4-8',
      stopReason: 'end_turn',
    },
  });
  assert.ok(result.durationMs >= 500 && result.durationMs < 10_000, `${result.durationMs} ms`);
  const length = Date.parse(result.completedAt) - Date.parse(result.startedAt);
  assert.ok(Math.abs(length - result.durationMs) <= 1);
});

test('the callback comes first, then the start, then the chunks, then the end', async (t) => {
  const client = await signedIn(t, server);
  const { id } = await complete(client, { prompt: 'hello slowly' });
  const [called, started, ...chunks] = client.record.slice(2);
  assert.equal(called.callback, 'claude:execute');
  assert.equal(started.event, 'claude:progress');
  const { timestamp, ...start } = started.payload;
  assert.deepEqual(start, { processId: id, status: 'running', message: 'Process started' });
  assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 10_000);
  assert.equal(chunks.pop().event, 'claude:complete');
  assert.ok(chunks.length > 1 && chunks.length <= 5, 'chunks are sent as they come');
  for (const { event, payload } of chunks) {
    assert.equal(event, 'claude:progress');
    assert.equal(payload.status, 'running');
  }
});

test('thoughts, sub-agents and unknown lines are not output', async (t) => {
  const client = await signedIn(t, server);
  const result = await complete(client, { prompt: 'think and delegate' });
  assert.equal(result.stdout, 'Only this.');
  assert.equal(result.parsedResponse.content, 'Only this.');
});

test('2000 chunks arrive complete and in order', async (t) => {
  const client = await signedIn(t, server);
  const { stdout } = await complete(client, { prompt: 'many chunks' });
  assert.equal(stdout, Array.from({ length: 2000 }, (_, index) => `${index},`).join(''));
});

test('a CLI that prints plain text works too, without a parsed response', async (t) => {
  const client = await signedIn(t, server);
  const result = await complete(client, { prompt: 'plain' });
  assert.equal(result.stdout, 'two\nlines, é\n');
  assert.equal(result.status, 'completed');
  assert.equal('parsedResponse' in result, false);
});

test('warnings on stderr do not decide', async (t) => {
  const client = await signedIn(t, server);
  const result = await complete(client, { prompt: 'warn and succeed' });
  assert.equal(result.stderr, 'only a warning\n');
  assert.equal(result.stdout, 'Fine.');
});

test('output that is not UTF-8 is passed on with replacement characters', async (t) => {
  const client = await signedIn(t, server);
  const result = await complete(client, { prompt: 'not UTF-8' });
  assert.match(result.stdout, /^before \ufffd+ after\n$/);
  assert.match(result.stderr, /^stderr \ufffd+\n$/);
});

test('the socket is not held up by its execution', async (t) => {
  const client = await signedIn(t, server);
  const processId = await execute(client, { prompt: 'hello slowly' });
  await client.call('heartbeat');
  const answer = await client.call('claude:status', processId);
  assert.deepEqual(answer, { success: true, status: 'running' });
  assert.deepEqual(client.received('claude:complete'), []);
  await client.waitFor('claude:complete');
  assert.equal(output(client, processId), 'Hello from the mock API.');
});

test('two executions of one socket do not mix', async (t) => {
  const client = await signedIn(t, server);
  const both = [
    complete(client, { prompt: 'hello slowly' }),
    complete(client, { prompt: 'many chunks' }),
  ];
  const [hello, many] = await Promise.all(both);
  assert.notEqual(hello.id, many.id);
  assert.equal(hello.stdout, 'Hello from the mock API.');
  assert.ok(many.stdout.endsWith('1998,1999,'));
});

test('executions are told to their own socket only', async (t) => {
  const userId = newUser();
  const client = await signedIn(t, server, { userId });
  const sameUser = await signedIn(t, server, { userId });
  const stranger = await signedIn(t, server);
  await complete(client, { prompt: 'hello' });
  for (const other of [sameUser, stranger]) {
    await other.settled();
    assert.deepEqual(other.order(), ['welcome', 'authenticated', 'pong', 'callback of ping']);
  }
});

test('an execution survives the socket that started it', async (t) => {
  const userId = newUser();
  const first = await signedIn(t, server, { userId });
  const processId = await execute(first, { prompt: 'hello slowly' });
  first.socket.disconnect();
  const second = await signedIn(t, server, { userId });
  const answer = await second.call('claude:status', processId);
  assert.equal(answer.success, true);
  assert.ok(['running', 'completed'].includes(answer.status), answer.status);
});

test('100000 characters are a legal prompt, 100001 are not', async (t) => {
  for (const transports of [['websocket'], ['polling']]) {
    const client = await signedIn(t, server, { transports });
    const { stdout } = await complete(client, { prompt: '🦀'.repeat(100_000) });
    assert.match(stdout, /^40000[01] bytes\n$/);
    const answer = await client.call('claude:execute', { prompt: '🦀'.repeat(100_001) });
    assert.equal(answer.success, false);
    assert.equal((await client.waitFor('claude:error')).code, 'INVALID_PAYLOAD');
  }
});

test('neither prompt nor answer appears in the log', async (t) => {
  const client = await signedIn(t, server);
  const { stdout } = await complete(client, {
    prompt: 'a private question',
    systemPrompt: 'a private rule',
  });
  assert.equal(stdout, 'a private question');
  assert.equal(server.stderr.includes('a private'), false);
  assert.notEqual(server.stderr, '', 'there is a log');
});
