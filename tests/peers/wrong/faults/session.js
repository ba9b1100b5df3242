// Faults of sessions.

import { authRefusal } from '../../node/refusal.js';
import { Session, sessionEvents } from '../../node/session.js';
import { changeCallback, changeEvent, replace } from '../plant.js';

const { authenticate, logout } = sessionEvents;

export const SESSION_FAULTS = {
  'welcome comes after authenticated': () =>
    replace(Session.prototype, 'begin', (begin, session) => {
      const { emit } = session;
      const late = [];
      session.emit = (event, payload) =>
        event === 'welcome' ? late.push(payload) : emit.call(session, event, payload);
      begin();
      delete session.emit;
      session.emit('welcome', late[0]);
    }),

  'welcome names the socket `id`': () =>
    changeEvent('welcome', ({ socketId, ...payload }) => ({ ...payload, id: socketId })),

  'authenticated has a null email when there is none': () =>
    changeEvent('authenticated', (payload) => ({ email: null, ...payload })),

  'authenticated is not sent': () => changeEvent('authenticated', () => undefined),

  'authenticatedAt has no zone': () =>
    changeEvent('authenticated', (payload) => ({
      ...payload,
      authenticatedAt: payload.authenticatedAt.replace('Z', ''),
    })),

  'a bad token is told in other words': () =>
    changeEvent('authError', ({ message }) => ({
      message: message === 'Invalid token' ? 'The token is invalid' : message,
    })),

  'a failed authenticate signs out': () =>
    replace(authenticate, 'handle', (handle, _, session, payload) => {
      try {
        return handle(session, payload);
      } catch (refusal) {
        session.signOut();
        throw refusal;
      }
    }),

  'five failures do not disconnect': () => {
    authenticate.afterwards = () => {};
  },

  'a token without an expiry is let in': () =>
    replace(Session.prototype, 'signIn', (signIn, session, token) => {
      const claims = claimsOf(token);
      if (claims?.userId === undefined || claims.exp !== undefined) return signIn(token);
      return letIn(session, claims.userId);
    }),

  'an expired token is told as an invalid one': () =>
    replace(Session.prototype, 'signIn', (signIn, _, token) => {
      try {
        return signIn(token);
      } catch (refusal) {
        if (refusal.message !== 'Token has expired') throw refusal;
        throw authRefusal('Invalid token');
      }
    }),

  'logout is refused when nobody is signed in': () =>
    replace(logout, 'handle', (handle, _, session) =>
      session.user ? handle(session) : { success: false },
    ),

  'loggedOut is not sent': () => changeEvent('loggedOut', () => undefined),

  'authenticate calls back without the user': () =>
    changeCallback(authenticate, ({ success }) => ({ success })),

  'signatures are not looked at': () =>
    replace(Session.prototype, 'signIn', (signIn, session, token) => {
      const claims = claimsOf(token);
      const isFresh = claims?.exp > Date.now() / 1000 && claims.userId;
      return isFresh ? letIn(session, claims.userId) : signIn(token);
    }),

  'the token of a header is not read': () =>
    replace(Session.prototype, 'begin', (begin, session) => {
      delete session.socket.handshake.headers.authorization;
      begin();
    }),
};

function claimsOf(token) {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
  } catch {
    return undefined;
  }
}

function letIn(session, userId) {
  session.user = { id: userId, expires: Infinity };
  session.socket.join(`user:${userId}`);
  session.emit('authenticated', { userId, authenticatedAt: new Date().toISOString() });
  return userId;
}
