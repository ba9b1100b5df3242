// The peer: an implementation of the WebSocket document on Node and socket.io, put together.

import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { claudeEvents } from './claude/events.js';
import { Executions } from './claude/executions.js';
import { answer, isAllowed } from './http.js';
import { livenessEvents } from './liveness.js';
import { mediaEvents } from './media.js';
import { roomEvents } from './rooms.js';
import { Session, sessionEvents } from './session.js';

/** What clients may send where. */
const NAMESPACES = {
  '/': { ...sessionEvents, ...roomEvents, ...livenessEvents, ...claudeEvents },
  '/media': { ...sessionEvents, ...mediaEvents },
  '/notifications': sessionEvents,
};

/** Which version of the protocol is spoken: clients of another major one are refused. */
const VERSION = '1.0.0';
/** Holds a prompt of 100000 characters, each escaped. */
const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;

export class Peer {
  isStopping = false;
  /** How often each event of the protocol came. */
  received = new Map();

  constructor(settings) {
    this.settings = settings;
    this.http = createServer((request, response) => answer(this, request, response));
    const allows = ({ headers }) => isAllowed(headers.origin, headers.host, settings.corsOrigin);
    this.io = new Server(this.http, {
      maxHttpBufferSize: MAX_MESSAGE_BYTES,
      serveClient: false,
      pingInterval: settings.pingIntervalMs,
      pingTimeout: settings.pingTimeoutMs,
      allowRequest: (request, decide) => decide(null, allows(request)),
      cors: (request, decide) => decide(null, { origin: allows(request) }),
    });
    this.executions = new Executions(settings, (processId, event, payload) => {
      this.broadcast('/', `claude:${processId}`, event, payload);
    });
    for (const [namespace, events] of Object.entries(NAMESPACES)) {
      this.#serve(namespace, new Map(Object.entries(events)));
    }
  }

  /** @returns {Promise<string>} its address */
  listen() {
    const { port, host } = this.settings;
    return new Promise((resolve, reject) => {
      this.http.once('error', reject);
      this.http.listen(port, host, () => {
        resolve(`http://${host}:${this.http.address().port}`);
      });
    });
  }

  /** Ends what runs, tells so, and disconnects everybody. */
  async stop() {
    this.isStopping = true;
    await this.executions.stop();
    await this.io.close();
  }

  /** Sends to a room and says how many sockets that are. */
  broadcast(namespace, room, event, payload) {
    const target = this.io.of(namespace);
    const delivered = target.adapter.rooms.get(room)?.size ?? 0;
    target.to(room).emit(event, payload);
    return { delivered };
  }

  /** Whether a socket of any namespace has this id. */
  hasSocket(id) {
    return Object.keys(NAMESPACES).some((namespace) => this.io.of(namespace).sockets.has(id));
  }

  #serve(namespace, events) {
    this.io.of(namespace).use(({ handshake }, next) => next(refusalOf(handshake.auth)));
    this.io.of(namespace).on('connection', (socket) => {
      const session = new Session(socket, this);
      // Not `next`: the names of clients shall not meet Node's own, such as `error`.
      socket.use((packet) => {
        const [name] = packet;
        if (events.has(name)) this.received.set(name, (this.received.get(name) ?? 0) + 1);
        session.receive(events, packet);
      });
      session.begin();
    });
  }
}

/** Why a namespace is refused; `undefined` when it is not. Most clients name no version. */
function refusalOf({ protocolVersion }) {
  const isNone = protocolVersion === undefined || protocolVersion === null;
  const [major] = VERSION.split('.');
  if (isNone || `${protocolVersion}`.startsWith(`${major}.`)) return undefined;
  return new Error(`Unsupported protocol version: this server speaks ${VERSION}`);
}
