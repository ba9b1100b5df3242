// The package's client: connecting, signing in, and what it says when that fails.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ProtocolError } from '@slopstudios/protocol/client';
import { startServer } from '../support/server.js';
import { now, tokenFor } from '../support/tokens.js';
import { until, within } from '../support/within.js';
import { clientOf, connected, failure, next, reconnected, serverOf, stateOf } from './support.js';

const server = await startServer();
after(() => server.stop());

test('all namespaces are connected and signed in over one connection', async (t) => {
  const before = await connections();
  const client = await connected(t, server.url, { token: tokenFor('ada', { email: 'a@b.c' }) });
  assert.equal(client.state.status, 'connected');
  assert.equal(client.state.user.userId, 'ada');
  assert.equal(client.state.user.email, 'a@b.c');
  assert.equal(client.state.error, undefined);
  const sockets = Object.values(client.sockets);
  assert.deepEqual(Object.keys(client.sockets), ['/', '/media', '/notifications']);
  assert.ok(sockets.every((socket) => socket.connected && socket.io === sockets[0].io));
  assert.deepEqual(
    await connections(),
    before.map((count) => count + 1),
  );
  const { rooms, authenticated } = await client.call('getConnectionInfo');
  assert.equal(authenticated, true);
  assert.ok(rooms.includes('user:ada'));
});

/** Connected sockets by namespace, as the server counts them. */
async function connections() {
  const metrics = await (await server.fetch('/metrics')).text();
  const counts = new Map(
    [...metrics.matchAll(/^slop_connections\{namespace="([^"]+)"\} (\d+)$/gm)].map(
      ([, namespace, count]) => [namespace, Number(count)],
    ),
  );
  return ['/', '/media', '/notifications'].map((namespace) => counts.get(namespace) ?? 0);
}

test('without a token the client is connected and nobody', async (t) => {
  const client = await connected(t, server.url);
  assert.deepEqual(client.state, { status: 'connected', user: undefined, error: undefined });
  const error = await failure(client.claude.execute({ prompt: 'hello' }).result);
  assert.equal(error.code, 'UNAUTHORIZED');
  assert.equal(error.message, 'Authentication required to execute Claude commands');
});

test('a wrong token is told, and another one signs in', async (t) => {
  const client = clientOf(t, server.url, { token: 'wrong' });
  const error = await failure(client.ready);
  assert.ok(error instanceof ProtocolError);
  assert.equal(error.code, 'UNAUTHORIZED');
  assert.equal(error.message, 'Invalid token: sign in again');
  const state = await stateOf(client, 'connected', ({ status }) => status === 'connected');
  assert.equal(state.error, error);

  await client.session.authenticate(tokenFor('ada'));
  assert.equal(client.state.user.userId, 'ada');
  assert.equal(client.state.error, undefined);
  for (const socket of Object.values(client.sockets)) {
    assert.equal((await socket.emitWithAck('logout')).success, true);
  }
});

test('a sign-in asked for while connecting does not hide that the token was wrong', async (t) => {
  const client = clientOf(t, server.url, { token: 'wrong', timeoutMs: 2000 });
  const signedIn = client.session.authenticate(tokenFor('ada'));
  const error = await failure(client.ready);
  assert.equal(error.message, 'Invalid token: sign in again');
  await signedIn;
  assert.equal(client.state.status, 'connected');
  assert.equal(client.state.user.userId, 'ada');
});

test('a refused token leaves the session as it was', async (t) => {
  const client = await connected(t, server.url, { token: tokenFor('ada') });
  const states = [];
  client.onState((state) => states.push(state));
  const error = await failure(client.session.authenticate(tokenFor('bob', { exp: now() - 60 })));
  assert.equal(error.code, 'UNAUTHORIZED');
  assert.equal(error.message, 'Token has expired');
  assert.equal(error.event, 'authenticate');
  assert.deepEqual(states, []);
  assert.equal(client.state.user.userId, 'ada');
});

test('a refused token leaves the session as it was, whichever namespace answers first', async (t) => {
  const url = await serverOf(t, (socket, path) => {
    socket.emit('authenticated', { userId: 'ada' });
    socket.on('authenticate', async (_, callback) => {
      if (path === '/') await setTimeout(50);
      socket.emit('authError', { message: 'Invalid token', timestamp: new Date().toISOString() });
      callback({ success: false, error: 'Invalid token' });
    });
    socket.on('ping', (callback) => callback({ timestamp: Date.now() }));
  });
  const client = await connected(t, url, { token: 'good' });
  const answered = new Promise((resolve) => client.on('authError', resolve));
  assert.equal((await failure(client.session.authenticate('bad'))).code, 'UNAUTHORIZED');
  await within('the answer of the last namespace', answered);
  assert.equal(client.state.user.userId, 'ada');
  assert.equal(client.state.error, undefined);
});

