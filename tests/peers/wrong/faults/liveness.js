// Faults of `ping` and `heartbeat`.

import { livenessEvents } from '../../node/liveness.js';
import { answerBeforeEvent, changeCallback, changeEvent, replace } from '../plant.js';

const { ping, heartbeat } = livenessEvents;

export const LIVENESS_FAULTS = {
  'pong comes after the callback': () => answerBeforeEvent(ping, 'pong'),

  'heartbeatAck comes after the callback': () => answerBeforeEvent(heartbeat, 'heartbeatAck'),

  'the time of pong is a string': () =>
    changeEvent('pong', ({ timestamp }) => ({ timestamp: `${timestamp}` })),

  'the time of ping is in seconds': () =>
    changeCallback(ping, ({ timestamp }) => ({ timestamp: Math.floor(timestamp / 1000) })),

  'latency is below zero when the clock of the client is ahead': () => {
    let sent;
    const negative = (answer) =>
      sent > answer.timestamp
        ? { ...answer, latency: Math.round(answer.timestamp - sent) }
        : answer;
    replace(heartbeat, 'handle', (handle, _, session, payload) => {
      sent = payload?.timestamp;
      return negative(handle(session, payload));
    });
    changeEvent('heartbeatAck', negative);
  },

  'latency is 0 without a timestamp': () => {
    const zero = ({ latency, ...rest }) => ({ ...rest, latency: latency ?? 0 });
    changeCallback(heartbeat, zero);
    changeEvent('heartbeatAck', zero);
  },

  'a malformed heartbeat is refused': () => {
    delete heartbeat.insteadOfRefusing;
  },

  'a malformed heartbeat is told by no error': () => {
    delete heartbeat.check;
    replace(heartbeat, 'handle', (handle, _, session, payload) => {
      const isGood = Number.isFinite(payload?.timestamp);
      return handle(session, isGood ? payload : undefined);
    });
  },
};
