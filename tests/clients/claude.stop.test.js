// Stopping: whoever stops an execution, and however, all its processes end and one event says so.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  ended,
  execute,
  isAlive,
  newUser,
  output,
  running,
  signedIn,
} from './support/executions.js';
import { BINARY } from './support/server.js';
import { ending, Gate, startShellServer } from './support/shell.js';
import { PATIENCE_MS, until, within } from './support/within.js';

/** The document of the engine: a process group ends within 3 s. The cores are shared. */
const PATIENCE_OF_THE_GROUP_MS = 3000;
const SLACK_MS = 700;

/** Tells the ids of the supervisor, the CLI and a grandchild; ends when it is asked to. */
const OBEDIENT = 'sleep 60 & echo "$PPID $$ $!"; wait';
/** The same, but neither the CLI nor the grandchild ends for SIGTERM. */
const STUBBORN = `trap '' TERM; (while :; do sleep 60; done) & echo "$PPID $$ $!"; while :; do sleep 60; done`;

/** Executes a script that tells process ids; gives them. */
async function start(client, prompt = STUBBORN, options = {}) {
  const processId = await execute(client, { prompt, ...options });
  await client.waitFor('claude:progress', (event) => {
    return event.processId === processId && event.data?.endsWith('\n');
  });
  const pids = output(client, processId).trim().split(' ').map(Number);
  assert.deepEqual(pids.map(isAlive), [true, true, true]);
  return { processId, pids };
}

const gone = (pids) => until(`the processes ${pids} to end`, () => !pids.some(isAlive));

for (const [what, options, code, sentence] of [
  ['cancelled', {}, 'CANCELLED', /^Process was cancelled by user$/],
  ['out of time', { timeoutMs: 3000 }, 'EXECUTION_ERROR', /3000 ms/],
]) {
  test(`a CLI and a grandchild that ignore SIGTERM end when ${what}`, async (t) => {
    const server = await startShellServer(t);
    const client = await signedIn(t, server);
    const { processId, pids } = await start(client, STUBBORN, options);
    const asked = performance.now();
    if (what === 'cancelled') await client.call('claude:cancel', processId);
    const { event, payload } = await ending(client, processId);
    assert.equal(event, 'claude:error');
    assert.equal(payload.code, code);
    assert.match(payload.message, sentence);
    await gone(pids);
    const took = performance.now() - asked;
    const limit = PATIENCE_OF_THE_GROUP_MS + SLACK_MS + (options.timeoutMs ?? 0);
    assert.ok(took < limit, `it took ${took} ms`);
    await ended(client, processId, 'claude:error');
  });
}

test('a CLI that obeys SIGTERM ends at once, its grandchildren too', async (t) => {
  const server = await startShellServer(t);
  const client = await signedIn(t, server);
  const { processId, pids } = await start(client, OBEDIENT);
  const asked = performance.now();
  await client.call('claude:cancel', processId);
  await ending(client, processId);
  await gone(pids);
  assert.ok(performance.now() - asked < 1500, 'without waiting for SIGKILL');
});

test('a SIGTERM that comes before the CLI is started ends it', async (t) => {
  const supervisor = await supervisorBeforeItsCli(t);
  process.kill(supervisor.pid, 'SIGTERM');
  process.kill(supervisor.pid, 'SIGCONT');
  await within('the supervisor to exit', once(supervisor, 'exit'), { limitMs: 3000 });
});

test('a CLI that handles SIGTERM gets it once', async (t) => {
  const server = await startShellServer(t);
  const client = await signedIn(t, server);
  const prompt = `trap 'echo TERM' TERM; echo up; sleep 60 & wait; sleep 0.3 & wait; wait`;
  const processId = await running(client, { prompt });
  await client.call('claude:cancel', processId);
  await ending(client, processId);
  assert.equal(output(client, processId), 'up\nTERM\n');
});

const MOMENT_MS = 0.2;

/** A supervisor that handles SIGTERM already, has not started its CLI yet, and is stopped there. */
async function supervisorBeforeItsCli(t) {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const script = 'kill -STOP $$; exec "$0" "$@"';
    // So many arguments take their time, just where the supervisor is to be stopped.
    const cli = ['sh', '-c', 'exec sleep 60', ...Array(50_000).fill('x')];
    const args = ['-c', script, BINARY, 'claude-supervisor', String(process.pid), ...cli];
    // A group of its own, as the server starts it.
    const supervisor = spawn('sh', args, { detached: true, stdio: 'ignore' });
    const { pid } = supervisor;
    t.after(() => killGroup(pid));
    await until('the supervisor to be stopped', () => isStopped(pid));
    // Goes on for moments, until it is where it should be.
    for (let moment = 0; moment < 2000; moment += 1) {
      process.kill(pid, 'SIGCONT');
      const pause = performance.now() + MOMENT_MS;
      spin(() => performance.now() > pause);
      process.kill(pid, 'SIGSTOP');
      spin(() => isStopped(pid));
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
      if (children !== '') break;
      if (handlesTerm(pid)) return supervisor;
    }
    killGroup(pid);
  }
  throw new Error('no supervisor was stopped in time');
}

