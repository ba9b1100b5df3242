// Chaos: many executions that behave in every way, cancelled and abandoned at random.
//
// CHAOS_SEED repeats the choices of an earlier run, CHAOS_EXECUTIONS makes it longer or shorter.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Chance } from './support/chance.js';
import { signedIn } from './support/executions.js';
import { childrenOf, processesWith } from './support/processes.js';
import { startServer } from './support/server.js';
import { until, within } from './support/within.js';

const EXECUTIONS = Number(process.env.CHAOS_EXECUTIONS ?? 1000);
const SEED = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 1e9));
const USERS = 8;
/** Executions that a user has under way at a time: more than may run, so that some wait. */
const UNDER_WAY = 12;
const MAX_RUNNING = 32;
const TTL_SECONDS = 5;
/** What the server may weigh more after all of it than before: what its allocator keeps. */
const MAX_GROWTH_BYTES = 32 * 1024 * 1024;
const MIB = 1024 * 1024;

/** How often each behaviour is chosen, and how it ends when nobody interferes. */
const BEHAVIOURS = {
  fast: { weight: 30, end: 'completed' },
  slow: { weight: 12, end: 'completed' },
  fail: { weight: 8, end: 'failed' },
  'fail silently': { weight: 5, end: 'failed' },
  'break-off': { weight: 5, end: 'failed' },
  hang: { weight: 8, end: 'timeout' },
  resist: { weight: 2, end: 'timeout' },
  fork: { weight: 8, end: 'completed' },
  'fork and hang': { weight: 4, end: 'timeout' },
  flood: { weight: 8, end: 'completed' },
  invalid: { weight: 5, end: 'completed' },
  silence: { weight: 5, end: 'completed' },
};
const WEIGHTS = Object.fromEntries(
  Object.entries(BEHAVIOURS).map(([name, { weight }]) => [name, weight]),
);
const OUTPUTS = {
  fast: 'onetwothree',
  slow: 'onetwothreefourfive',
  fork: 'one',
  flood: '0123456789abcdef'.repeat(2 ** 14),
  silence: '',
};

/** Stands in the environment of every process that the server starts. */
const MARK = `http://127.0.0.1:9/chaos-${process.pid}`;

test(`${EXECUTIONS} executions in every behaviour, seed ${SEED}`, async (t) => {
  const server = await startServer({
    env: {
      CLAUDE_CLI_PATH: fileURLToPath(new URL('./support/chaotic-claude.sh', import.meta.url)),
      ANTHROPIC_BASE_URL: MARK,
      CLAUDE_MAX_CONCURRENT_PROCESSES: String(MAX_RUNNING),
      CLAUDE_MAX_QUEUE_SIZE: '1000',
      CLAUDE_RATE_LIMIT_MAX: '1000000',
      CLAUDE_PROCESS_TTL_SECONDS: String(TTL_SECONDS),
      LOG_LEVEL: 'warn',
      // What is freed goes back to the system, so that what is left is what the server keeps.
      MALLOC_ARENA_MAX: '1',
      MALLOC_MMAP_THRESHOLD_: '65536',
      MALLOC_TRIM_THRESHOLD_: '65536',
    },
  });
  t.after(() => server.stop());
  const chance = new Chance(SEED);
  const users = [];
  for (let number = 0; number < USERS; number += 1) {
    users.push(await User.arrive(t, server, `chaotic-${number}`, chance));
  }
  // What is made once and kept, such as threads and buffers, belongs to the base.
  const warmUp = Object.keys(BEHAVIOURS).map((behaviour) => users[0].execute(behaviour));
  await Promise.all(warmUp);
  const base = weigh(server);

  const started = Date.now();
  let left = EXECUTIONS;
  const work = async (user) => {
    while (left > 0) {
      left -= 1;
      await user.execute(chance.pick(WEIGHTS));
    }
  };
  const lanes = users.flatMap((user) => Array.from({ length: UNDER_WAY }, () => work(user)));
  await Promise.all(lanes);
  const seconds = (Date.now() - started) / 1000;

  const ends = users.flatMap((user) => [...user.ends.values()]);
  const total = EXECUTIONS + warmUp.length;
  await t.test('each ended in exactly one final event', () => {
    assert.equal(ends.length, total);
    const wrong = ends.filter((end) => end.finals !== 1);
    assert.deepEqual(wrong, []);
  });
  await t.test('no process is left', async () => {
    assert.deepEqual(ofTheServer(server), []);
    assert.deepEqual(childrenOf(server.child.pid), []);
  });
  await t.test('the metrics add up', async () => {
    const count = (status) => ends.filter((end) => end.status === status).length;
    const metrics = await readMetrics(server);
    for (const status of ['completed', 'failed', 'timeout', 'cancelled']) {
      const counted = metrics[`slop_claude_executions_total{status="${status}"}`] ?? 0;
      assert.equal(counted, count(status), status);
      assert.ok(counted > 0, `${status} was tried`);
    }
    assert.equal(metrics.slop_claude_executions_running, 0);
    assert.equal(metrics.slop_claude_queue_length, 0);
    const ran = metrics.slop_claude_execution_seconds_count;
    assert.equal(metrics.slop_claude_wait_seconds_count, ran);
    assert.ok(ran <= total && ran >= total - count('cancelled'), `${ran} ran`);
    const answered = 'slop_events_total{event="claude:execute",outcome="answered"}';
    assert.equal(metrics[answered], total);
    const bytes = ends.reduce((sum, end) => sum + end.bytes, 0);
    assert.ok(metrics.slop_claude_output_bytes_total >= bytes);
  });
  await t.test('memory and open files are back at their base', async () => {
    const { bytes: peak } = weigh(server);
    await new Promise((resolve) => setTimeout(resolve, TTL_SECONDS * 1000));
    // What has outlived its time is forgotten when the next one ends.
    await users[0].execute('fast');
    const now = weigh(server);
    const shown = [base.bytes, peak, now.bytes].map((bytes) => (bytes / MIB).toFixed(1));
    t.diagnostic(
      `${(EXECUTIONS / seconds).toFixed(0)} executions per second; ` +
        `MiB at base, end and after forgetting: ${shown.join(', ')}`,
    );
    assert.ok(now.bytes < base.bytes + MAX_GROWTH_BYTES, `MiB: ${shown.join(', ')}`);
    await until(`at most ${base.files} open files`, () => weigh(server).files <= base.files);
  });
});

