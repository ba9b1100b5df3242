// The package's client: calls, their errors, and what a new connection brings back.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { ProtocolError, connect } from '@slopstudios/protocol/client';
import { startServer } from '../support/server.js';
import { tokenFor } from '../support/tokens.js';
import { within } from '../support/within.js';
import {
  clientOf,
  connected,
  failure,
  next,
  reconnected,
  restarted,
  serverOf,
  stateOf,
} from './support.js';

const server = await startServer();
after(() => server.stop());

test('every event without a payload of its own is called back with its response', async (t) => {
  const client = await connected(t, server.url);
  assert.equal(typeof (await client.call('ping')).timestamp, 'number');
  assert.equal((await client.call('heartbeat')).latency, null);
  assert.ok((await client.call('heartbeat', { timestamp: Date.now() })).latency >= 0);
  assert.deepEqual(await client.call('joinRoom', 'project-1'), {
    success: true,
    room: 'project-1',
  });
  assert.deepEqual(await client.call('leaveRoom', 'project-1'), {
    success: true,
    room: 'project-1',
  });
  assert.deepEqual(await client.call('subscribeMedia', 'm1'), { success: true, mediaId: 'm1' });
});

test('a refusal is an error with the sentence of the server', async (t) => {
  const client = await connected(t, server.url);
  const error = await failure(client.call('joinRoom', 'user:ada'));
  assert.ok(error instanceof ProtocolError);
  assert.equal(error.name, 'ProtocolError');
  assert.equal(error.code, 'REFUSED');
  assert.equal(error.message, 'Room is reserved');
  assert.equal(error.event, 'joinRoom');
});

test('a payload that breaks a rule is not sent when there is a validator', async (t) => {
  const client = await connected(t, server.url);
  const sent = [];
  client.sockets['/'].onAnyOutgoing((event) => sent.push(event));
  const error = await failure(client.call('joinRoom', ''));
  assert.equal(error.code, 'INVALID_PAYLOAD');
  assert.match(error.message, /^joinRoom: /);
  assert.equal(error.issues.length, 1);
  assert.ok(!JSON.stringify(error).includes('secret'));
  assert.deepEqual(sent, []);
});

test('without a validator, the server says what is wrong with a payload', async (t) => {
  const client = await connected(t, server.url, { validator: undefined, token: tokenFor('ada') });
  const room = await failure(client.call('joinRoom', ''));
  assert.equal(room.code, 'INVALID_PAYLOAD');
  assert.equal(room.cause.event, 'joinRoom');
  assert.equal(room.cause.details.length, 1);
  const prompt = await failure(client.claude.execute({ prompt: '' }).result);
  assert.equal(prompt.code, 'INVALID_PAYLOAD');
  assert.equal(prompt.event, 'claude:execute');
});

test('an abort rejects at once; what was not sent is never sent', async (t) => {
  const client = await connected(t, server.url);
  const aborted = await failure(
    client.call('ping', undefined, { signal: AbortSignal.abort('why') }),
  );
  assert.equal(aborted.code, 'ABORTED');
  assert.equal(aborted.cause, 'why');

  const sent = [];
  client.sockets['/'].onAnyOutgoing((event) => sent.push(event));
  client.sockets['/'].io.engine.close();
  await stateOf(client, 'disconnected', ({ status }) => status === 'connecting');
  const controller = new AbortController();
  const waiting = failure(client.call('joinRoom', 'late', { signal: controller.signal }));
  controller.abort();
  assert.equal((await waiting).code, 'ABORTED');
  await stateOf(client, 'connected again', ({ status }) => status === 'connected');
  await client.call('ping');
  assert.deepEqual(sent, ['ping']);
});

test('a call that waits for the connection is sent once it is there', async (t) => {
  const client = clientOf(t, server.url);
  const [ping, rooms] = await Promise.all([client.call('ping'), client.call('joinRoom', 'early')]);
  assert.equal(typeof ping.timestamp, 'number');
  assert.equal(rooms.room, 'early');
});

test('a frozen server is a timeout, a dead one a lost connection', async (t) => {
  const frozen = await startServer();
  t.after(() => frozen.discard());
  const client = await connected(t, frozen.url);
  frozen.child.kill('SIGSTOP');
  const late = await failure(client.call('ping', undefined, { timeoutMs: 50 }));
  assert.equal(late.code, 'TIMEOUT');
  assert.equal(late.message, 'ping: no response in 50 ms');
  const lost = failure(client.call('ping'));
  frozen.child.kill('SIGKILL');
  assert.equal((await lost).code, 'DISCONNECTED');
});

test('rooms and media items are brought back, those that were left are not', async (t) => {
  const first = await startServer();
  t.after(() => first.discard());
  const client = await connected(t, first.url, { token: tokenFor('ada') });
  await client.call('joinRoom', 'kept');
  await client.call('joinRoom', 'left');
  await client.call('leaveRoom', 'left');
  await client.call('subscribeMedia', 'm1');
  await client.call('subscribeMedia', 'm2');
  await client.call('unsubscribeMedia', 'm2');

  const second = await restarted(first);
  t.after(() => second.stop());
  await stateOf(client, 'connected again', ({ status }) => status === 'connected');
  const { rooms } = await client.call('getConnectionInfo');
  assert.deepEqual(rooms.slice(1), ['user:ada', 'kept']);

  const arrival = next(client, 'mediaProgress');
  const progress = (mediaId) => ({
    namespace: '/media',
    mediaId,
    event: 'mediaProgress',
    payload: { mediaId, progress: 50, stage: 'rendering' },
  });
  await client.sockets['/media'].emitWithAck('authenticate', { token: tokenFor('ada') });
  assert.deepEqual((await second.publish(progress('m2'))).body, { delivered: 0 });
  assert.deepEqual((await second.publish(progress('m1'))).body, { delivered: 1 });
  assert.equal((await arrival).mediaId, 'm1');

  const update = new Promise((resolve) => client.on('projectUpdate', resolve));
  const event = { namespace: '/', room: 'kept', event: 'projectUpdate', payload: { done: true } };
  assert.deepEqual((await second.publish(event)).body, { delivered: 1 });
  assert.deepEqual(await within('the update', update), { done: true });
});

