// What the official suite of Engine.IO v4 asks of a server, behaviour by behaviour.
//
// The names are the official ones. The official server echoes; ours speaks the protocol, so a packet
// is sent as an event and comes back as its callback. No event of the protocol carries binary data
// to clients: a binary packet is read by the server and its refusal comes back as text.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { within } from '../../clients/support/within.js';
import { address, LongPolling } from './polling.js';
import { Frames } from './socket.js';

/** How late a timer of a loaded machine may be. */
const SLACK_MS = 4000;
/** Time for something that nothing answers to reach the server. */
export const UNDER_WAY_MS = 150;

const FIELDS = ['maxPayload', 'pingInterval', 'pingTimeout', 'sid', 'upgrades'];
const PLACEHOLDER = '{"_placeholder":true,"num":0}';

const ask = (number) => `42${number}["ping"]`;
const isAnswer = (number) => (packet) => packet.startsWith(`43${number}[{"timestamp":`);
const isRefusal = (number) => (packet) => packet.startsWith(`43${number}[{"success":false`);

async function status(server, query, init) {
  return (await within('an answer', fetch(address(server, query), init))).status;
}

function assertHandshake(handshake, upgrades) {
  assert.deepEqual(Object.keys(handshake).sort(), FIELDS);
  assert.equal(typeof handshake.sid, 'string');
  assert.deepEqual(handshake.upgrades, upgrades);
  for (const field of ['maxPayload', 'pingInterval', 'pingTimeout']) {
    assert.ok(handshake[field] > 0, field);
  }
}

/** Behaviours that the suite of Socket.IO repeats. */
export const transport = {
  async opensByPolling(server) {
    const response = await fetch(address(server, { EIO: '4', transport: 'polling' }));
    assert.equal(response.status, 200);
    const packet = await response.text();
    assert.equal(packet[0], '0');
    assertHandshake(JSON.parse(packet.slice(1)), ['websocket']);
  },

  async refusesEioByPolling(server) {
    assert.equal(await status(server, { transport: 'polling' }), 400);
    assert.equal(await status(server, { EIO: 'abc', transport: 'polling' }), 400);
  },

  async refusesTransportByPolling(server) {
    assert.equal(await status(server, { EIO: '4' }), 400);
    assert.equal(await status(server, { EIO: '4', transport: 'abc' }), 400);
  },

  async refusesMethod(server) {
    for (const method of ['POST', 'PUT']) {
      assert.equal(
        await status(server, { EIO: '4', transport: 'polling' }, { method }),
        400,
        method,
      );
    }
  },

  async opensByWebSocket(server) {
    const frames = new Frames(server);
    const packet = await frames.next('the handshake');
    assert.equal(packet[0], '0');
    assertHandshake(JSON.parse(packet.slice(1)), []);
    frames.discard();
  },

  async refusesEioByWebSocket(server) {
    for (const query of [{ transport: 'websocket' }, { EIO: 'abc', transport: 'websocket' }]) {
      await new Frames(server, query).close('the refusal');
    }
  },

  async refusesTransportByWebSocket(server) {
    for (const query of [{ EIO: '4' }, { EIO: '4', transport: 'abc' }]) {
      await new Frames(server, query).close('the refusal');
    }
  },

  /** Twice: the interval is the server's own, and may be long. */
  async pingsByPolling(server) {
    const session = await LongPolling.open(server);
    for (const round of ['first', 'second']) {
      const limitMs = session.handshake.pingInterval + SLACK_MS;
      const response = await within(`the ${round} ping`, session.poll(), { limitMs });
      assert.equal(response.status, 200);
      assert.equal(await response.text(), '2');
      assert.equal((await session.push('3')).status, 200);
    }
  },

  async timesOutByPolling(server) {
    const session = await LongPolling.open(server);
    const { pingInterval, pingTimeout } = session.handshake;
    const limitMs = pingInterval + pingTimeout + SLACK_MS;
    let asked = performance.now();
    const ended = (async () => {
      for (;;) {
        const response = await session.poll();
        if (response.status === 400) return;
        if ((await response.text()) === '2') asked = performance.now();
      }
    })();
    await within('the end of the session', ended, { limitMs });
    assertTimeout(performance.now() - asked, pingTimeout);
    assert.equal((await session.push('3')).status, 400);
  },

  async pingsByWebSocket(server) {
    const frames = new Frames(server);
    await frames.next('the handshake');
    for (const round of ['first', 'second']) {
      assert.equal(await frames.next(`the ${round} ping`), '2');
      frames.send('3');
    }
    frames.discard();
  },

  async timesOutByWebSocket(server) {
    const frames = new Frames(server);
    const { pingTimeout } = JSON.parse((await frames.next('the handshake')).slice(1));
    assert.equal(await frames.next('the ping'), '2');
    const asked = performance.now();
    await frames.close('the end of the session', pingTimeout + SLACK_MS);
    assertTimeout(performance.now() - asked, pingTimeout);
  },

  async closesByPolling(server) {
    const session = await LongPolling.connected(server);
    const poll = session.poll();
    await sleep(UNDER_WAY_MS);
    await session.push('1');
    const response = await within('the end of the poll', poll);
    assert.equal(response.status, 200);
    assert.equal(await response.text(), '6');
    assert.equal((await session.poll()).status, 400);
  },

  async closesByWebSocket(server) {
    const frames = new Frames(server);
    await frames.next('the handshake');
    frames.send('1');
    await frames.close('the end of the session');
  },

  async upgrades(server) {
    const { frames } = await upgraded(server);
    frames.send(ask(1));
    await frames.next('the answer', isAnswer(1));
    frames.discard();
  },

  async ignoresHttpAfterUpgrade(server) {
    const { session, frames } = await upgraded(server);
    assert.equal((await session.poll()).status, 400);
    frames.send(ask(1));
    await frames.next('the answer', isAnswer(1));
    frames.discard();
  },

  async ignoresWebSocketAfterUpgrade(server) {
    const { session, frames } = await upgraded(server);
    const second = new Frames(server, { EIO: '4', transport: 'websocket', sid: session.sid });
    await second.close('the refusal');
    frames.send(ask(1));
    await frames.next('the answer', isAnswer(1));
    frames.discard();
  },
};

