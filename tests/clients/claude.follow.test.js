// Following: whatever a client does meanwhile, it gets the whole output, in order, once.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ended, execute, newUser, output, signedIn } from './support/executions.js';
import { ending, Gate, startShellServer } from './support/shell.js';

const MIB = 1024 * 1024;
/** What each of several processes prints while a client does not read. */
const SHARE = 3 * MIB;

/** Prints this many bytes of numbered lines, so that a missing or moved piece shows. */
const burst = (bytes) => `seq -f '%015.0f' 1 ${bytes / 16}`;

const digest = (text) => createHash('sha256').update(text).digest('hex');

const burstDigest = (bytes) => {
  const hash = createHash('sha256');
  for (let line = 1; line <= bytes / 16; line += 1) hash.update(`${line}`.padStart(15, '0') + '\n');
  return hash.digest('hex');
};

/** Resident memory of the server in bytes. */
const memory = (server) => {
  const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)[1]) * 1024;
};

/** Asserts that a process completed and that the client's chunks are its whole output. */
async function completed(client, processId) {
  const { event, payload } = await ending(client, processId);
  assert.equal(event, 'claude:complete', payload.message);
  assert.ok(output(client, processId) === payload.result.stdout, 'chunks and stdout differ');
  await ended(client, processId, 'claude:complete');
  return payload.result.stdout;
}

test('who was away gets what it missed in one piece, and then the rest', async (t) => {
  const server = await startShellServer(t);
  const userId = newUser();
  const [first, middle, last] = [new Gate(server), new Gate(server), new Gate(server)];
  const away = await signedIn(t, server, { userId });
  const watcher = await signedIn(t, server, { userId });
  const prompt = `printf one; ${first.wait}; printf two; ${middle.wait}; printf three; ${last.wait}; printf four`;
  const processId = await execute(away, { prompt });
  await away.waitFor('claude:progress', ({ data }) => data === 'one');
  await watcher.call('claude:status', processId);
  away.socket.disconnect();
  first.open();
  await watcher.waitFor('claude:progress', ({ data }) => data?.endsWith('two'));

  const back = await signedIn(t, server, { userId });
  assert.equal((await back.call('claude:status', processId)).status, 'running');
  await back.waitFor('claude:progress', ({ data }) => data === 'onetwo');
  middle.open();
  await back.waitFor('claude:progress', ({ data }) => data === 'three');
  for (let time = 0; time < 5; time += 1) await back.call('claude:status', processId);
  last.open();
  for (const client of [back, watcher]) {
    assert.equal(await completed(client, processId), 'onetwothreefour');
  }
  const told = back.received('claude:progress').map(({ data }) => data);
  assert.deepEqual(told, ['onetwo', 'three', 'four']);
});

test('many come and go while it prints, and each gets everything', async (t) => {
  const server = await startShellServer(t);
  const userId = newUser();
  const first = await signedIn(t, server, { userId });
  const prompt = 'for i in $(seq 1 60); do printf "line $i é🦀\\n"; sleep 0.02; done';
  const processId = await execute(first, { prompt });
  const followers = [first];
  while (!first.received('claude:complete').length && followers.length < 12) {
    const follower = await signedIn(t, server, { userId });
    await follower.call('claude:status', processId);
    followers.push(follower);
    if (followers.length % 3 === 0) follower.socket.disconnect();
  }
  for (const follower of followers.filter(({ socket }) => socket.connected)) {
    const stdout = await completed(follower, processId);
    assert.equal(stdout.split('\n').length, 61);
  }
});

test('a burst of 10 MB reaches a client complete and in order', async (t) => {
  const server = await startShellServer(t);
  const client = await signedIn(t, server);
  const processId = await execute(client, { prompt: burst(10 * MIB) });
  const stdout = await completed(client, processId);
  assert.equal(stdout.length, 10 * MIB);
  assert.equal(digest(stdout), burstDigest(10 * MIB));
});

test('a client on long polling gets a large result, too', async (t) => {
  const server = await startShellServer(t);
  const client = await signedIn(t, server, { transports: ['polling'] });
  const processId = await execute(client, { prompt: burst(4 * MIB) });
  assert.equal(digest(await completed(client, processId)), burstDigest(4 * MIB));
});

test('output is kept up to CLAUDE_MAX_OUTPUT_BYTES, with a mark where it was cut', async (t) => {
  const server = await startShellServer(t, { CLAUDE_MAX_OUTPUT_BYTES: '1000' });
  const client = await signedIn(t, server);
  for (const script of [burst(MIB), `${burst(960)}; ${burst(960)}`]) {
    const processId = await execute(client, { prompt: script });
    const stdout = await completed(client, processId);
    assert.match(stdout, /^[\d\n]{1000}\n\[output truncated\]\n$/);
  }
  // Not inside a character.
  const processId = await execute(client, {
    prompt: 'printf x; for i in $(seq 300); do printf 🦀; done',
  });
  const cut = `x${'🦀'.repeat(249)}\n[output truncated]\n`;
  assert.equal(await completed(client, processId), cut);
  const whole = await execute(client, { prompt: 'head -c 1000 /dev/zero | tr "\\0" x' });
  assert.equal(await completed(client, whole), 'x'.repeat(1000));
});

