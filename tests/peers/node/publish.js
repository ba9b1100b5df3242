// `POST /publish`: how other services have events sent.

import { timingSafeEqual } from 'node:crypto';
import { mediaId } from './media.js';
import { isReserved, roomName } from './rooms.js';
import { fields, isObject, number, oneOf, optional, record, text, time } from './rules.js';

/** Where each declared event may be published, and what it carries. */
const DECLARED = {
  mediaProgress: {
    namespace: '/media',
    payload: {
      mediaId,
      progress: number({ min: 0, max: 100 }),
      stage: text(),
      message: optional(text()),
    },
  },
  mediaComplete: {
    namespace: '/media',
    payload: {
      mediaId,
      url: text(),
      thumbnailUrl: optional(text()),
      metadata: optional(record),
    },
  },
  mediaError: {
    namespace: '/media',
    payload: { mediaId, error: text(), code: optional(text()) },
  },
  notification: {
    namespace: '/notifications',
    payload: {
      id: text(),
      type: oneOf(['info', 'success', 'warning', 'error']),
      title: text(),
      message: text(),
      timestamp: time,
      data: optional(record),
    },
  },
};

/** Names that the server alone may send, or that the client library keeps for itself. */
const FORBIDDEN = new Set(
  [
    'welcome authenticated authError loggedOut error roomJoined roomLeft pong heartbeatAck',
    'claude:progress claude:queued claude:complete claude:error',
    'connect connect_error disconnect disconnecting newListener removeListener',
  ].flatMap((line) => line.split(' ')),
);

/** Status and body of the answer. */
export function publish(peer, authorization, body) {
  const { publishToken } = peer.settings;
  if (!publishToken) return [404, { error: 'Not found' }];
  if (!isSame(authorization ?? '', `Bearer ${publishToken}`)) {
    return [401, { error: 'A publish token is required' }];
  }
  const publication = parsed(body);
  if (!isObject(publication)) return [400, { error: 'The body must be a JSON object' }];
  const { event, payload } = publication;
  if (typeof event !== 'string' || event === '') return [400, { error: 'event is required' }];
  if (!isObject(payload)) return [400, { error: 'payload must be an object' }];
  const declared = Object.hasOwn(DECLARED, event) ? DECLARED[event] : undefined;
  return declared ? publishDeclared(peer, publication, declared) : publishToRoom(peer, publication);
}

function publishDeclared(peer, { namespace, event, payload, ...address }, declared) {
  const wrong = fields(declared.payload)(payload);
  if (wrong.length > 0) return [400, { error: wrong[0].message, details: wrong }];
  if (namespace !== declared.namespace) return [400, { error: 'namespace is not the event’s' }];
  const known = Object.keys(declared.payload).filter((name) => payload[name] !== undefined);
  const sent = Object.fromEntries(known.map((name) => [name, payload[name]]));
  if (namespace === '/notifications') {
    if (text({ min: 1, max: 128 })(address.userId)) return [400, { error: 'userId is required' }];
    sent.timestamp = new Date(sent.timestamp).toISOString();
    return [202, peer.broadcast(namespace, `user:${address.userId}`, event, sent)];
  }
  if (mediaId(address.mediaId)) return [400, { error: 'mediaId is required' }];
  if (address.mediaId !== payload.mediaId) {
    const message = 'mediaId must be that of the address';
    return [400, { error: message, details: [{ path: '/mediaId', message }] }];
  }
  return [202, peer.broadcast(namespace, `media:${address.mediaId}`, event, sent)];
}

function publishToRoom(peer, { namespace, room, event, payload }) {
  if (namespace !== '/' || FORBIDDEN.has(event))
    return [400, { error: 'event is not publishable' }];
  if (roomName(room) || isReserved(room, peer)) return [400, { error: 'room is not joinable' }];
  return [202, peer.broadcast(namespace, room, event, payload)];
}

function isSame(given, expected) {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function parsed(body) {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
