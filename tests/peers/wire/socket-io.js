// What the official suite of Socket.IO v5 asks of a server, behaviour by behaviour.
//
// The names are the official ones; events of the protocol stand for the official server's:
// `welcome` and `authenticated` for the echo of the handshake, `joinRoom` and `ping` for messages.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { tokenFor } from '../../clients/support/tokens.js';
import { transport, UNDER_WAY_MS } from './engine-io.js';
import { Frames } from './socket.js';

const TWO_ATTACHMENTS = '{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}';
/** The transport's own timeout ends a client that is silent altogether. */
const SILENCE_MS = 50_000;

const handshake = JSON.stringify({ token: tokenFor('ada') });

/** The JSON behind a prefix, without the times of the engine's pings. */
async function content(frames, what, prefix) {
  const frame = await frames.next(what, (text) => text !== '2');
  assert.ok(frame.startsWith(prefix), `${what}: ${frame}`);
  return JSON.parse(frame.slice(prefix.length));
}

/** Connects to a namespace and gives what it is told at once. */
async function connect(frames, namespace, auth, events) {
  const prefix = namespace === '/' ? '' : `${namespace},`;
  frames.send(`40${prefix}${auth}`);
  const { sid, ...more } = await content(frames, 'the reply to CONNECT', `40${prefix}`);
  assert.equal(typeof sid, 'string');
  assert.deepEqual(more, {});
  for (const event of events) {
    const [name, payload] = await content(frames, event, `42${prefix}`);
    assert.equal(name, event);
    if (event === 'authenticated') assert.equal(payload.userId, 'ada');
  }
  return sid;
}

async function open(server) {
  const frames = new Frames(server);
  await frames.next('the handshake of Engine.IO');
  return frames;
}

const connecting = (namespace, auth, events) => async (server) => {
  const frames = await open(server);
  await connect(frames, namespace, auth, events);
  frames.discard();
};

async function unknownNamespace(server) {
  const frames = await open(server);
  frames.send('40/random');
  const refusal = await content(frames, 'the refusal', '44/random,');
  assert.deepEqual(refusal, { message: 'Invalid namespace' });
  frames.discard();
}

async function invalidHandshake(server) {
  const frames = await open(server);
  frames.send('4abc');
  await frames.close('the end of the connection');
}

/** As the official client, this one says nothing at all, not even a pong. */
async function noHandshake(server) {
  const frames = new Frames(server);
  await frames.close('the end of the connection', SILENCE_MS);
}

/** The connection stays: the namespace can be connected to anew, and knows nothing of before. */
async function disconnectsFromMain(server) {
  const frames = await open(server);
  await connect(frames, '/', '', ['welcome']);
  frames.send('42["joinRoom","before"]');
  await frames.next('the event', (frame) => frame.startsWith('42["roomJoined"'));
  frames.send('41');
  // Nothing answers it, and socket.io reads a CONNECT that comes with it first.
  await sleep(UNDER_WAY_MS);
  const sid = await connect(frames, '/', '', ['welcome']);
  frames.send('421["getConnectionInfo"]');
  const [info] = await content(frames, 'the callback', '431');
  assert.deepEqual(info.rooms, [sid]);
  frames.discard();
}

async function disconnectsFromCustom(server) {
  const frames = await open(server);
  await connect(frames, '/', '', ['welcome']);
  frames.send('40/media');
  await content(frames, 'the reply to CONNECT', '40/media,');
  await content(frames, 'welcome', '42/media,');
  frames.send('41/media');
  frames.send('42["joinRoom","main"]');
  assert.deepEqual(await content(frames, 'the event', '42'), [
    'roomJoined',
    { room: 'main', success: true },
  ]);
  frames.discard();
}

async function plainText(server) {
  const frames = await Frames.connected(server);
  frames.send('42["joinRoom","wire",{"3":[true]}]');
  const told = await content(frames, 'the event', '42');
  assert.deepEqual(told, ['roomJoined', { room: 'wire', success: true }]);
  frames.discard();
}

async function plainTextWithAck(server) {
  const frames = await Frames.connected(server);
  frames.send('42456["ping",1,"2",{"3":[false]}]');
  const [name] = await content(frames, 'the event', '42');
  assert.equal(name, 'pong');
  const [answer, ...more] = await content(frames, 'the callback', '43456');
  assert.deepEqual(Object.keys(answer), ['timestamp']);
  assert.deepEqual(more, []);
  frames.discard();
}

