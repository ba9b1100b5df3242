// Executions: who runs, who waits, and the one final event of each.

import { randomBytes } from 'node:crypto';
import { claudeRefusal, Refusal } from '../refusal.js';
import { runCli } from './cli.js';
import { RateLimit } from './rate-limit.js';
import { resolveWorkingDirectory } from './workspace.js';

const now = () => new Date().toISOString();

export class Executions {
  all = new Map();
  running = new Set();
  /** In the order in which they start. */
  waiting = [];
  #isStopping = false;

  /**
   * @param {object} settings
   * @param {(processId: string, event: string, payload: object) => void} tell sends to followers
   */
  constructor(settings, tell) {
    this.settings = settings;
    this.tell = tell;
    this.rateLimit = new RateLimit(settings);
  }

  /** Takes a request whose payload is valid, or throws a refusal. Nothing happens until `begin`. */
  accept(userId, payload) {
    const { claudeMaxTimeoutMs, claudeMaxQueueSize, claudeProcessTimeoutMs } = this.settings;
    const timeoutMs = payload.timeoutMs ?? claudeProcessTimeoutMs;
    if (timeoutMs > claudeMaxTimeoutMs && payload.timeoutMs) {
      throw claudeRefusal('INVALID_PAYLOAD', `timeoutMs must be at most ${claudeMaxTimeoutMs}`);
    }
    this.#directoryFor(payload);
    this.rateLimit.take(userId);
    if (this.#isStopping) throw claudeRefusal('EXECUTION_ERROR', 'Server is shutting down');
    if (!this.#hasRoom() && this.waiting.length >= claudeMaxQueueSize) {
      throw claudeRefusal('EXECUTION_ERROR', 'Queue is full');
    }
    const execution = { id: `claude_${uuidV7()}`, userId, payload, timeoutMs, stdout: '' };
    this.all.set(execution.id, Object.assign(execution, { status: 'pending' }));
    return execution;
  }

  /** Runs it, or has it wait for its turn. */
  begin(execution) {
    if (this.#hasRoom()) return this.run(execution);
    execution.status = 'queued';
    this.waiting.push(execution);
    const { claudeQueueTimeoutMs } = this.settings;
    execution.timer = setTimeout(() => {
      this.fail(execution, 'timeout', 'QUEUE_TIMEOUT', 'Process waited too long in the queue');
    }, claudeQueueTimeoutMs);
    this.tellPositions();
  }

  /** The execution when it is this user's; throws when it is another's. */
  ofUser(userId, id) {
    const execution = this.all.get(id);
    if (execution && execution.userId !== userId) throw new Refusal('Access denied');
    return execution;
  }

  /** The same when it has not ended. */
  cancellable(userId, id) {
    const execution = this.ofUser(userId, id);
    if (!execution) throw new Refusal('Process not found');
    if (execution.final) {
      throw new Refusal('Could not cancel process (may already be completed)');
    }
    return execution;
  }

  cancel(execution) {
    this.fail(execution, 'cancelled', 'CANCELLED', 'Process was cancelled by user');
  }

  /** What a socket that comes late has missed: event and payload. */
  missed(execution) {
    const { id: processId, final, status, stdout } = execution;
    if (final) return final;
    if (status === 'queued') return ['claude:queued', queuedPayload(execution)];
    const what = stdout === '' ? { message: 'Process started' } : { data: stdout };
    return ['claude:progress', { processId, status, ...what, timestamp: now() }];
  }

  run(execution) {
    const { id: processId, timeoutMs } = execution;
    const status = 'running';
    Object.assign(execution, { status, startedAt: now() });
    this.running.add(execution);
    const progress = (what) =>
      this.tell(processId, 'claude:progress', { processId, status, ...what, timestamp: now() });
    progress({ message: 'Process started' });
    execution.timer = setTimeout(() => {
      const message = `Process exceeded its time limit of ${timeoutMs} ms`;
      this.fail(execution, 'timeout', 'EXECUTION_ERROR', message);
    }, timeoutMs);
    let cwd;
    try {
      // Again: while it waited, the directory may have become another.
      cwd = this.#directoryFor(execution.payload);
    } catch (refusal) {
      return this.#ended(execution, { failure: refusal.message });
    }
    execution.cli = runCli(this.settings, execution.payload, cwd, {
      onData: (data) => {
        if (execution.final) return;
        execution.stdout += data;
        progress({ data });
      },
      onEnd: (end) => this.#ended(execution, end),
    });
  }

  /** The one end that is not a success. What still runs is stopped. */
  fail(execution, status, code, message) {
    const payload = { processId: execution.id, code, message, timestamp: now() };
    this.#settle(execution, status, ['claude:error', payload]);
    execution.cli?.stop();
  }

  succeed(execution, result) {
    const payload = { processId: execution.id, result, timestamp: now() };
    this.#settle(execution, 'completed', ['claude:complete', payload]);
  }

  tellPositions() {
    this.waiting.forEach((execution, position) => {
      if (execution.queuePosition === position) return;
      execution.queuePosition = position;
      this.tell(execution.id, 'claude:queued', queuedPayload(execution));
    });
  }

  /** Ends everything; done when no process is left. */
  async stop() {
    this.#isStopping = true;
    for (const execution of [...this.waiting, ...this.running]) {
      if (!execution.final) {
        this.fail(execution, 'failed', 'EXECUTION_ERROR', 'Server is shutting down');
      }
    }
    await Promise.all([...this.running].map(({ cli }) => cli.ended));
  }

  #directoryFor({ workingDirectory }) {
    return resolveWorkingDirectory(this.settings.claudeWorkspaceRoot, workingDirectory);
  }

  #hasRoom() {
    return this.running.size < this.settings.claudeMaxConcurrentProcesses;
  }

  #settle(execution, status, final) {
    clearTimeout(execution.timer);
    Object.assign(execution, { status, final });
    this.tell(execution.id, ...final);
    const isWaiting = this.waiting.includes(execution);
    if (isWaiting) this.waiting.splice(this.waiting.indexOf(execution), 1);
    this.tellPositions();
    const kept = this.settings.claudeProcessTtlSeconds * 1000;
    setTimeout(() => this.all.delete(execution.id), kept).unref();
  }

  /** The CLI is gone: the next one may start. */
  #ended(execution, { exitCode, failure, stderr, parsedResponse }) {
    this.running.delete(execution);
    if (!execution.final && failure !== undefined) {
      this.fail(execution, 'failed', 'EXECUTION_ERROR', failure);
    } else if (!execution.final) {
      const { id, userId, stdout, startedAt } = execution;
      const completedAt = now();
      const durationMs = Date.parse(completedAt) - Date.parse(startedAt);
      const times = { startedAt, completedAt, durationMs };
      const answer = parsedResponse && { parsedResponse };
      const status = 'completed';
      this.succeed(execution, {
        ...{ id, userId, status, stdout, stderr, exitCode },
        ...times,
        ...answer,
      });
    }
    if (this.#isStopping || this.waiting.length === 0 || !this.#hasRoom()) return;
    const next = this.waiting.shift();
    clearTimeout(next.timer);
    this.run(next);
    this.tellPositions();
  }
}

function queuedPayload({ id: processId, queuePosition }) {
  const message = `Queue position: ${queuePosition}`;
  return { processId, queuePosition, message, timestamp: now() };
}

/** Milliseconds since 1970, the version, and chance. */
function uuidV7() {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
