// Sessions: who a socket is. `authenticate`, `logout`, and the token of the handshake.

import { receive } from './dispatch.js';
import { fields, text } from './rules.js';
import { verify } from './tokens.js';

const MAX_FAILURES = 5;
/** The longest time a timer of Node can wait. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** One socket of one namespace. */
export class Session {
  user = undefined;
  /** Who was signed in last; a logout leaves it. */
  #lastUserId = undefined;
  /** Rooms that the client joined. */
  rooms = new Set();
  connectedAt = new Date().toISOString();
  #failures = 0;
  #expiry = undefined;

  /** @param {import('socket.io').Socket} socket @param {import('./peer.js').Peer} peer */
  constructor(socket, peer) {
    this.socket = socket;
    this.peer = peer;
    socket.on('disconnect', () => clearTimeout(this.#expiry));
  }

  emit(event, payload) {
    this.socket.emit(event, payload);
  }

  /** An event of the client, of those that may be sent here. */
  receive(events, packet) {
    receive(this, events, packet);
  }

  /** What a new socket sees: `welcome`, and then whether its token is good. */
  begin() {
    const serverTime = new Date().toISOString();
    this.emit('welcome', { message: 'Welcome', socketId: this.socket.id, serverTime });
    const token = this.#handshakeToken();
    if (token === undefined) return;
    try {
      this.signIn(token);
    } catch (refusal) {
      this.emit('authError', { message: refusal.message });
    }
  }

  /** Throws a refusal, and leaves the session as it was, when the token is not good. */
  signIn(token) {
    let user;
    try {
      user = verify(token, this.peer.settings);
    } catch (refusal) {
      this.#failures += 1;
      throw refusal;
    }
    this.#failures = 0;
    if (this.#lastUserId !== user.id) this.#leaveRoomsOfUser();
    this.user = user;
    this.#lastUserId = user.id;
    this.socket.join(`user:${user.id}`);
    this.#awaitExpiry();
    const { id: userId, email } = user;
    const authenticatedAt = new Date().toISOString();
    this.emit('authenticated', { userId, ...(email !== undefined && { email }), authenticatedAt });
    return userId;
  }

  /** Processes that were followed are followed on. */
  signOut() {
    clearTimeout(this.#expiry);
    if (this.user) this.socket.leave(`user:${this.user.id}`);
    this.user = undefined;
  }

  /** Whether the room of the process was joined now; `false` when it was before. */
  follow(processId) {
    const room = `claude:${processId}`;
    if (this.socket.rooms.has(room)) return false;
    this.socket.join(room);
    return true;
  }

  disconnectAfterTooManyFailures() {
    if (this.#failures >= MAX_FAILURES) this.socket.disconnect();
  }

  /** Another user signs in: nothing of the former one may reach the socket. */
  #leaveRoomsOfUser() {
    const ofUser = (room) => room.startsWith('user:') || room.startsWith('claude:');
    [...this.socket.rooms].filter(ofUser).forEach((room) => this.socket.leave(room));
  }

  #handshakeToken() {
    const { auth, headers } = this.socket.handshake;
    const given = auth.token ?? /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
    if (given === undefined || given === '') return undefined;
    return typeof given === 'string' ? given : 'not a token';
  }

  #awaitExpiry() {
    clearTimeout(this.#expiry);
    const left = this.user.expires * 1000 - Date.now();
    if (left > LONGEST_WAIT_MS) {
      this.#expiry = setTimeout(() => this.#awaitExpiry(), LONGEST_WAIT_MS);
      return;
    }
    this.#expiry = setTimeout(() => {
      this.signOut();
      this.emit('authError', { message: 'Token has expired' });
    }, left);
  }
}

export const sessionEvents = {
  authenticate: {
    check: fields({ token: text() }),
    handle(session, { token }) {
      return { success: true, userId: session.signIn(token) };
    },
    afterwards: (session) => session.disconnectAfterTooManyFailures(),
  },

  logout: {
    handle(session) {
      session.signOut();
      session.emit('loggedOut', { message: 'Logged out' });
      return { success: true };
    },
  },
};
