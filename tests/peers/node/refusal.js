// Refusals: what the server says no to, as values with a public sentence.

/** Thrown by handlers and checks; the dispatch turns it into an event and a callback. */
export class Refusal extends Error {
  /**
   * @param {string} sentence
   * @param {{ event?: string, payload?: object }} [told] the event that goes with the callback
   */
  constructor(sentence, { event, payload } = {}) {
    super(sentence);
    this.event = event;
    this.payload = payload;
  }
}

/** Told by `claude:error`. */
export function claudeRefusal(code, message, more = {}) {
  const payload = { ...more, code, message, timestamp: new Date().toISOString() };
  return new Refusal(message, { event: 'claude:error', payload });
}

/** Told by `authError`. */
export function authRefusal(message) {
  return new Refusal(message, { event: 'authError', payload: { message } });
}

/** No such event. A long name is not told back. */
export function unknownEvent(name) {
  const event = typeof name === 'string' && name.length <= 128 ? { event: name } : {};
  const payload = { code: 'UNKNOWN_EVENT', message: 'Unknown event', ...event };
  return new Refusal(payload.message, { event: 'error', payload });
}

/**
 * A payload that breaks rules: told by `claude:error` for `claude:*`, by `error` for all others.
 * @param {string} event
 * @param {{ path: string, message: string }[]} details
 */
export function invalidPayload(event, details) {
  const [{ message }] = details;
  if (event.startsWith('claude:')) return claudeRefusal('INVALID_PAYLOAD', message);
  const payload = { code: 'INVALID_PAYLOAD', message, event, details };
  return new Refusal(message, { event: 'error', payload });
}
