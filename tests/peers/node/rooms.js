// Rooms: `joinRoom`, `leaveRoom`, `getConnectionInfo`.

import { Refusal } from './refusal.js';
import { text, value } from './rules.js';

const RESERVED = ['user:', 'claude:', 'media:'];
const MAX_ROOMS = 100;

export const roomName = text({ min: 1, max: 128 });

/** Whether a room is the server's own: no client joins, leaves or reaches it. */
export function isReserved(room, peer) {
  return RESERVED.some((prefix) => room.startsWith(prefix)) || peer.hasSocket(room);
}

function assertJoinable(session, room) {
  if (isReserved(room, session.peer)) throw new Refusal('Room is reserved');
}

export const roomEvents = {
  joinRoom: {
    check: value('Room', roomName),
    handle(session, room) {
      assertJoinable(session, room);
      if (session.rooms.size >= MAX_ROOMS && !session.rooms.has(room)) {
        throw new Refusal(`A socket may join at most ${MAX_ROOMS} rooms`);
      }
      session.rooms.add(room);
      session.socket.join(room);
      session.emit('roomJoined', { room, success: true });
      return { success: true, room };
    },
  },

  leaveRoom: {
    check: value('Room', roomName),
    handle(session, room) {
      assertJoinable(session, room);
      session.rooms.delete(room);
      session.socket.leave(room);
      session.emit('roomLeft', { room, success: true });
      return { success: true, room };
    },
  },

  getConnectionInfo: {
    handle({ socket, user, rooms, connectedAt }) {
      const own = user ? [socket.id, `user:${user.id}`] : [socket.id];
      return {
        socketId: socket.id,
        connected: socket.connected,
        rooms: [...own, ...[...rooms].sort()],
        authenticated: user !== undefined,
        connectedAt,
      };
    },
  },
};
