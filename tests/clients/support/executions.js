// Executions: a signed-in client that runs prompts and follows them to their end.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from './client.js';
import { tokenFor } from './tokens.js';

let users = 0;

/** A user of its own for every test, so that no test meets another's rate limit. */
export const newUser = () => `user-${(users += 1)}`;

export async function signedIn(t, server, { userId = newUser(), ...options } = {}) {
  const client = await connect(t, server, { token: tokenFor(userId), ...options });
  await client.waitFor('authenticated');
  return client;
}

/** Executes and gives the process id. */
export async function execute(client, payload) {
  const answer = await client.call('claude:execute', payload);
  assert.equal(answer.success, true, answer.error);
  assert.match(answer.processId, PROCESS_ID);
  assert.deepEqual(Object.keys(answer).sort(), ['processId', 'success']);
  return answer.processId;
}

/** `claude_` and a UUIDv7. */
const PROCESS_ID = /^claude_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Executes and gives the result of `claude:complete`. */
export async function complete(client, payload) {
  const processId = await execute(client, payload);
  const ends = ['claude:complete', 'claude:error'];
  const { event, payload: end } = await client.next(`the end of ${processId}`, (entry) => {
    return ends.includes(entry.event) && entry.payload.processId === processId;
  });
  assert.equal(event, 'claude:complete', end.message);
  const { result } = end;
  assert.equal(result.id, processId);
  assert.equal(result.stdout, output(client, processId), 'chunks and stdout differ');
  return result;
}

/** Executes and gives the `claude:error` that ends it, sure that no `claude:complete` came. */
export async function fail(client, payload) {
  const processId = await execute(client, payload);
  const error = await client.waitFor('claude:error', (event) => event.processId === processId);
  await ended(client, processId, 'claude:error');
  return error;
}

/** Asserts that the process ended once, with this event, and that nothing followed. */
export async function ended(client, processId, event) {
  await client.settled();
  const about = client.record.filter(({ payload }) => payload?.processId === processId);
  const events = about.map((entry) => entry.event).filter(Boolean);
  assert.equal(events.at(-1), event);
  const ends = events.filter((name) => name === 'claude:complete' || name === 'claude:error');
  assert.equal(ends.length, 1, `ends of the process: ${ends}`);
}

/** The output of a process as its chunks told it. */
export function output(client, processId) {
  return client
    .received('claude:progress')
    .filter((event) => event.processId === processId && event.data !== undefined)
    .map((event) => event.data)
    .join('');
}

/** Starts a process that never ends by itself and waits for its first output. */
export async function running(client, payload) {
  const processId = await execute(client, payload);
  await client.waitFor('claude:progress', (event) => event.processId === processId && event.data);
  return processId;
}

/** Whether a process of this machine still runs; one that waits to be reaped does not. */
export function isAlive(pid) {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