test('the token of the last authenticate signs in after a reconnect', async (t) => {
  const client = await connected(t, server.url);
  await client.session.authenticate(tokenFor('ada'));
  const state = await reconnected(client);
  assert.equal(state.user.userId, 'ada');
});

test('each attempt asks for one fresh token', async (t) => {
  let asked = 0;
  const getToken = async () => {
    asked += 1;
    return tokenFor(`user-${asked}`);
  };
  const client = await connected(t, server.url, { getToken });
  assert.equal(client.state.user.userId, 'user-1');
  const state = await reconnected(client);
  assert.equal(state.user.userId, 'user-2');
  assert.equal(asked, 2);
});

test('a session that expires goes on with a fresh token', async (t) => {
  let asked = 0;
  const getToken = () => {
    asked += 1;
    return tokenFor('ada', asked === 1 ? { exp: now() + 2 } : {});
  };
  const client = await connected(t, server.url, { getToken });
  await stateOf(client, 'signed out', ({ error }) =>
    error?.message.startsWith('Token has expired'),
  );
  const state = await stateOf(client, 'signed in again', ({ user }) => user !== undefined);
  assert.equal(state.status, 'connected');
  assert.equal(asked, 2);
  await client.session.logout();
  for (const socket of Object.values(client.sockets)) {
    await within('an answer', socket.emitWithAck('logout'));
  }
});

test('a fresh token that is refused is told, and the connection stays', async (t) => {
  const tokens = [tokenFor('ada', { exp: now() + 2 }), 'wrong'];
  const client = await connected(t, server.url, { getToken: () => tokens.shift() });
  const statuses = new Set();
  client.onState(({ status }) => statuses.add(status));
  const { error } = await stateOf(client, 'refused', ({ error }) => error?.event);
  assert.equal(error.code, 'UNAUTHORIZED');
  assert.equal(error.message, 'Invalid token');
  await client.call('ping');
  assert.deepEqual([...statuses], ['connected']);
});

test('a token provider that fails is asked again', async (t) => {
  let asked = 0;
  const getToken = async () => {
    asked += 1;
    if (asked === 1) throw new Error('the identity provider is away');
    return tokenFor('ada');
  };
  const client = clientOf(t, server.url, { getToken });
  const error = await failure(client.ready);
  assert.equal(error.code, 'UNAUTHORIZED');
  assert.equal(error.message, 'getToken failed');
  assert.equal(error.cause.message, 'the identity provider is away');
  const state = await stateOf(client, 'signed in', ({ status }) => status === 'connected');
  assert.equal(state.user.userId, 'ada');
  assert.equal(state.error, undefined);
});

test('a token provider that fails too late disturbs nothing', async (t) => {
  let fail;
  const tokens = [new Promise((_, reject) => (fail = reject)), tokenFor('ada')];
  const client = clientOf(t, server.url, { getToken: () => tokens.shift() });
  await until('the client to ask for a token', () => tokens.length === 1);
  client.sockets['/'].io.engine.close();
  await stateOf(client, 'signed in', ({ status }) => status === 'connected');
  const states = [];
  client.onState((state) => states.push(state));
  fail(new Error('the identity provider was away'));
  await setImmediate();
  await client.call('ping');
  assert.deepEqual(states, []);
  assert.equal(client.state.user.userId, 'ada');
});

test('after a logout nobody is signed in, and no reconnect brings anything back', async (t) => {
  let asked = 0;
  const getToken = () => {
    asked += 1;
    return tokenFor('ada');
  };
  const client = await connected(t, server.url, { getToken });
  await client.call('joinRoom', 'project-123');
  await client.session.logout();
  assert.equal(client.state.user, undefined);
  await reconnected(client);
  assert.equal(client.state.user, undefined);
  assert.equal(asked, 1);
  const { rooms } = await client.call('getConnectionInfo');
  assert.ok(!rooms.includes('project-123'));
});

test('a logout without a connection counts, too', async (t) => {
  const client = await connected(t, server.url, {
    token: tokenFor('ada'),
    socketOptions: { reconnectionDelay: 500 },
  });
  await client.call('joinRoom', 'project-123');
  client.sockets['/'].io.engine.close();
  await stateOf(client, 'disconnected', ({ status }) => status === 'connecting');
  const late = await failure(client.session.logout({ timeoutMs: 20 }));
  assert.equal(late.code, 'TIMEOUT');
  const state = await stateOf(client, 'connected again', ({ status }) => status === 'connected');
  assert.equal(state.user, undefined);
  const { rooms } = await client.call('getConnectionInfo');
  assert.ok(!rooms.includes('project-123'), `${rooms}`);
});

test('a sign-in that a logout follows is not made again by a reconnect', async (t) => {
  const client = await connected(t, server.url);
  const signedIn = client.session.authenticate(tokenFor('ada'));
  await client.session.logout();
  await signedIn;
  const state = await reconnected(client);
  assert.equal(state.user, undefined);
});