/** A user with a tab that comes and goes, and a witness that stays and follows everything. */
class User {
  static async arrive(t, server, userId, chance) {
    const user = new User();
    user.enter = () => signedIn(t, server, { userId });
    user.server = server;
    user.chance = chance;
    /** What became of each process, by id. */
    user.ends = new Map();
    user.waiting = new Map();
    user.calls = 0;
    user.tab = await user.enter();
    user.witness = await user.enter();
    user.witness.socket.on('claude:progress', ({ processId, data }) => {
      if (data !== undefined) user.end(processId).seen += data;
    });
    user.witness.socket.on('claude:complete', ({ result }) => user.final(result.id, { result }));
    user.witness.socket.on('claude:error', (error) => user.final(error.processId, { error }));
    return user;
  }

  end(processId) {
    if (!this.ends.has(processId)) this.ends.set(processId, { finals: 0, seen: '', bytes: 0 });
    return this.ends.get(processId);
  }

  final(processId, what) {
    this.end(processId).finals += 1;
    this.waiting.get(processId)?.(what);
  }

  /** One execution from the call to its final event. */
  async execute(behaviour) {
    const { chance, witness } = this;
    const cancelAfterMs = chance.happens(0.25) ? chance.below(400) : undefined;
    const timeoutMs = 300 + chance.below(700);
    const leaves = chance.happens(0.05);
    const isBound = BEHAVIOURS[behaviour].end === 'timeout';
    const payload = isBound ? { prompt: behaviour, timeoutMs } : { prompt: behaviour };
    const { processId } = await this.call('claude:execute', payload);
    const final = new Promise((resolve) => this.waiting.set(processId, resolve));
    const standing = await witness.call('claude:status', processId);
    assert.equal(standing.success, true, standing.error);
    if (leaves) await this.leaveAndComeBack(processId);
    const cancelled = cancelAfterMs !== undefined && (await this.cancel(processId, cancelAfterMs));
    const what = await within(`the end of ${processId}: ${behaviour}`, final, { limitMs: 40_000 });
    this.waiting.delete(processId);
    this.judge(behaviour, processId, cancelled, what);
  }

  judge(behaviour, processId, cancelled, { result, error }) {
    const end = this.end(processId);
    end.status = statusOf({ result, error });
    const expected = cancelled ? 'cancelled' : BEHAVIOURS[behaviour].end;
    assert.equal(end.status, expected, `${behaviour}: ${error?.code} ${error?.message}`);
    if (result) {
      end.bytes = Buffer.byteLength(result.stdout);
      // Who asks after the end is told the end only.
      assert.ok(end.seen === '' || end.seen === result.stdout, `${behaviour}: output in pieces`);
      const output = OUTPUTS[behaviour];
      assert.ok(output === undefined || result.stdout === output, `${behaviour}: output`);
    }
    end.seen = '';
  }

  /** Whether the server agreed. */
  async cancel(processId, afterMs) {
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    const answer = await this.call('claude:cancel', processId);
    const refusal = 'Could not cancel process (may already be completed)';
    if (!answer.success) assert.equal(answer.error, refusal);
    return answer.success;
  }

  /** The tab goes away in the middle of what it follows, and another one asks for the process. */
  async leaveAndComeBack(processId) {
    // An answer that is on its way would be lost with the tab, and the process id with it.
    if (this.calls > 0 || !this.tab.socket.connected) return;
    this.tab.socket.disconnect();
    this.comingBack = this.enter().then((tab) => (this.tab = tab));
    await this.comingBack;
    const standing = await this.call('claude:status', processId);
    assert.equal(standing.success, true, standing.error);
  }

  async call(event, argument) {
    while (!this.tab.socket.connected) await this.comingBack;
    this.calls += 1;
    const answer = await this.tab.call(event, argument);
    this.calls -= 1;
    return answer;
  }
}

function statusOf({ result, error }) {
  if (result) return result.status;
  if (error.code === 'CANCELLED') return 'cancelled';
  return /timed out/.test(error.message) ? 'timeout' : 'failed';
}

/** Memory of the server, without what is mapped from its binary, and its open files. */
function weigh({ child: { pid } }) {
  const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1];
  return { bytes: Number(kilobytes) * 1024, files: readdirSync(`/proc/${pid}/fd`).length };
}

function ofTheServer({ child: { pid } }) {
  return processesWith(`ANTHROPIC_BASE_URL=${MARK}`).filter((id) => id !== pid);
}

async function readMetrics(server) {
  const text = await (await server.fetch('/metrics')).text();
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    samples.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}