function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** Waits without giving up the processor. @param {() => boolean} condition */
function spin(condition) {
  const end = performance.now() + PATIENCE_MS;
  while (!condition() && performance.now() < end);
}

const isStopped = (pid) => statusOf(pid).State.startsWith('T');

const TERM_BIT = 1n << 14n;

const handlesTerm = (pid) => (BigInt(`0x${statusOf(pid).SigCgt}`) & TERM_BIT) !== 0n;

/** What `/proc` says of a process. */
function statusOf(pid) {
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8').split('\n');
  return Object.fromEntries(lines.map((line) => line.split(':\t')));
}

test('cancelling while it completes gives one end, every time', async (t) => {
  const server = await startShellServer(t, {
    CLAUDE_RATE_LIMIT_MAX: '1000',
    CLAUDE_MAX_CONCURRENT_PROCESSES: '4',
  });
  const client = await signedIn(t, server);
  const seen = { 'claude:complete': 0, 'claude:error': 0 };
  const race = async (delayMs) => {
    const processId = await execute(client, { prompt: 'echo done' });
    await client.waitFor('claude:progress', (event) => event.processId === processId);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    const answer = await client.call('claude:cancel', processId);
    const { event } = await ending(client, processId);
    seen[event] += 1;
    assert.equal(event, answer.success ? 'claude:error' : 'claude:complete');
    const { status } = await client.call('claude:status', processId);
    assert.equal(status, answer.success ? 'cancelled' : 'completed');
    await ended(client, processId, event);
  };
  for (let round = 0; round < 20; round += 1) {
    await Promise.all([0, 1, 2, 3].map((lane) => race(round + lane)));
  }
  t.diagnostic(`ends: ${JSON.stringify(seen)}`);
});

test('SIGTERM ends what runs and what waits, and everybody is told', async (t) => {
  const server = await startShellServer(t, { CLAUDE_MAX_CONCURRENT_PROCESSES: '2' });
  const client = await signedIn(t, server);
  const stubborn = await start(client);
  const obedient = await start(client, OBEDIENT);
  const waiting = [];
  for (let index = 0; index < 3; index += 1) {
    waiting.push(await execute(client, { prompt: 'touch should-not-be' }));
  }
  const asked = performance.now();
  server.child.kill('SIGTERM');
  for (const processId of [stubborn.processId, obedient.processId, ...waiting]) {
    const { event, payload } = await ending(client, processId);
    assert.equal(event, 'claude:error');
    assert.equal(payload.code, 'EXECUTION_ERROR');
    assert.equal(payload.message, 'Server is shutting down');
  }
  const { code } = await within('the server to exit', server.exited);
  assert.equal(code, 0);
  assert.ok(performance.now() - asked < 10_000);
  assert.deepEqual([...stubborn.pids, ...obedient.pids].filter(isAlive), []);
  const ends = client.received('claude:error').map(({ processId }) => processId);
  assert.equal(new Set(ends).size, 5);
  assert.equal(ends.length, 5, 'one end each');
  const started = client.received('claude:progress').map(({ processId }) => processId);
  assert.deepEqual(
    waiting.filter((processId) => started.includes(processId)),
    [],
    'what waited never starts',
  );
});

test('whose turn comes while the server stops does not start, and hears no position', async (t) => {
  const server = await startShellServer(t, {
    CLAUDE_RATE_LIMIT_MAX: '1000',
    CLAUDE_MAX_CONCURRENT_PROCESSES: '4',
    CLAUDE_MAX_QUEUE_SIZE: '400',
  });
  const client = await signedIn(t, server);
  // Ends the moment it is asked to, while the server still goes through those who wait.
  for (let index = 0; index < 4; index += 1) await start(client, OBEDIENT);
  const prompt = 'touch should-not-be';
  const waiting = await Promise.all(Array.from({ length: 400 }, () => execute(client, { prompt })));
  await client.settled();
  const before = client.record.length;
  server.child.kill('SIGTERM');
  for (const processId of waiting) {
    const { payload } = await ending(client, processId);
    assert.equal(payload.message, 'Server is shutting down');
  }
  assert.equal((await within('the server to exit', server.exited)).code, 0);
  const about = client.record.slice(before).filter(({ payload }) => {
    return waiting.includes(payload?.processId);
  });
  assert.equal(about.length, 400);
  assert.deepEqual([...new Set(about.map(({ event }) => event))], ['claude:error']);
});

test('a server that stops takes nothing new', async (t) => {
  const server = await startShellServer(t);
  const client = await signedIn(t, server);
  const { processId } = await start(client);
  server.child.kill('SIGTERM');
  await until('the server to stop', async () => {
    const answer = await client.call('claude:execute', { prompt: 'echo done' });
    return answer.error === 'Server is shutting down';
  });
  assert.equal((await ending(client, processId)).event, 'claude:error');
});

