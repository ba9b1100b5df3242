// Faults of answers to bad input, and of callbacks at large.

import { Socket } from 'socket.io';
import { Session } from '../../node/session.js';
import { changeEvent, replace } from '../plant.js';

const ACK = 3;
/** What the payloads of these events hold. */
const FIELDS = {
  authenticate: ['token'],
  heartbeat: ['timestamp'],
  'claude:execute': [
    ...['prompt', 'systemPrompt', 'model', 'maxTokens', 'workingDirectory', 'timeoutMs'],
  ],
};

export const ANSWER_FAULTS = {
  'the callback of joinRoom comes twice': () =>
    replace(Socket.prototype, 'ack', (ack, socket, id) => {
      const answer = ack(id);
      return (callback) => {
        answer(callback);
        if ('room' in callback) socket.packet({ type: ACK, id, data: [callback] });
      };
    }),

  'the callback of leaveRoom never comes': () => muteCallback('leaveRoom'),

  'an unknown event is not called back': () => muteCallback('noSuchEvent', true),

  'an unknown event is not told': () =>
    changeEvent('error', (error) => (error.code === 'UNKNOWN_EVENT' ? undefined : error)),

  'an unknown event is told as an invalid payload': () =>
    changeEvent('error', (error) => ({ ...error, code: 'INVALID_PAYLOAD' })),

  'an invalid payload is not told': () =>
    changeEvent('error', (error) => (error.code === 'INVALID_PAYLOAD' ? undefined : error)),

  'an error of /media is told on /': () =>
    replace(Session.prototype, 'emit', (emit, session, event, payload) => {
      const isConcerned = event === 'error' && session.socket.nsp.name === '/media';
      if (!isConcerned) return emit(event, payload);
      const others = session.socket.client.sockets.values();
      [...others].find(({ nsp }) => nsp.name === '/')?.emit(event, payload);
    }),

  'details name fields without a slash': () =>
    changeEvent('error', ({ details, ...error }) => ({
      ...error,
      ...(details && { details: details.map((one) => ({ ...one, path: one.path.slice(1) })) }),
    })),

  'a refusal repeats what was sent': () =>
    replace(Session.prototype, 'receive', (receive, session, events, packet) => {
      const callback = packet.at(-1);
      if (typeof callback !== 'function') return receive(events, packet);
      const repeating = (answer) =>
        callback(
          answer.success === false && packet.length > 2
            ? { ...answer, error: `${answer.error}: ${JSON.stringify(packet[1])}` }
            : answer,
        );
      receive(events, [...packet.slice(0, -1), repeating]);
    }),

  'surplus arguments are refused': () =>
    replace(Session.prototype, 'receive', (receive, session, events, packet) => {
      const [name, ...given] = packet;
      const callback = typeof given.at(-1) === 'function' ? given.pop() : () => {};
      const takes = events.get(name)?.check ? 1 : 0;
      if (!events.has(name) || given.length <= takes) return receive(events, packet);
      callback({ success: false, error: 'Too many arguments' });
    }),

  'unknown fields are refused': () =>
    replace(Session.prototype, 'receive', (receive, session, events, [name, payload, ...rest]) => {
      const isStrange = Object.keys(payload ?? {}).some((field) => !FIELDS[name]?.includes(field));
      const isRefused = name in FIELDS && isStrange;
      receive(events, [name, isRefused ? 'not an object' : payload, ...rest]);
    }),
};

/** Has an event, or every unknown one, go without its callback. */
function muteCallback(event, orUnknown = false) {
  replace(Session.prototype, 'receive', (receive, session, events, packet) => {
    const isConcerned = packet[0] === event || (orUnknown && !events.has(packet[0]));
    const hasCallback = typeof packet.at(-1) === 'function';
    receive(events, isConcerned && hasCallback ? packet.slice(0, -1) : packet);
  });
}
