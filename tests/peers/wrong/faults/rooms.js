// Faults of rooms.

import { roomEvents } from '../../node/rooms.js';
import { changeCallback, changeEvent, replace } from '../plant.js';

const { joinRoom, leaveRoom, getConnectionInfo } = roomEvents;

export const ROOM_FAULTS = {
  'roomJoined is not sent': () => changeEvent('roomJoined', () => undefined),

  'roomLeft names its room `name`': () =>
    changeEvent('roomLeft', ({ room, success }) => ({ name: room, success })),

  'joinRoom does not say which room': () =>
    changeCallback(joinRoom, ({ success }) => ({ success })),

  'the rooms of users can be joined': () =>
    replace(joinRoom, 'handle', (handle, _, session, room) => {
      if (!room.startsWith('user:')) return handle(session, room);
      session.rooms.add(room);
      session.socket.join(room);
      session.emit('roomJoined', { room, success: true });
      return { success: true, room };
    }),

  'leaving a room that one is not in is refused': () =>
    replace(leaveRoom, 'handle', (handle, _, session, room) =>
      session.rooms.has(room) ? handle(session, room) : { success: false, error: 'Not in room' },
    ),

  'who left a room still hears it': () =>
    replace(leaveRoom, 'handle', (handle, _, session, room) => {
      const answer = handle(session, room);
      session.socket.join(room);
      return answer;
    }),

  'a socket may join any number of rooms': () =>
    replace(joinRoom, 'handle', (handle, _, session, room) => {
      const { rooms } = session;
      session.rooms = new Set();
      try {
        return handle(session, room);
      } finally {
        session.rooms = new Set([...rooms, ...session.rooms]);
      }
    }),

  'a room name of 129 characters is let in': () =>
    replace(joinRoom, 'check', (check, _, room) => check(room?.length === 129 ? 'short' : room)),

  'getConnectionInfo lists rooms as they were joined': () =>
    replace(getConnectionInfo, 'handle', (handle, _, session) => {
      const info = handle(session);
      const own = info.rooms.filter((room) => !session.rooms.has(room));
      return { ...info, rooms: [...own, ...session.rooms] };
    }),

  'getConnectionInfo leaves out the own id': () =>
    changeCallback(getConnectionInfo, (info) => ({
      ...info,
      rooms: info.rooms.filter((room) => room !== info.socketId),
    })),

  'connectedAt is the time of the question': () =>
    changeCallback(getConnectionInfo, (info) => ({
      ...info,
      connectedAt: new Date().toISOString(),
    })),

  'getConnectionInfo leaves out the room of the user': () =>
    changeCallback(getConnectionInfo, (info) => ({
      ...info,
      rooms: info.rooms.filter((room) => !room.startsWith('user:')),
    })),

  'getConnectionInfo takes everybody for signed in': () =>
    changeCallback(getConnectionInfo, (info) => ({ ...info, authenticated: true })),
};
