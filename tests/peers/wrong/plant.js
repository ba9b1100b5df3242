// How faults are planted: one function of the peer is replaced by one that does it wrong.

import { Reply } from '../node/dispatch.js';
import { Peer } from '../node/peer.js';
import { Session } from '../node/session.js';

/**
 * Replaces a method. The replacement is given the original, bound to its object.
 * @param {object} target
 * @param {string} method
 * @param {(original: Function, self: object, ...args: unknown[]) => unknown} replacement
 */
export function replace(target, method, replacement) {
  const original = target[method];
  target[method] = function replaced(...args) {
    return replacement(original.bind(this), this, ...args);
  };
}

/** Changes what an event calls back with. @param {(callback: object) => object} change */
export function changeCallback(event, change) {
  replace(event, 'handle', (handle, _, ...args) => {
    const answer = handle(...args);
    if (answer instanceof Reply) return new Reply(change(answer.callback), answer.then);
    return change(answer);
  });
}

/**
 * Changes what an event of the server carries, whoever it is sent to. Nothing is sent when the
 * change gives `undefined`.
 * @param {(payload: object) => object | undefined} change
 */
export function changeEvent(name, change) {
  const changed = (event, payload) => (event === name ? change(payload) : payload);
  replace(Session.prototype, 'emit', (emit, _, event, payload) => {
    const sent = changed(event, payload);
    if (sent !== undefined) emit(event, sent);
  });
  replace(Peer.prototype, 'broadcast', (broadcast, _, namespace, room, event, payload) => {
    const sent = changed(event, payload);
    if (sent !== undefined) return broadcast(namespace, room, event, sent);
  });
}

/** Has an event of a namespace reach every socket of it, not only those of its room. */
export function leakToEverybody(namespace, isConcerned) {
  replace(Peer.prototype, 'broadcast', (broadcast, peer, to, room, event, payload) => {
    if (to !== namespace || !isConcerned(event)) return broadcast(to, room, event, payload);
    peer.io.of(namespace).emit(event, payload);
    return { delivered: peer.io.of(namespace).sockets.size };
  });
}

/** Sends the event after the callback instead of before. */
export function answerBeforeEvent(event, name) {
  replace(event, 'handle', (handle, _, session, argument) => {
    const held = [];
    const emit = session.emit;
    session.emit = (...sent) => held.push(sent);
    const answer = handle(session, argument);
    session.emit = emit;
    if (!held.some(([sent]) => sent === name)) throw new Error(`${name} was not sent`);
    return new Reply(answer, () => held.forEach((sent) => session.emit(...sent)));
  });
}

/** Does what follows the callback before it. */
export function answerAfterEvents(event) {
  replace(event, 'handle', (handle, _, ...args) => {
    const { callback, then } = handle(...args);
    then();
    return callback;
  });
}