test('what the CLI says in JSON is cut at the same place, and fills no memory', async (t) => {
  const server = await startShellServer(t, { CLAUDE_MAX_OUTPUT_BYTES: '100000' });
  const client = await signedIn(t, server);
  const delta = { type: 'text_delta', text: 'x'.repeat(20_000) };
  const event = { type: 'content_block_delta', index: 0, delta };
  const line = JSON.stringify({ type: 'stream_event', event, parent_tool_use_id: null });
  const result = JSON.stringify({ type: 'result', is_error: false, result: 'x' });
  const prompt = `yes '${line}' | head -n 3000; echo '${result}'`;
  const before = memory(server);
  const processId = await execute(client, { prompt });
  const { payload } = await ending(client, processId);
  const grown = Math.round((memory(server) - before) / MIB);
  assert.ok(grown < 24, `60 MB of text: memory grew by ${grown} MiB`);
  const { stdout, parsedResponse } = payload.result;
  assert.equal(stdout, `${'x'.repeat(100_000)}\n[output truncated]\n`);
  assert.equal(output(client, processId), stdout);
  assert.ok(parsedResponse.content.length <= 120_000, `${parsedResponse.content.length}`);
});

test('characters arrive whole, however their bytes are written', async (t) => {
  const server = await startShellServer(t);
  const client = await signedIn(t, server);
  const text = 'é→🦀!';
  const bytes = [...Buffer.from(text)].map((byte) => `\\${byte.toString(8)}`);
  const prompt = bytes.map((byte) => `printf '${byte}'; sleep 0.03`).join('; ');
  const processId = await execute(client, { prompt });
  assert.equal(await completed(client, processId), text);
  const chunks = client.received('claude:progress').map(({ data }) => data ?? '');
  assert.equal(chunks.join('').includes('\uFFFD'), false);
  assert.ok(chunks.length > 2, `chunks: ${chunks}`);
});

test('output is sent when it is written, not when more comes', async (t) => {
  const server = await startShellServer(t);
  const client = await signedIn(t, server);
  const gates = [new Gate(server), new Gate(server)];
  const prompt = gates.map((gate, part) => `printf 'part ${part} '; ${gate.wait}`).join('; ');
  const processId = await execute(client, { prompt });
  for (const [part, gate] of gates.entries()) {
    // Nothing more comes before the gate opens.
    await client.waitFor('claude:progress', ({ data }) => data === `part ${part} `);
    gate.open();
  }
  assert.equal(await completed(client, processId), 'part 0 part 1 ');
});

/** The client reads no more, so its TCP window fills up. Gives a way to cut the connection. */
function stall(t, client) {
  const { ws } = client.socket.io.engine.transport;
  ws._socket.pause();
  t.after(() => ws.terminate());
  return { cut: () => ws.terminate() };
}

test('a client that stops reading delays nobody, costs little, and loses nothing', async (t) => {
  const server = await startShellServer(t);
  const userId = newUser();
  const stalled = await signedIn(t, server, { userId });
  const lively = await signedIn(t, server, { userId });
  // The first execution warms the allocator up.
  await completed(lively, await execute(lively, { prompt: burst(SHARE) }));
  const before = memory(server);

  const gate = new Gate(server);
  const prompt = `printf ready; ${gate.wait}; ${burst(SHARE)}`;
  const processes = [];
  for (let index = 0; index < 4; index += 1) {
    processes.push(await execute(stalled, { prompt }));
    await stalled.waitFor('claude:progress', ({ data }) => data);
  }
  const connection = stall(t, stalled);
  for (const processId of processes) await lively.call('claude:status', processId);
  gate.open();
  let highest = 0;
  const measuring = setInterval(() => (highest = Math.max(highest, memory(server))), 20);
  try {
    for (const processId of processes) {
      assert.equal((await completed(lively, processId)).length, SHARE + 5);
    }
  } finally {
    clearInterval(measuring);
  }
  const asked = performance.now();
  await lively.call('ping');
  assert.ok(performance.now() - asked < 1000, 'others are not delayed');
  // Journals and results keep 24 MiB, and what waits for a client weighs as much for each of them.
  const grown = Math.round((highest - before) / MIB);
  t.diagnostic(`memory grew by ${grown} MiB`);
  assert.ok(grown < 128, `memory grew by ${grown} MiB`);

  connection.cut();
  const back = await signedIn(t, server, { userId });
  for (const processId of processes) {
    assert.equal((await back.call('claude:status', processId)).status, 'completed');
    const { payload } = await ending(back, processId);
    assert.equal(payload.result.stdout.length, SHARE + 5);
  }
});
