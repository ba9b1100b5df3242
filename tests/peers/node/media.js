// Media: `subscribeMedia`, `unsubscribeMedia`.

import { text, value } from './rules.js';

export const mediaId = text({ min: 1, max: 128 });

export const mediaEvents = {
  subscribeMedia: {
    check: value('Media id', mediaId),
    handle(session, id) {
      session.socket.join(`media:${id}`);
      return { success: true, mediaId: id };
    },
  },

  unsubscribeMedia: {
    check: value('Media id', mediaId),
    handle(session, id) {
      session.socket.leave(`media:${id}`);
      return { success: true, mediaId: id };
    },
  },
};
