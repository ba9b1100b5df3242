// Liveness: `ping`, `pong`, `heartbeat`, `heartbeatAck`.

import { fields, number, optional } from './rules.js';

const heartbeatPayload = fields({ timestamp: optional(number()) });

export const livenessEvents = {
  ping: {
    handle(session) {
      const timestamp = Date.now();
      session.emit('pong', { timestamp });
      return { timestamp };
    },
  },

  heartbeat: {
    check: (payload) =>
      payload === undefined || payload === null ? [] : heartbeatPayload(payload),
    handle: (session, payload) => beat(session, payload?.timestamp),
    /** Its callback cannot say no: a malformed heartbeat is answered like an empty one. */
    insteadOfRefusing: (session) => beat(session),
  },
};

function beat(session, sent = 0) {
  const timestamp = Date.now();
  const serverTime = new Date(timestamp).toISOString();
  const latency = sent > 0 ? Math.round(Math.max(0, timestamp - sent)) : null;
  const answer = { timestamp, serverTime, latency };
  session.emit('heartbeatAck', answer);
  return answer;
}
