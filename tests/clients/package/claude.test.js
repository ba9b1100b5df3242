// The package's client: executions, their steps and results, whatever happens to the connection.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { newUser } from '../support/executions.js';
import { startServer } from '../support/server.js';
import { Gate, startShellServer } from '../support/shell.js';
import { tokenFor } from '../support/tokens.js';
import { until, within } from '../support/within.js';
import { connected, failure, reconnected, restarted, serverOf, stateOf } from './support.js';

const server = await startServer();
after(() => server.stop());

const WHOLE = 'Hello from the mock API.';

const signedIn = (t, { url } = server, options) =>
  connected(t, url, { token: tokenFor(newUser()), ...options });

/** All steps of an execution. */
async function stepsOf(execution) {
  const collect = async () => {
    const steps = [];
    for await (const step of execution) steps.push(step);
    return steps;
  };
  return within('the last step', collect(), { limitMs: 30_000 });
}

const outputOf = (steps) => steps.map(({ data }) => data ?? '').join('');

test('an execution tells its steps and its result', async (t) => {
  const client = await signedIn(t);
  const execution = client.claude.execute({ prompt: 'hello' });
  const steps = await stepsOf(execution);
  const result = await execution.result;
  assert.equal(result.parsedResponse.content, WHOLE);
  assert.equal(outputOf(steps), result.stdout);
  assert.equal(steps[0].type, 'progress');
  assert.equal(steps[0].message, 'Process started');
  assert.equal(steps.at(-1).type, 'complete');
  assert.deepEqual(steps.at(-1).result, result);
  assert.ok(steps.every(({ processId }) => processId === result.id));
  assert.equal(await execution.processId, result.id);
  assert.deepEqual(await stepsOf(execution), steps, 'a late iteration sees all steps again');
});

test('two iterations at the same time see the same, one that stops ends nothing', async (t) => {
  const client = await signedIn(t);
  const execution = client.claude.execute({ prompt: 'hello slowly' });
  for await (const step of execution) if (step.data) break;
  const [one, other] = await Promise.all([stepsOf(execution), stepsOf(execution)]);
  assert.deepEqual(one, other);
  assert.equal(outputOf(one), (await execution.result).stdout);
});

test('thousands of chunks arrive in order', async (t) => {
  const client = await signedIn(t);
  const execution = client.claude.execute({ prompt: 'many chunks' });
  const output = outputOf(await stepsOf(execution));
  assert.equal(output, (await execution.result).stdout);
  assert.ok(output.startsWith('0,1,2,'));
});

test('a cancelled execution rejects, in its steps and its result', async (t) => {
  const client = await signedIn(t);
  const execution = client.claude.execute({ prompt: 'sleep' });
  for await (const step of execution) if (step.data) break;
  await execution.cancel();
  const error = await failure(execution.result);
  assert.equal(error.code, 'CANCELLED');
  assert.equal(error.message, 'Process was cancelled by user');
  assert.equal(error.processId, await execution.processId);
  assert.equal(await failure(stepsOf(execution)), error);
  const late = await failure(execution.cancel());
  assert.equal(late.message, 'Could not cancel process (may already be completed)');
});

test('a process that fails rejects with the code of the server', async (t) => {
  const client = await signedIn(t);
  const error = await failure(client.claude.execute({ prompt: 'exit 3' }).result);
  assert.equal(error.code, 'EXECUTION_ERROR');
  assert.equal(error.cause.code, 'EXECUTION_ERROR');
});

test('an aborted signal ends the process, whenever it is aborted', async (t) => {
  const client = await signedIn(t);
  const running = new AbortController();
  const execution = client.claude.execute({ prompt: 'sleep' }, { signal: running.signal });
  for await (const step of execution) if (step.data) break;
  running.abort();
  assert.equal((await failure(execution.result)).code, 'CANCELLED');

  // Aborted while the server has it, before the client knows the process.
  const sent = new AbortController();
  const given = client.claude.execute({ prompt: 'sleep' }, { signal: sent.signal });
  const cancelled = new Promise((resolve) => client.on('claude:error', resolve));
  sent.abort();
  assert.equal((await failure(given.result)).code, 'ABORTED');
  assert.equal((await within('the end of the process', cancelled)).code, 'CANCELLED');

  const never = client.claude.execute({ prompt: 'sleep' }, { signal: AbortSignal.abort() });
  assert.equal((await failure(never.processId)).code, 'ABORTED');
});

