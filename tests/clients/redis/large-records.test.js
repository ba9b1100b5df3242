// Records are large: whoever reads them again and again must not take Redis from the others.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { execute, newUser, signedIn } from '../support/executions.js';
import { ending, startShellServer } from '../support/shell.js';
import { until } from '../support/within.js';
import { Redis } from './redis-server.js';

const LIMIT = 3;
const BYTES = 10_000_000;
const READERS = 12;
const READING_MS = 2000;

test('many who read a large record leave everybody the rate limit', async (t) => {
  const redis = await Redis.start(t);
  const env = { REDIS_URL: redis.url, CLAUDE_RATE_LIMIT_MAX: `${LIMIT}` };
  const maker = await signedIn(t, await startShellServer(t, env));
  const prompt = `head -c ${BYTES} /dev/zero | tr '\\0' x`;
  const processId = await execute(maker, { prompt });
  await ending(maker, processId);
  await until('the record to be written', () => {
    return Number(redis.ask('strlen', `ws:claude:process:${processId}`)) > BYTES;
  });

  const node = await startShellServer(t, env);
  const limited = await signedIn(t, node);
  for (let time = 0; time < LIMIT; time += 1) await execute(limited, { prompt: 'true' });
  const strangers = await Promise.all(
    Array.from({ length: READERS }, () => signedIn(t, node, { userId: newUser() })),
  );
  const end = performance.now() + READING_MS;
  const isOver = () => performance.now() > end;
  const answers = { read: new Set(), executed: new Set() };
  const reading = strangers.map(async (stranger) => {
    while (!isOver()) {
      const { error } = await stranger.call('claude:status', processId);
      answers.read.add(error);
    }
  });
  while (!isOver()) {
    const { error } = await limited.call('claude:execute', { prompt: 'true' });
    answers.executed.add(error?.replace(/:.*/, ''));
  }
  await Promise.all(reading);
  assert.deepEqual([...answers.read], ['Access denied']);
  assert.deepEqual([...answers.executed], ['Rate limit exceeded']);
  assert.doesNotMatch(node.stderr, /Redis is unavailable/);
});