test('a client that reads nothing does not keep a server from stopping', async (t) => {
  const server = await startShellServer(t);
  const userId = newUser();
  const stalled = await signedIn(t, server, { userId });
  const gate = new Gate(server);
  const prompt = `${gate.wait}; head -c 8000000 /dev/zero | tr '\\0' x`;
  const processId = await execute(stalled, { prompt });
  const { ws } = stalled.socket.io.engine.transport;
  ws._socket.pause();
  t.after(() => ws.terminate());
  gate.open();
  const witness = await signedIn(t, server, { userId });
  await until('the execution to complete', async () => {
    return (await witness.call('claude:status', processId)).status === 'completed';
  });
  const asked = performance.now();
  server.child.kill('SIGTERM');
  assert.equal((await within('the server to exit', server.exited)).code, 0);
  assert.ok(performance.now() - asked < 10_000);
});

test('a cancel takes effect for others although its sender reads no callback', async (t) => {
  const { server, witness, cancelled } = await cancelWithoutReading(t);
  const { payload } = await ending(witness, cancelled);
  assert.equal(payload.code, 'CANCELLED');
  await ended(witness, cancelled, 'claude:error');
  await server.stop();
});

test('SIGTERM does not wait for the callback of a cancel', async (t) => {
  const { server, witness, cancelled } = await cancelWithoutReading(t);
  const asked = performance.now();
  const { code } = await server.stop();
  assert.equal(code, 0);
  assert.ok(performance.now() - asked < 5000);
  const ends = witness.received('claude:error').filter(({ processId }) => processId === cancelled);
  assert.deepEqual(
    ends.map((end) => end.code),
    ['CANCELLED'],
  );
});

/** An execution that was cancelled by a client which cannot be called back; a witness follows it. */
async function cancelWithoutReading(t) {
  const server = await startShellServer(t);
  const userId = newUser();
  const witness = await signedIn(t, server, { userId });
  const silent = await signedIn(t, server, { userId });
  const { processId: cancelled } = await start(silent, OBEDIENT);
  assert.equal((await witness.call('claude:status', cancelled)).status, 'running');
  const gates = [];
  for (let index = 0; index < 3; index += 1) {
    const gate = new Gate(server);
    const prompt = `${gate.wait}; head -c 8000000 /dev/zero | tr '\\0' x; touch ${gate.path}.told`;
    await execute(silent, { prompt });
    gates.push(gate);
  }
  await until('the scripts to reach their gates', () => gates.every((gate) => gate.isReached));
  const { ws } = silent.socket.io.engine.transport;
  ws._socket.pause();
  t.after(() => ws.terminate());
  for (const gate of gates) gate.open();
  await until('the output to be taken', () => {
    return gates.every((gate) => existsSync(`${gate.path}.told`));
  });
  // What the system and the server hold for a client that reads nothing is now filled.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  silent.call('claude:cancel', cancelled).catch(() => {});
  await until('the cancel to be decided', async () => {
    return (await witness.call('claude:status', cancelled)).status === 'cancelled';
  });
  return { server, witness, cancelled };
}

test('a client that comes back while the server closes goes on trying', async (t) => {
  const server = await startShellServer(t);
  // The goodbye of one that reads nothing holds the close up.
  const userId = newUser();
  const silent = await signedIn(t, server, { userId });
  const gate = new Gate(server);
  const prompt = `${gate.wait}; head -c 8000000 /dev/zero | tr '\\0' x`;
  const processId = await execute(silent, { prompt });
  const { ws } = silent.socket.io.engine.transport;
  ws._socket.pause();
  t.after(() => ws.terminate());
  gate.open();
  const client = await signedIn(t, server, {
    userId,
    reconnection: true,
    reconnectionDelay: 100,
    reconnectionDelayMax: 100,
    randomizationFactor: 0,
  });
  await until('the execution to complete', async () => {
    return (await client.call('claude:status', processId)).status === 'completed';
  });
  const refusals = [];
  client.socket.on('connect_error', (error) => refusals.push(error.message));
  const attempts = [];
  client.socket.io.on('reconnect_attempt', (attempt) => attempts.push(attempt));
  server.child.kill('SIGTERM');
  await within('the server to exit', server.exited);
  assert.ok(attempts.length > 0, 'it came back while the server closed');
  assert.ok(!refusals.includes('Invalid namespace'), refusals.join());
  assert.equal(client.socket.active, true);
});

test('SIGTERM leaves a client that polls the time to fetch all ends', async (t) => {
  const server = await startShellServer(t);
  const client = await signedIn(t, server, { transports: ['polling'] });
  const started = [];
  for (let index = 0; index < 3; index += 1) started.push(await start(client, OBEDIENT));
  server.child.kill('SIGTERM');
  await within('the server to exit', server.exited);
  await within('the disconnect', client.disconnected);
  const ends = client.received('claude:error').map(({ processId }) => processId);
  assert.deepEqual(ends.sort(), started.map(({ processId }) => processId).sort());
});

test('a server that is killed leaves no process behind', async (t) => {
  const server = await startShellServer(t);
  const client = await signedIn(t, server);
  const scripts = [STUBBORN, OBEDIENT, STUBBORN];
  const pids = [];
  for (const script of scripts) pids.push(...(await start(client, script)).pids);
  server.child.kill('SIGKILL');
  const killed = performance.now();
  await gone(pids);
  assert.ok(performance.now() - killed < 8000);
});
