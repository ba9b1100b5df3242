// Transports: WebSocket, polling, and polling that becomes a WebSocket, all with the same result.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { connect, open } from './support/client.js';
import { complete, signedIn } from './support/executions.js';
import { startServer } from './support/server.js';
import { within } from './support/within.js';

const server = await startServer();
after(() => server.stop());

const TRANSPORTS = {
  websocket: { transports: ['websocket'] },
  polling: { transports: ['polling'] },
  'polling, then upgrade': { transports: ['polling', 'websocket'] },
};

async function upgraded(client) {
  const { engine } = client.socket.io;
  if (engine.transport.name === 'websocket') return;
  await within('the upgrade', new Promise((resolve) => engine.once('upgrade', resolve)));
}

for (const [name, options] of Object.entries(TRANSPORTS)) {
  test(`an answer streams over ${name}`, async (t) => {
    const client = await signedIn(t, server, options);
    if (options.transports.length > 1) await upgraded(client);
    assert.equal(
      (await complete(client, { prompt: 'hello slowly' })).stdout,
      'Hello from the mock API.',
    );
    const last = options.transports.at(-1);
    assert.equal(client.socket.io.engine.transport.name, last);
  });

  test(`a stream of 2000 chunks is complete over ${name}`, async (t) => {
    const client = await signedIn(t, server, options);
    const { stdout } = await complete(client, { prompt: 'many chunks' });
    assert.equal(stdout.split(',').length, 2001);
  });

  test(`rooms, namespaces and publications work over ${name}`, async (t) => {
    const root = await connect(t, server, options);
    const media = await root.also(t, '/media');
    await root.call('joinRoom', 'project-1');
    await media.call('subscribeMedia', 'm1');
    const payload = { mediaId: 'm1', progress: 5, stage: 'é🦀' };
    await server.publish({ namespace: '/media', mediaId: 'm1', event: 'mediaProgress', payload });
    assert.deepEqual(await media.waitFor('mediaProgress'), payload);
  });

  test(`events of one socket keep their order over ${name}`, async (t) => {
    const client = await connect(t, server, options);
    const count = 1000;
    const answers = [];
    for (let index = 0; index < count; index += 1) {
      answers.push(
        client.call('joinRoom', `room-${index}`),
        client.call('leaveRoom', `room-${index}`),
      );
    }
    await Promise.all(answers);
    const expected = Array.from({ length: count }, (_, index) => [
      `roomJoined room-${index}`,
      `joinRoom room-${index}`,
      `roomLeft room-${index}`,
      `leaveRoom room-${index}`,
    ]);
    const told = client.record
      .slice(1)
      .map(({ event, callback, payload }) => `${event ?? callback} ${payload.room}`);
    const events = (list) => list.filter((line) => line.startsWith('room'));
    const callbacks = (list) => list.filter((line) => !line.startsWith('room'));
    assert.deepEqual(events(told), events(expected.flat()));
    assert.deepEqual(callbacks(told), callbacks(expected.flat()));
  });

  test(`what is sent at once on connecting is not lost over ${name}`, async (t) => {
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(Array.from({ length: 10 }, () => connectAndAsk(t, options)));
    }
  });
}

/** As every front end does it: `on('connect', () => emit(…))`. */
async function connectAndAsk(t, options) {
  const client = open(t, server, options);
  const answered = new Promise((resolve, reject) => {
    client.socket.once('connect', () => {
      Promise.all([client.call('joinRoom', 'project-1'), client.call('ping')]).then(
        resolve,
        reject,
      );
    });
  });
  const [answer] = await within('the answers to what was sent on connecting', answered);
  assert.equal(answer.success, true);
  assert.equal(client.order()[0], 'welcome');
  client.socket.disconnect();
}

test('a client that reconnects signs in with its handshake again', async (t) => {
  const client = await signedIn(t, server, { reconnection: true, reconnectionDelay: 10 });
  const former = client.socket.id;
  const again = new Promise((resolve) => client.socket.once('connect', resolve));
  client.socket.io.engine.close();
  await within('the reconnection', again);
  await client.waitFor('authenticated');
  assert.notEqual(client.socket.id, former);
  const order = client.order();
  assert.deepEqual(order, ['welcome', 'authenticated', 'welcome', 'authenticated']);
});
