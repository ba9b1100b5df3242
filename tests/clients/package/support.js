// The package's client under test: connected to a server, closed when the test ends.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from '@slopstudios/protocol/client';
import { validator } from '@slopstudios/protocol/validate';
import { Server } from 'socket.io';
import { startServer } from '../support/server.js';
import { within } from '../support/within.js';

/** Delays of a reconnection that tests do not have to wait for. */
const QUICKLY = { reconnectionDelay: 50, reconnectionDelayMax: 200, randomizationFactor: 0 };

/**
 * A client of the package with the validator on: what the server sends is checked in every test.
 * @param {import('node:test').TestContext} t
 * @param {string} url
 * @param {import('@slopstudios/protocol/client').ConnectOptions} [options]
 */
export function clientOf(t, url, { socketOptions, ...options } = {}) {
  const errors = [];
  const client = connect(url, {
    validator,
    onError: (error) => errors.push(error),
    socketOptions: { ...QUICKLY, ...socketOptions },
    ...options,
  });
  t.after(() => client.close());
  return Object.assign(client, { errors });
}

/** The same, once it is connected and signed in. */
export async function connected(t, url, options) {
  const client = clientOf(t, url, options);
  await within('the client to be ready', client.ready);
  return client;
}

/** Waits until the client's state is as wanted. */
export function stateOf(client, what, wanted) {
  const reached = new Promise((resolve) => {
    const look = (state) => {
      if (!wanted(state)) return;
      stop();
      resolve(state);
    };
    const stop = client.onState(look);
    look(client.state);
  });
  const details = () => `The state is ${JSON.stringify(client.state)}`;
  return within(`the client to be ${what}`, reached, { details });
}

/** The next payload of an event. */
export function next(client, event) {
  const arrived = new Promise((resolve) => {
    const stop = client.on(event, (payload) => {
      stop();
      resolve(payload);
    });
  });
  return within(`the event ${event}`, arrived);
}

/** Closes the connection under the client's feet; resolves when it is connected again. */
export async function reconnected(client) {
  client.sockets['/'].io.engine.close();
  await stateOf(client, 'disconnected', ({ status }) => status === 'connecting');
  return stateOf(client, 'connected again', ({ status }) => status === 'connected');
}

/**
 * The URL of a server that is made for one test: what the real one does only with luck, or never.
 * @param {import('node:test').TestContext} t
 * @param {(socket: import('socket.io').Socket, path: string) => void} connected
 */
export async function serverOf(t, connected) {
  const http = createServer();
  const io = new Server(http);
  for (const path of ['/', '/media', '/notifications']) {
    io.of(path).on('connection', (socket) => connected(socket, path));
  }
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  t.after(() => io.close());
  return `http://127.0.0.1:${http.address().port}`;
}

/** Ends a server at once and starts another one on its port. */
export async function restarted(server, options = {}) {
  const { port } = new URL(server.url);
  server.discard();
  await within('the server to be gone', server.exited);
  return startServer({ args: ['--port', port], ...options });
}

/** The error that a promise rejects with. */
export async function failure(promise) {
  const fulfilled = Symbol('fulfilled');
  const error = await within(
    'a failure',
    promise.then(
      () => fulfilled,
      (error) => error,
    ),
  );
  if (error === fulfilled) throw new Error('the promise should have been rejected');
  return error;
}
