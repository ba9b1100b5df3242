// `claude:execute`, `claude:status`, `claude:cancel`.

import { Reply } from '../dispatch.js';
import { claudeRefusal } from '../refusal.js';
import { fields, number, optional, text, value } from '../rules.js';

const MAX_PROMPT_CHARS = 100_000;
const count = number({ min: 1, whole: true });
const modelName = (value) => {
  const isName = typeof value === 'string' && /^[!-~]{1,128}$/.test(value);
  return isName ? undefined : 'must be printable ASCII without spaces';
};

const processId = value('Process id', text({ min: 1, max: 128 }));
const needsUser = (purpose) => () =>
  claudeRefusal('UNAUTHORIZED', `Authentication required to ${purpose}`);

export const claudeEvents = {
  'claude:execute': {
    needsUser: needsUser('execute Claude commands'),
    check: fields({
      prompt: text({ min: 1, max: MAX_PROMPT_CHARS }),
      systemPrompt: optional(text({ min: 1, max: MAX_PROMPT_CHARS })),
      model: optional(modelName),
      maxTokens: optional(count),
      workingDirectory: optional(text({ min: 1, max: 4096 })),
      timeoutMs: optional(count),
    }),
    handle(session, payload) {
      const { executions } = session.peer;
      const execution = executions.accept(session.user.id, payload);
      return new Reply({ success: true, processId: execution.id }, () => {
        session.follow(execution.id);
        executions.begin(execution);
      });
    },
  },

  'claude:status': {
    needsUser: needsUser('query Claude processes'),
    check: processId,
    handle(session, id) {
      const { executions } = session.peer;
      const execution = executions.ofUser(session.user.id, id);
      if (!execution) {
        throw claudeRefusal('PROCESS_NOT_FOUND', 'Process not found', { processId: id });
      }
      const { status, queuePosition } = execution;
      const position = status === 'queued' ? { queuePosition } : {};
      return new Reply({ success: true, status, ...position }, () => {
        if (session.follow(id)) session.emit(...executions.missed(execution));
      });
    },
  },

  'claude:cancel': {
    needsUser: needsUser('cancel Claude processes'),
    check: processId,
    handle(session, id) {
      const { executions } = session.peer;
      const execution = executions.cancellable(session.user.id, id);
      return new Reply({ success: true, message: 'Process cancelled successfully' }, () =>
        executions.cancel(execution),
      );
    },
  },
};