test('a room that was left without a connection is not brought back', async (t) => {
  const client = await connected(t, server.url, { socketOptions: { reconnectionDelay: 500 } });
  await client.call('joinRoom', 'left');
  client.sockets['/'].io.engine.close();
  await stateOf(client, 'disconnected', ({ status }) => status === 'connecting');
  const late = await failure(client.call('leaveRoom', 'left', { timeoutMs: 20 }));
  assert.equal(late.code, 'TIMEOUT');
  await stateOf(client, 'connected again', ({ status }) => status === 'connected');
  const { rooms } = await client.call('getConnectionInfo');
  assert.ok(!rooms.includes('left'), `${rooms}`);
});

test('what is left before its joining was answered is not brought back', async (t) => {
  const client = await connected(t, server.url, { token: tokenFor('ada') });
  const answers = [
    client.call('joinRoom', 'left'),
    client.call('leaveRoom', 'left'),
    client.call('joinRoom', 'changed'),
    client.call('leaveRoom', 'changed'),
    client.call('joinRoom', 'changed'),
    client.call('subscribeMedia', 'm3'),
    client.call('unsubscribeMedia', 'm3'),
  ];
  await Promise.all(answers);
  await reconnected(client);
  const { rooms } = await client.call('getConnectionInfo');
  assert.deepEqual(rooms.slice(1), ['user:ada', 'changed']);
  // The server answers in order: what was brought back on this socket is there before the answer.
  await client.sockets['/media'].emitWithAck('authenticate', { token: tokenFor('ada') });
  const payload = { mediaId: 'm3', progress: 50, stage: 'rendering' };
  const progress = { namespace: '/media', mediaId: 'm3', event: 'mediaProgress', payload };
  assert.deepEqual((await server.publish(progress)).body, { delivered: 0 });
});

test('a listener that was ended hears nothing more', async (t) => {
  const client = await connected(t, server.url);
  const heard = [];
  const stop = client.on('pong', (payload) => heard.push(payload));
  await client.call('ping');
  stop();
  stop();
  await client.call('ping');
  assert.equal(heard.length, 1);
});

test('close() ends everything, for good', async (t) => {
  const frozen = await startServer();
  t.after(() => frozen.discard());
  const client = await connected(t, frozen.url, { token: tokenFor('ada') });
  const execution = client.claude.execute({ prompt: 'sleep' });
  await within('the process', execution.processId);
  frozen.child.kill('SIGSTOP');
  const call = failure(client.call('ping'));
  client.close();
  client.close();
  assert.equal((await call).code, 'CLOSED');
  assert.equal((await failure(execution.result)).code, 'CLOSED');
  assert.equal((await failure(client.call('ping'))).code, 'CLOSED');
  assert.equal(client.state.status, 'closed');
  assert.ok(Object.values(client.sockets).every((socket) => !socket.active));
});

test('a program that closes its client ends', async () => {
  const script = `
    import { connect } from '@slopstudios/protocol/client';
    const client = connect(${JSON.stringify(server.url)});
    await client.ready;
    await client.call('ping');
    client.close();`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = await within('the program to end', once(child, 'exit'));
  assert.equal(code, 0);
});

test('events of a server that breaks the rules go to onError, not to the listener', async (t) => {
  const url = await serverOf(t, (socket) => {
    socket.emit('welcome', { message: 'hello', socketId: socket.id, serverTime: 'yesterday' });
    socket.on('ping', (callback) => callback({ timestamp: 'now' }));
    socket.on('getConnectionInfo', () => socket.emit('pong', { timestamp: 'now' }));
  });
  const client = await connected(t, url, { timeoutMs: 2000 });
  const wrong = await failure(client.call('ping'));
  assert.equal(wrong.code, 'INVALID_PAYLOAD');
  assert.match(wrong.message, /^ping: .*timestamp/i);
  const heard = [];
  client.on('pong', (payload) => heard.push(payload));
  const late = await failure(client.call('getConnectionInfo', undefined, { timeoutMs: 200 }));
  assert.equal(late.code, 'TIMEOUT');
  assert.deepEqual(heard, []);
  assert.equal(client.errors.length, 1);
  assert.equal(client.errors[0].code, 'INVALID_PAYLOAD');
  assert.equal(client.errors[0].event, 'pong');
});

test('thirty-two calls at once are answered each with its own response', async (t) => {
  const client = await connected(t, server.url);
  const rooms = Array.from({ length: 32 }, (_, index) => `room-${index}`);
  const answers = await Promise.all(rooms.map((room) => client.call('joinRoom', room)));
  assert.deepEqual(
    answers.map(({ room }) => room),
    rooms,
  );
});

test('the url may be left to the page, and options to Socket.IO', (t) => {
  const client = connect(server.url, {
    socketOptions: { path: '/elsewhere', reconnection: false },
  });
  t.after(() => client.close());
  assert.equal(client.sockets['/'].io.opts.path, '/elsewhere');
});