test('a fresh token that comes after a logout signs nobody in', async (t) => {
  const tokens = [Promise.resolve(tokenFor('ada', { exp: now() + 2 }))];
  const fresh = new Promise((resolve) => tokens.push(new Promise((give) => resolve(give))));
  const client = await connected(t, server.url, { getToken: () => tokens.shift() });
  await stateOf(client, 'signed out', ({ user }) => user === undefined);
  await client.session.logout();
  (await fresh)(tokenFor('ada'));
  // The client would send the token in this turn of the event loop.
  await setImmediate();
  const { authenticated } = await client.call('getConnectionInfo');
  assert.equal(authenticated, false);
});

test('a server that is down is told, and found when it comes', async (t) => {
  const port = await freePort();
  const client = clientOf(t, `http://127.0.0.1:${port}`, {
    token: tokenFor('ada'),
    timeoutMs: 500,
  });
  const error = await failure(client.ready);
  assert.equal(error.code, 'UNREACHABLE');
  assert.match(error.message, new RegExp(`: does http://127.0.0.1:${port} speak version 1\\.`));
  assert.ok(error.cause instanceof Error);
  const late = await failure(client.call('ping'));
  assert.equal(late.code, 'UNREACHABLE');

  const other = await startServer({ args: ['--port', String(port)] });
  t.after(() => other.stop());
  const state = await stateOf(client, 'connected', ({ status }) => status === 'connected');
  assert.equal(state.user.userId, 'ada');
  assert.equal(state.error, undefined);
});

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

test('a server of another major version is told, and not asked again', async (t) => {
  const { connect } = await packageOfVersion(t, '2.0.0');
  const client = connect(server.url, { token: tokenFor('ada') });
  t.after(() => client.close());
  const error = await failure(client.ready);
  assert.equal(error.code, 'UNSUPPORTED_VERSION');
  assert.match(
    error.message,
    /^Unsupported protocol version: this server speaks 1\.0\.0: does .* speak version 2\.0\.0\?$/,
  );
  assert.equal(client.state.status, 'closed');
  assert.equal(client.state.error, error);
  assert.equal((await failure(client.call('ping'))).code, 'UNSUPPORTED_VERSION');
});

/** The built package as it would be for another version of the protocol. */
async function packageOfVersion(t, version) {
  const dist = dirname(dirname(fileURLToPath(import.meta.resolve('@slopstudios/protocol/client'))));
  const copy = mkdtempSync(join(dirname(dist), '.version-'));
  t.after(() => rmSync(copy, { recursive: true }));
  cpSync(dist, copy, { recursive: true });
  const events = join(copy, 'events.js');
  const text = readFileSync(events, 'utf8');
  const other = text.replace(/PROTOCOL_VERSION = "[^"]+"/, `PROTOCOL_VERSION = "${version}"`);
  assert.notEqual(other, text);
  writeFileSync(events, other);
  return import(join(copy, 'client/index.js'));
}

test('a client that the server sends away says so', async (t) => {
  const client = await connected(t, server.url);
  for (const _ of Array(5)) client.sockets['/'].emit('authenticate', { token: 'wrong' });
  const state = await stateOf(client, 'closed', ({ status }) => status === 'closed');
  assert.equal(state.error.code, 'REFUSED');
  assert.equal(state.error.message, 'io server disconnect');
});

test('a listener to the state that throws harms nobody but itself', async (t) => {
  const client = clientOf(t, server.url, { token: tokenFor('ada') });
  const thrown = [];
  // The test runner would take it for a failure of the test.
  const runners = process.rawListeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', ({ message }) => thrown.push(message));
  t.after(() => {
    process.removeAllListeners('unhandledRejection');
    for (const listener of runners) process.on('unhandledRejection', listener);
  });
  client.onState(() => {
    throw new Error('a mistake of the program');
  });
  const states = [];
  client.onState(({ status }) => states.push(status));
  await within('the client to be ready', client.ready);
  client.close();
  await setImmediate();
  assert.deepEqual(states, ['connecting', 'connected', 'closed']);
  assert.deepEqual(thrown, Array(3).fill('a mistake of the program'));
  assert.ok(Object.values(client.sockets).every((socket) => !socket.active));
});

test('notifications of the user arrive on the client', async (t) => {
  const client = await connected(t, server.url, { token: tokenFor('grace') });
  const arrival = next(client, 'notification');
  const payload = {
    id: 'n1',
    type: 'info',
    title: 'Hello',
    message: 'World',
    timestamp: '2026-01-31T12:00:00.000Z',
  };
  const target = { namespace: '/notifications', userId: 'grace', event: 'notification', payload };
  assert.deepEqual((await server.publish(target)).body, { delivered: 1 });
  assert.deepEqual(await arrival, payload);
});