test('an abort during an outage ends the process, however long the outage is', async (t) => {
  const shell = await startShellServer(t);
  const client = await signedIn(t, shell, {
    timeoutMs: 20,
    socketOptions: { reconnectionDelay: 500 },
  });
  const { signal, abort } = aborting();
  const { wait } = new Gate(shell);
  const execution = client.claude.execute({ prompt: wait }, { signal, timeoutMs: 10_000 });
  await within('the process', execution.processId);
  client.sockets['/'].io.engine.close();
  await stateOf(client, 'disconnected', ({ status }) => status === 'connecting');
  abort();
  assert.equal((await failure(execution.result)).code, 'CANCELLED');
});

function aborting() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

test('a queued execution tells its place, then runs', async (t) => {
  const shell = await startShellServer(t, { CLAUDE_MAX_CONCURRENT_PROCESSES: '1' });
  const client = await signedIn(t, shell);
  const gate = new Gate(shell);
  const first = client.claude.execute({ prompt: gate.wait });
  await until('the first process to run', () => gate.isReached);
  const second = client.claude.execute({ prompt: 'printf done' });
  await within('the second process', second.processId);
  gate.open();
  const steps = await stepsOf(second);
  assert.equal(steps[0].type, 'queued');
  assert.equal(steps[0].queuePosition, 0);
  assert.equal((await second.result).stdout, 'done');
  await within('the first process', first.result);
});

test('a lost connection loses no output and repeats none', async (t) => {
  const shell = await startShellServer(t);
  const client = await signedIn(t, shell);
  const gates = [new Gate(shell), new Gate(shell), new Gate(shell)];
  const script = gates.map((gate, index) => `printf 'é${index}\u{1f600}'; ${gate.wait}`).join('; ');
  const execution = client.claude.execute({ prompt: script });
  const iterator = execution[Symbol.asyncIterator]();
  const read = async (wanted) => {
    let output = '';
    while (output.length < wanted.length) output += (await iterator.next()).value?.data ?? '';
    assert.equal(output, wanted);
  };
  for (const [index, gate] of gates.entries()) {
    await within('the next piece', read(`é${index}\u{1f600}`));
    await reconnected(client);
    gate.open();
  }
  const steps = await stepsOf(execution);
  assert.equal(outputOf(steps), 'é0\u{1f600}é1\u{1f600}é2\u{1f600}');
  assert.equal((await execution.result).stdout, outputOf(steps));
});

test('a process that ends while the connection is lost is told in full', async (t) => {
  const shell = await startShellServer(t);
  const client = await signedIn(t, shell, { socketOptions: { reconnectionDelay: 2000 } });
  const gate = new Gate(shell);
  const execution = client.claude.execute({ prompt: `printf before; ${gate.wait}; printf after` });
  for await (const step of execution) if (step.data) break;
  client.sockets['/'].io.engine.close();
  gate.open();
  const steps = await stepsOf(execution);
  assert.equal(outputOf(steps), 'beforeafter');
  assert.deepEqual(
    steps.filter(({ data }) => data !== undefined).map(({ data, type }) => [type, data]),
    [
      ['progress', 'before'],
      ['progress', 'after'],
    ],
  );
});

test('an execution ends for the client that signs in as another user', async (t) => {
  const shell = await startShellServer(t);
  const client = await signedIn(t, shell);
  const execution = client.claude.execute({ prompt: new Gate(shell).wait });
  await within('the process', execution.processId);
  await client.session.authenticate(tokenFor(newUser()));
  assert.equal((await failure(execution.result)).code, 'REFUSED');
});