function assertTimeout(took, pingTimeout) {
  const isRight = took > pingTimeout * 0.9 && took < pingTimeout + SLACK_MS;
  assert.ok(isRight, `ended ${took} ms after the ping, not ${pingTimeout} ms`);
}

/** A session that has become a WebSocket: probe, end of the poll, upgrade. */
async function upgraded(server) {
  const session = await LongPolling.connected(server);
  const frames = new Frames(server, { EIO: '4', transport: 'websocket', sid: session.sid });
  await within('the WebSocket to open', frames.opened);
  const poll = session.poll();
  await sleep(UNDER_WAY_MS);
  frames.send('2probe');
  assert.equal(await frames.next('the answer to the probe'), '3probe');
  const response = await within('the end of the poll', poll);
  assert.equal(response.status, 200);
  assert.equal(await response.text(), '6');
  frames.send('5');
  // Once this is answered, the upgrade is done.
  frames.send(ask(0));
  await frames.next('the answer', isAnswer(0));
  return { session, frames };
}

const message = {
  async onePacket(server) {
    const session = await LongPolling.connected(server);
    const response = await session.push(ask(1));
    assert.equal(response.status, 200);
    assert.equal(await response.text(), 'ok');
    await session.packet('the answer', isAnswer(1));
  },

  async severalPackets(server) {
    const session = await LongPolling.connected(server);
    const response = await session.push(ask(1), ask(2), ask(3));
    assert.equal(await response.text(), 'ok');
    for (const number of [1, 2, 3]) {
      const packet = await session.packet('the next answer', (text) => text.startsWith('43'));
      assert.ok(isAnswer(number)(packet), packet);
    }
  },

  async textAndBinaryPackets(server) {
    const session = await LongPolling.connected(server);
    const binary = `451-2["joinRoom",${PLACEHOLDER}]`;
    const response = await session.push(ask(1), binary, 'bAQIDBA==');
    assert.equal(await response.text(), 'ok');
    await session.packet('the answer', isAnswer(1));
    await session.packet('the refusal of the binary room', isRefusal(2));
  },

  async invalidPacketByPolling(server) {
    const session = await LongPolling.connected(server);
    // The answer to the push is left open: servers say 400, say 200, or break it off.
    await session.push('abc').catch(() => {});
    assert.equal((await session.poll()).status, 400);
  },

  async duplicatePoll(server) {
    const session = await LongPolling.connected(server);
    const first = session.poll();
    await sleep(UNDER_WAY_MS);
    const second = await within('the answer to the second poll', session.poll());
    assert.ok([400, 500].includes(second.status), `${second.status}`);
    const ended = await within('the end of the first poll', first);
    assert.equal(ended.status, 200);
    assert.equal(await ended.text(), '1');
    assert.equal((await session.poll()).status, 400);
  },

  async cancelledPoll(server) {
    const session = await LongPolling.connected(server);
    const aborter = new AbortController();
    const poll = session.poll({ signal: aborter.signal }).catch(() => 'cancelled');
    await sleep(UNDER_WAY_MS);
    aborter.abort();
    assert.equal(await poll, 'cancelled');
    await sleep(UNDER_WAY_MS);
    const next = await within('the answer to the next poll', session.poll(), { limitMs: 3000 });
    assert.equal(next.status, 400);
  },

  async text(server) {
    const frames = await Frames.connected(server);
    frames.send(ask(1));
    await frames.next('the answer', isAnswer(1));
    frames.discard();
  },

  async binary(server) {
    const frames = await Frames.connected(server);
    frames.send(`451-1["joinRoom",${PLACEHOLDER}]`);
    frames.send(Uint8Array.from([1, 2, 3, 4]));
    await frames.next('the refusal of the binary room', isRefusal(1));
    frames.discard();
  },

  async invalidPacketByWebSocket(server) {
    const frames = await Frames.connected(server);
    frames.send('abc');
    await frames.close('the end of the session');
  },
};