function sendAttachments(frames, id) {
  frames.send(`452-${id}["joinRoom",${TWO_ATTACHMENTS}]`);
  frames.send(Uint8Array.from([1, 2, 3]));
  frames.send(Uint8Array.from([4, 5, 6]));
}

async function binary(server) {
  const frames = await Frames.connected(server);
  sendAttachments(frames, '');
  const [name, { code, event }] = await content(frames, 'the event', '42');
  assert.deepEqual([name, code, event], ['error', 'INVALID_PAYLOAD', 'joinRoom']);
  frames.discard();
}

async function binaryWithAck(server) {
  const frames = await Frames.connected(server);
  sendAttachments(frames, '789');
  const callback = await frames.next('the callback', (frame) => frame.startsWith('43789['));
  assert.equal(JSON.parse(callback.slice(5))[0].success, false);
  frames.discard();
}

const closedBy = (frame) => async (server) => {
  const frames = await Frames.connected(server);
  frames.send(frame);
  await frames.close('the end of the connection');
};

/** Official names, in the official order. The first sixteen are those of Engine.IO. */
export const SOCKET_IO = {
  'handshake, HTTP long-polling: should successfully open a session': transport.opensByPolling,
  "handshake, HTTP long-polling: should fail with an invalid 'EIO' query parameter":
    transport.refusesEioByPolling,
  "handshake, HTTP long-polling: should fail with an invalid 'transport' query parameter":
    transport.refusesTransportByPolling,
  'handshake, HTTP long-polling: should fail with an invalid request method':
    transport.refusesMethod,
  'handshake, WebSocket: should successfully open a session': transport.opensByWebSocket,
  "handshake, WebSocket: should fail with an invalid 'EIO' query parameter":
    transport.refusesEioByWebSocket,
  "handshake, WebSocket: should fail with an invalid 'transport' query parameter":
    transport.refusesTransportByWebSocket,
  'heartbeat, HTTP long-polling: should send ping/pong packets': transport.pingsByPolling,
  'heartbeat, HTTP long-polling: should close the session upon ping timeout':
    transport.timesOutByPolling,
  'heartbeat, WebSocket: should send ping/pong packets': transport.pingsByWebSocket,
  'heartbeat, WebSocket: should close the session upon ping timeout': transport.timesOutByWebSocket,
  'close, HTTP long-polling: should forcefully close the session': transport.closesByPolling,
  'close, WebSocket: should forcefully close the session': transport.closesByWebSocket,
  'upgrade: should successfully upgrade from HTTP long-polling to WebSocket': transport.upgrades,
  'upgrade: should ignore HTTP requests with same sid after upgrade':
    transport.ignoresHttpAfterUpgrade,
  'upgrade: should ignore WebSocket connection with same sid after upgrade':
    transport.ignoresWebSocketAfterUpgrade,
  'connect: should allow connection to the main namespace': connecting('/', '', ['welcome']),
  'connect: should allow connection to the main namespace with a payload': connecting(
    '/',
    handshake,
    ['welcome', 'authenticated'],
  ),
  'connect: should allow connection to a custom namespace': connecting('/media', '', ['welcome']),
  'connect: should allow connection to a custom namespace with a payload': connecting(
    '/media',
    handshake,
    ['welcome', 'authenticated'],
  ),
  'connect: should disallow connection to an unknown namespace': unknownNamespace,
  'connect: should disallow connection with an invalid handshake': invalidHandshake,
  'connect: should close the connection if no handshake is received': noHandshake,
  'disconnect: should disconnect from the main namespace': disconnectsFromMain,
  'disconnect: should connect then disconnect from a custom namespace': disconnectsFromCustom,
  'message: should send a plain-text packet': plainText,
  'message: should send a packet with binary attachments': binary,
  'message: should send a plain-text packet with an ack': plainTextWithAck,
  'message: should send a packet with binary attachments and an ack': binaryWithAck,
  'message: should close the connection upon invalid format (unknown packet type)':
    closedBy('4abc'),
  'message: should close the connection upon invalid format (invalid payload format)':
    closedBy('42{}'),
  'message: should close the connection upon invalid format (invalid ack id)':
    closedBy('42abc["ping"]'),
};
