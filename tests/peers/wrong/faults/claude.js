// Faults of `claude:*`.

import { claudeEvents } from '../../node/claude/events.js';
import { Executions } from '../../node/claude/executions.js';
import { RateLimit } from '../../node/claude/rate-limit.js';
import { Reply } from '../../node/dispatch.js';
import { claudeRefusal, Refusal } from '../../node/refusal.js';
import { Peer } from '../../node/peer.js';
import { Session } from '../../node/session.js';
import {
  answerAfterEvents,
  changeCallback,
  changeEvent,
  leakToEverybody,
  replace,
} from '../plant.js';

const execute = claudeEvents['claude:execute'];
const status = claudeEvents['claude:status'];
const cancel = claudeEvents['claude:cancel'];

export const CLAUDE_FAULTS = {
  'the callback of claude:execute comes after its first event': () => answerAfterEvents(execute),

  'the callback of claude:cancel comes after claude:error': () => answerAfterEvents(cancel),

  'the first claude:progress is not sent': () =>
    changeEvent('claude:progress', (payload) =>
      payload.message === 'Process started' ? undefined : payload,
    ),

  'claude:progress comes after claude:complete': () =>
    replace(Executions.prototype, 'succeed', (succeed, executions, execution, result) => {
      succeed(execution, result);
      const { id: processId } = execution;
      const [status, timestamp] = ['running', new Date().toISOString()];
      executions.tell(processId, 'claude:progress', { processId, status, data: '', timestamp });
    }),

  'claude:complete comes twice': () =>
    replace(Executions.prototype, 'succeed', (succeed, executions, execution, result) => {
      succeed(execution, result);
      executions.tell(execution.id, ...execution.final);
    }),

  'stdout is not what the chunks said': () =>
    changeEvent('claude:complete', ({ result, ...payload }) => ({
      ...payload,
      result: { ...result, stdout: `${result.stdout}\n` },
    })),

  'the exit code is a string': () =>
    changeEvent('claude:complete', ({ result, ...payload }) => ({
      ...payload,
      result: { ...result, exitCode: `${result.exitCode}` },
    })),

  'totalTokens counts the output only': () =>
    changeEvent('claude:complete', ({ result, ...payload }) => {
      const { usage } = result.parsedResponse ?? {};
      if (usage) usage.totalTokens = usage.outputTokens;
      return { ...payload, result };
    }),

  'a failed process completes': () =>
    replace(Executions.prototype, 'fail', (fail, executions, execution, state, code, message) => {
      if (state !== 'failed') return fail(execution, state, code, message);
      const { id, userId, stdout, startedAt } = execution;
      const times = { startedAt, completedAt: new Date().toISOString(), durationMs: 0 };
      const result = { id, userId, status: 'completed', stdout, stderr: '', exitCode: 0, ...times };
      executions.succeed(execution, result);
    }),

  'a process that was cancelled ends as failed': () =>
    replace(Executions.prototype, 'cancel', (_, executions, execution) =>
      executions.fail(execution, 'failed', 'CANCELLED', 'Process was cancelled by user'),
    ),

  'a process that is out of time ends as failed': () =>
    replace(Executions.prototype, 'fail', (fail, _, execution, state, ...rest) =>
      fail(execution, state === 'timeout' ? 'failed' : state, ...rest),
    ),

  'the queue begins at 1': () => {
    changeCallback(status, (callback) =>
      'queuePosition' in callback
        ? { ...callback, queuePosition: callback.queuePosition + 1 }
        : callback,
    );
    changeEvent('claude:queued', (payload) => {
      const queuePosition = payload.queuePosition + 1;
      return { ...payload, queuePosition, message: `Queue position: ${queuePosition}` };
    });
  },

  'who moves up in the queue is not told': () =>
    replace(Executions.prototype, 'tellPositions', (tellPositions, executions) => {
      const { tell } = executions;
      const moved = new Set(executions.waiting.filter((one) => one.queuePosition !== undefined));
      const isMoved = (id) => [...moved].some((one) => one.id === id);
      executions.tell = (id, ...told) => isMoved(id) || tell(id, ...told);
      tellPositions();
      executions.tell = tell;
    }),

  'a queue that is full takes one more': () =>
    replace(Executions.prototype, 'accept', (accept, executions, ...args) => {
      executions.settings.claudeMaxQueueSize += 1;
      try {
        return accept(...args);
      } finally {
        executions.settings.claudeMaxQueueSize -= 1;
      }
    }),

  'the status of another user’s process is told': () =>
    replace(status, 'handle', (handle, _, session, id) => {
      const owner = session.peer.executions.all.get(id)?.userId ?? session.user.id;
      return handle(Object.create(session, { user: { value: { id: owner } } }), id);
    }),

  'another user’s process can be cancelled': () =>
    replace(cancel, 'handle', (handle, _, session, id) => {
      const owner = session.peer.executions.all.get(id)?.userId ?? session.user.id;
      return handle(Object.create(session, { user: { value: { id: owner } } }), id);
    }),

  'a process that is not known has another code': () =>
    changeEvent('claude:error', (payload) =>
      payload.code === 'PROCESS_NOT_FOUND' ? { ...payload, code: 'EXECUTION_ERROR' } : payload,
    ),

  'cancelling what has ended succeeds': () =>
    replace(cancel, 'handle', (handle, _, session, id) => {
      try {
        return handle(session, id);
      } catch (refusal) {
        if (!(refusal instanceof Refusal) || !/^Could not/.test(refusal.message)) throw refusal;
        return { success: true, message: 'Process cancelled successfully' };
      }
    }),

  'who comes late misses what was said': () =>
    replace(status, 'handle', (handle, _, session, id) => {
      const { callback } = handle(session, id);
      return new Reply(callback, () => session.follow(id));
    }),

  'who asks twice hears it twice': () =>
    replace(status, 'handle', (handle, _, session, id) => {
      const isKnown = session.socket.rooms.has(`claude:${id}`);
      const reply = handle(session, id);
      const execution = session.peer.executions.all.get(id);
      if (isKnown && execution?.final) session.emit(...execution.final);
      return reply;
    }),

  'bad payloads count as attempts': () =>
    replace(Session.prototype, 'receive', (receive, session, events, packet) => {
      const isAttempt = packet[0] === 'claude:execute' && session.user;
      if (isAttempt && execute.check(packet[1]).length > 0) {
        session.peer.executions.rateLimit.max -= 1;
      }
      receive(events, packet);
    }),

  'an attempt beyond the limit has another code': () =>
    replace(RateLimit.prototype, 'take', (take, _, userId) => {
      try {
        take(userId);
      } catch (refusal) {
        throw claudeRefusal('EXECUTION_ERROR', refusal.message);
      }
    }),

  'without a user it says otherwise': () => {
    status.needsUser = () => claudeRefusal('UNAUTHORIZED', 'Authentication required');
  },

  'the payload is checked before the user': () => {
    const { needsUser, handle } = execute;
    delete execute.needsUser;
    execute.handle = (session, payload) => {
      if (!session.user) throw needsUser();
      return handle(session, payload);
    };
  },

  'a prompt of 100001 characters is let in': () =>
    replace(execute, 'check', (check, _, payload) => {
      const prompt =
        typeof payload?.prompt === 'string' ? payload.prompt.slice(0, 100_000) : undefined;
      return check(prompt === undefined ? payload : { ...payload, prompt });
    }),

  'process ids are counted': () => {
    let count = 0;
    replace(Executions.prototype, 'accept', (accept, executions, ...args) => {
      const execution = accept(...args);
      executions.all.delete(execution.id);
      execution.id = `claude_${(count += 1)}`;
      executions.all.set(execution.id, execution);
      return execution;
    });
  },

  'durationMs is in seconds': () =>
    changeEvent('claude:complete', ({ result, ...payload }) => ({
      ...payload,
      result: { ...result, durationMs: Math.round(result.durationMs / 1000) },
    })),

  'the result names another user': () =>
    changeEvent('claude:complete', ({ result, ...payload }) => ({
      ...payload,
      result: { ...result, userId: 'somebody' },
    })),

  'chunks come as pending': () =>
    changeEvent('claude:progress', (payload) =>
      payload.data === undefined ? payload : { ...payload, status: 'pending' },
    ),

  'stderr is not told': () =>
    changeEvent('claude:complete', ({ result, ...payload }) => ({
      ...payload,
      result: { ...result, stderr: '' },
    })),

  'the last to come is the first to run': () =>
    replace(Executions.prototype, 'begin', (begin, executions, execution) => {
      begin(execution);
      if (execution.status !== 'queued') return;
      executions.waiting.unshift(executions.waiting.pop());
      executions.tellPositions();
    }),

  'waiting too long is told as an execution error': () =>
    changeEvent('claude:error', (payload) =>
      payload.code === 'QUEUE_TIMEOUT' ? { ...payload, code: 'EXECUTION_ERROR' } : payload,
    ),

  'each user may attempt as often as all users together': () =>
    replace(RateLimit.prototype, 'take', (take) => take('everybody')),

  'each socket of a user may attempt as often as the user': () => {
    let socketId;
    replace(execute, 'handle', (handle, _, session, payload) => {
      socketId = session.socket.id;
      return handle(session, payload);
    });
    replace(RateLimit.prototype, 'take', (take) => take(socketId));
  },

  'a bad payload is told by `error`': () =>
    replace(Session.prototype, 'emit', (emit, _, event, payload) => {
      const { code, message } = payload;
      const isConcerned = event === 'claude:error' && code === 'INVALID_PAYLOAD';
      if (isConcerned) emit('error', { code, message });
      else emit(event, payload);
    }),

  'without a user the callback says it all': () =>
    changeEvent('claude:error', (payload) =>
      payload.code === 'UNAUTHORIZED' ? undefined : payload,
    ),

  'executions are told to everybody': () =>
    leakToEverybody('/', (event) => event.startsWith('claude:')),

  'executions are told to all sockets of their user': () =>
    replace(Peer.prototype, 'broadcast', (broadcast, peer, namespace, room, event, payload) => {
      const execution = peer.executions.all.get(payload.processId);
      if (!execution) return broadcast(namespace, room, event, payload);
      return broadcast(namespace, `user:${execution.userId}`, event, payload);
    }),

  'who became another user still hears the executions of the former': () =>
    replace(Session.prototype, 'signIn', (signIn, { socket }, token) => {
      const followed = [...socket.rooms].filter((room) => room.startsWith('claude:'));
      const userId = signIn(token);
      followed.forEach((room) => socket.join(room));
      return userId;
    }),
};
