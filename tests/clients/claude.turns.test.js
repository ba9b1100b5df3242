// Turns: in which order those who wait come to run, and that nobody runs who must not.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ended, execute, newUser, signedIn } from './support/executions.js';
import { ending, occupy, startShellServer } from './support/shell.js';

const ONE_AT_A_TIME = {
  CLAUDE_MAX_CONCURRENT_PROCESSES: '1',
  CLAUDE_RATE_LIMIT_MAX: '1000',
};

/** The positions that a process was told, in order. */
const positions = (client, processId) =>
  client
    .received('claude:queued')
    .filter((queued) => queued.processId === processId)
    .map((queued) => queued.queuePosition);

/** Waits until a process was told to stand at this position. */
const standsAt = (client, processId, position) =>
  client.waitFor('claude:queued', (queued) => {
    return queued.processId === processId && queued.queuePosition === position;
  });

test("one user's many prompts do not starve another's one", async (t) => {
  const server = await startShellServer(t, ONE_AT_A_TIME);
  const log = join(server.home, 'log');
  const busy = await signedIn(t, server);
  const modest = await signedIn(t, server);
  const first = await occupy(busy, server);
  const many = [];
  for (let index = 0; index < 8; index += 1) {
    many.push(await execute(busy, { prompt: `echo busy-${index} >> ${log}` }));
  }
  const one = await execute(modest, { prompt: `echo modest >> ${log}` });
  const { queuePosition } = await modest.waitFor('claude:queued');
  assert.ok(queuePosition <= 1, `the modest user stands at ${queuePosition}`);
  first.open();
  for (const processId of [first.processId, ...many]) await ending(busy, processId);
  await ending(modest, one);
  const order = readFileSync(log, 'utf8').trim().split('\n');
  assert.ok(order.indexOf('modest') <= 1, `order: ${order}`);
  const own = order.filter((line) => line.startsWith('busy'));
  assert.deepEqual(own, [...own].sort(), 'first come, first served within a user');
  assert.equal(own.length, many.length);
});

test('whoever waits behind one that leaves moves up, and nobody else is told', async (t) => {
  const server = await startShellServer(t, ONE_AT_A_TIME);
  const client = await signedIn(t, server);
  const first = await occupy(client, server);
  const waiting = [];
  for (let index = 0; index < 4; index += 1) {
    waiting.push(await execute(client, { prompt: 'echo done' }));
    await standsAt(client, waiting[index], index);
  }
  await client.call('claude:cancel', waiting[1]);
  await standsAt(client, waiting[2], 1);
  await standsAt(client, waiting[3], 2);
  assert.deepEqual(
    waiting.map((processId) => positions(client, processId)),
    [[0], [1], [2, 1], [3, 2]],
  );
  const answers = [];
  for (const processId of waiting) answers.push(await client.call('claude:status', processId));
  assert.deepEqual(
    answers.map(({ status, queuePosition }) => [status, queuePosition]),
    [
      ['queued', 0],
      ['cancelled', undefined],
      ['queued', 1],
      ['queued', 2],
    ],
  );
  first.open();
  for (const processId of [waiting[0], waiting[2], waiting[3]]) {
    assert.equal((await ending(client, processId)).event, 'claude:complete');
  }
  assert.deepEqual(positions(client, waiting[3]), [3, 2, 1, 0]);
});

test('what was cancelled, or waited too long, has done nothing', async (t) => {
  const server = await startShellServer(t, { ...ONE_AT_A_TIME, CLAUDE_QUEUE_TIMEOUT_MS: '2000' });
  const client = await signedIn(t, server);
  const first = await occupy(client, server);
  const traces = ['cancelled', 'too-late', 'allowed'].map((name) => join(server.home, name));
  const cancelled = await execute(client, { prompt: `touch ${traces[0]}` });
  const tooLate = await execute(client, { prompt: `touch ${traces[1]}` });
  assert.equal((await client.call('claude:cancel', cancelled)).success, true);
  const cancellation = (await ending(client, cancelled)).payload;
  assert.equal(cancellation.code, 'CANCELLED');
  assert.equal(cancellation.message, 'Process was cancelled by user');
  assert.equal((await ending(client, tooLate)).payload.code, 'QUEUE_TIMEOUT');
  assert.equal((await client.call('claude:status', tooLate)).status, 'timeout');
  first.open();
  await ending(client, first.processId);
  // Who comes after them runs: so their turn is over.
  const allowed = await execute(client, { prompt: `touch ${traces[2]}` });
  await ending(client, allowed);
  assert.deepEqual(traces.map(existsSync), [false, false, true]);
  await ended(client, cancelled, 'claude:error');
  await ended(client, tooLate, 'claude:error');
});

test('who comes back while it waits is told where it stands, and the rest', async (t) => {
  const server = await startShellServer(t, ONE_AT_A_TIME);
  const userId = newUser();
  const first = await signedIn(t, server, { userId });
  const gate = await occupy(first, server);
  const ahead = await execute(first, { prompt: 'echo ahead' });
  const processId = await execute(first, { prompt: 'echo done' });
  await standsAt(first, processId, 1);
  first.socket.disconnect();

  const second = await signedIn(t, server, { userId });
  const status = await second.call('claude:status', processId);
  assert.deepEqual(status, { success: true, status: 'queued', queuePosition: 1 });
  assert.equal((await second.call('claude:cancel', ahead)).success, true);
  await standsAt(second, processId, 0);
  gate.open();
  const { payload } = await ending(second, processId);
  assert.equal(payload.result.stdout, 'done\n');
  const messages = second.received('claude:progress').map(({ message }) => message);
  assert.equal(messages[0], 'Process started');
});

test('a queue of one hundred, then it is full', async (t) => {
  const server = await startShellServer(t, ONE_AT_A_TIME);
  const client = await signedIn(t, server);
  const first = await occupy(client, server);
  const waiting = [];
  for (let index = 0; index < 100; index += 1) {
    waiting.push(await execute(client, { prompt: 'true' }));
  }
  const answer = await client.call('claude:execute', { prompt: 'true' });
  assert.deepEqual(answer, { success: false, error: 'Queue is full' });
  const { queuePosition } = await client.call('claude:status', waiting.at(-1));
  assert.equal(queuePosition, 99);
  await Promise.all(waiting.map((processId) => client.call('claude:cancel', processId)));
  for (const processId of waiting) {
    assert.equal((await ending(client, processId)).payload.code, 'CANCELLED');
  }
  first.open();
  assert.equal((await ending(client, first.processId)).event, 'claude:complete');
});
