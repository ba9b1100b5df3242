// The dispatch: every event of a client is looked up, checked, handled, and answered exactly once.

import { invalidPayload, Refusal, unknownEvent } from './refusal.js';

/** A callback with something that must follow it. */
export class Reply {
  /** @param {object} callback @param {() => void} then */
  constructor(callback, then) {
    this.callback = callback;
    this.then = then;
  }
}

/**
 * @param {import('./session.js').Session} session
 * @param {Map<string, object>} events what may be sent on this namespace
 * @param {unknown[]} packet the event's name, its arguments and perhaps a callback
 */
export function receive(session, events, [name, ...given]) {
  const callback = typeof given.at(-1) === 'function' ? given.pop() : () => {};
  const event = events.get(name);
  try {
    if (!event) throw unknownEvent(name);
    const answer = handle(session, name, event, given[0]);
    callback(answer instanceof Reply ? answer.callback : answer);
    if (answer instanceof Reply) answer.then();
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    if (refusal.event) session.emit(refusal.event, refusal.payload);
    callback({ success: false, error: refusal.message });
  }
  event?.afterwards?.(session);
}

function handle(session, name, event, argument) {
  if (event.needsUser && !session.user) throw event.needsUser();
  const wrong = event.check?.(argument) ?? [];
  if (wrong.length === 0) return event.handle(session, argument);
  const refusal = invalidPayload(name, wrong);
  if (!event.insteadOfRefusing) throw refusal;
  session.emit(refusal.event, refusal.payload);
  return event.insteadOfRefusing(session);
}
