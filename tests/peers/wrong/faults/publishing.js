// Faults of media, notifications and what is published.

import { mediaEvents } from '../../node/media.js';
import { Peer } from '../../node/peer.js';
import { Session, sessionEvents } from '../../node/session.js';
import { changeCallback, leakToEverybody, replace } from '../plant.js';

const { unsubscribeMedia, subscribeMedia } = mediaEvents;

export const PUBLISHING_FAULTS = {
  'who unsubscribed still hears of the media item': () => {
    unsubscribeMedia.handle = (_, mediaId) => ({ success: true, mediaId });
  },

  'mediaProgress reaches who did not subscribe': () =>
    leakToEverybody('/media', (event) => event === 'mediaProgress'),

  'subscribeMedia names the item `id`': () =>
    changeCallback(subscribeMedia, ({ success, mediaId }) => ({ success, id: mediaId })),

  'progress is a share of 1': () =>
    replace(Peer.prototype, 'broadcast', (broadcast, _, namespace, room, event, payload) => {
      const share = event === 'mediaProgress' && { progress: payload.progress / 100 };
      return broadcast(namespace, room, event, { ...payload, ...share });
    }),

  'a notification reaches another user': () =>
    leakToEverybody('/notifications', (event) => event === 'notification'),

  'who logged out is still notified': () =>
    replace(sessionEvents.logout, 'handle', (handle, _, session) => {
      const former = session.user;
      const answer = handle(session);
      if (former) session.socket.join(`user:${former.id}`);
      return answer;
    }),

  'who became another user is still notified as the former': () =>
    replace(Session.prototype, 'signIn', (signIn, session, token) => {
      const former = session.user;
      const userId = signIn(token);
      if (former) session.socket.join(`user:${former.id}`);
      return userId;
    }),

  'an event of a room reaches everybody': () =>
    leakToEverybody('/', (event) => !event.startsWith('claude:')),

  'a publication says nothing of how many it reached': () =>
    replace(Peer.prototype, 'broadcast', (broadcast, _, ...args) => {
      broadcast(...args);
      return {};
    }),

  'anybody may publish': () =>
    replace(Peer.prototype, 'listen', (listen, peer) => {
      const { publishToken } = peer.settings;
      peer.http.prependListener('request', ({ headers }) => {
        headers.authorization = `Bearer ${publishToken}`;
      });
      return listen();
    }),

  'an undeclared event is told as a notification of its room': () =>
    replace(Peer.prototype, 'broadcast', (broadcast, _, namespace, room, event, payload) => {
      const isDeclared = namespace !== '/' || event.startsWith('claude:');
      return broadcast(namespace, room, isDeclared ? event : 'roomJoined', payload);
    }),
};