/** Official names, in the official order. */
export const ENGINE_IO = {
  'handshake, HTTP long-polling: successfully opens a session': transport.opensByPolling,
  "handshake, HTTP long-polling: fails with an invalid 'EIO' query parameter":
    transport.refusesEioByPolling,
  "handshake, HTTP long-polling: fails with an invalid 'transport' query parameter":
    transport.refusesTransportByPolling,
  'handshake, HTTP long-polling: fails with an invalid request method': transport.refusesMethod,
  'handshake, WebSocket: successfully opens a session': transport.opensByWebSocket,
  "handshake, WebSocket: fails with an invalid 'EIO' query parameter":
    transport.refusesEioByWebSocket,
  "handshake, WebSocket: fails with an invalid 'transport' query parameter":
    transport.refusesTransportByWebSocket,
  'message, HTTP long-polling: sends and receives a payload containing one plain text packet':
    message.onePacket,
  'message, HTTP long-polling: sends and receives a payload containing several plain text packets':
    message.severalPackets,
  'message, HTTP long-polling: sends and receives a payload containing plain text and binary packets':
    message.textAndBinaryPackets,
  'message, HTTP long-polling: closes the session upon invalid packet format':
    message.invalidPacketByPolling,
  'message, HTTP long-polling: closes the session upon duplicate poll requests':
    message.duplicatePoll,
  'message, HTTP long-polling: closes the session upon cancelled polling request':
    message.cancelledPoll,
  'message, WebSocket: sends and receives a plain text packet': message.text,
  'message, WebSocket: sends and receives a binary packet': message.binary,
  'message, WebSocket: closes the session upon invalid packet format':
    message.invalidPacketByWebSocket,
  'heartbeat, HTTP long-polling: sends ping/pong packets': transport.pingsByPolling,
  'heartbeat, HTTP long-polling: closes the session upon ping timeout': transport.timesOutByPolling,
  'heartbeat, WebSocket: sends ping/pong packets': transport.pingsByWebSocket,
  'heartbeat, WebSocket: closes the session upon ping timeout': transport.timesOutByWebSocket,
  'close, HTTP long-polling: forcefully closes the session': transport.closesByPolling,
  'close, WebSocket: forcefully closes the session': transport.closesByWebSocket,
  'upgrade: successfully upgrades from HTTP long-polling to WebSocket': transport.upgrades,
  'upgrade: ignores HTTP requests with same sid after upgrade': transport.ignoresHttpAfterUpgrade,
  'upgrade: ignores WebSocket connection with same sid after upgrade':
    transport.ignoresWebSocketAfterUpgrade,
};