test('an execution goes on for the client that signs in as the same user again', async (t) => {
  const shell = await startShellServer(t);
  const token = tokenFor(newUser());
  const client = await connected(t, shell.url, { token });
  const gate = new Gate(shell);
  const execution = client.claude.execute({ prompt: `printf before; ${gate.wait}; printf after` });
  for await (const step of execution) if (step.data) break;
  await client.session.logout();
  await client.session.authenticate(token);
  gate.open();
  assert.equal(outputOf(await stepsOf(execution)), 'beforeafter');
});

test('a process that the server has forgotten rejects', async (t) => {
  const first = await startServer();
  t.after(() => first.discard());
  const client = await signedIn(t, first);
  const execution = client.claude.execute({ prompt: 'sleep' });
  for await (const step of execution) if (step.data) break;
  const second = await restarted(first);
  t.after(() => second.stop());
  const error = await failure(execution.result);
  assert.equal(error.code, 'PROCESS_NOT_FOUND');
  assert.equal(error.message, 'Process not found');
});

test('an execution whose acceptance is lost is not sent again', async (t) => {
  const frozen = await startServer();
  t.after(() => frozen.discard());
  const client = await signedIn(t, frozen);
  frozen.child.kill('SIGSTOP');
  const execution = client.claude.execute({ prompt: 'hello' });
  const second = await restarted(frozen);
  t.after(() => second.stop());
  assert.equal((await failure(execution.result)).code, 'DISCONNECTED');
  await stateOf(client, 'connected again', ({ status }) => status === 'connected');
  const metrics = await (await second.fetch('/metrics')).text();
  assert.doesNotMatch(metrics, /event="claude:execute"[^\n]* [1-9]/);
});

test('an event about no process goes to no execution', async (t) => {
  const url = await serverOf(t, (socket) => {
    socket.emit('authenticated', { userId: 'ada' });
    socket.on('ping', (callback) => {
      for (const name of ['queued', 'progress', 'complete', 'error']) {
        socket.emit(`claude:${name}`);
        socket.emit(`claude:${name}`, null);
      }
      callback({ timestamp: Date.now() });
    });
  });
  const trusting = await connected(t, url, { token: 'good', validator: undefined });
  await trusting.call('ping');
  const client = await connected(t, url, { token: 'good' });
  await client.call('ping');
  assert.deepEqual(
    client.errors.map(({ event }) => event),
    ['claude:error', 'claude:error'],
  );
});

test('a server that is slow to say how a process is repeats nothing', async (t) => {
  const url = await serverOf(t, (socket) => {
    const processId = 'process-1';
    const tell = (data) => socket.emit('claude:progress', { processId, status: 'running', data });
    socket.emit('authenticated', { userId: 'ada' });
    socket.on('claude:execute', (_, callback) => {
      callback({ success: true, processId });
      tell('abc');
    });
    socket.on('claude:status', async (_, callback) => {
      await setTimeout(200);
      callback({ success: true, status: 'running' });
      tell('abcdef');
      socket.emit('claude:complete', { processId, result: { stdout: 'abcdef' } });
    });
  });
  const client = await connected(t, url, { token: 'good', timeoutMs: 20, validator: undefined });
  const execution = client.claude.execute({ prompt: 'hello' }, { timeoutMs: 10_000 });
  for await (const step of execution) if (step.data) break;
  await reconnected(client);
  assert.equal(outputOf(await stepsOf(execution)), 'abcdef');
});

test('the rate limit is an error with its code', async (t) => {
  const client = await signedIn(t);
  const executions = Array.from({ length: 11 }, () => client.claude.execute({ prompt: 'x' }));
  const errors = await Promise.all(
    executions.map(({ result }) =>
      result.then(
        () => {},
        (e) => e,
      ),
    ),
  );
  const limited = errors.filter(Boolean);
  assert.equal(limited.length, 1);
  assert.equal(limited[0].code, 'RATE_LIMIT_EXCEEDED');
  assert.match(limited[0].message, /^Rate limit exceeded/);
});
