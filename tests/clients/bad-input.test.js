// Bad input: whatever a client sends, it gets one clear answer, and nobody is harmed.
// The table of events is the protocol's own, so that no event can be forgotten here.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { badValues, goodValue, MARKER } from './support/bad-values.js';
import { connect } from './support/client.js';
import { clientEvents, protocol, resolve } from './support/protocol.js';
import { newUser } from './support/executions.js';
import { startServer } from './support/server.js';
import { tokenFor } from './support/tokens.js';

const server = await startServer();
after(() => server.stop());

/** The refusal of `claude:*` is told by `claude:error`, of all others by `error`. */
const refusalEvent = (name) => (name.startsWith('claude:') ? 'claude:error' : 'error');

/** Whether a callback of this type can say no. */
const canRefuse = (event) => 'error' in resolve(event.callback.schema).properties;

async function connectFor(t, event) {
  const token = event.name === 'authenticate' ? undefined : tokenFor(newUser());
  const client = await connect(t, server, { namespace: event.namespace, token });
  await client.waitFor(token ? 'authenticated' : 'welcome');
  return client;
}

async function assertRefused(client, event, what, args) {
  const before = client.record.length;
  const answer = await client.call(event.name, ...args);
  const error = await client.waitFor(refusalEvent(event.name));
  assert.equal(error.code, 'INVALID_PAYLOAD', what);
  assert.notEqual(error.message, '', what);
  if (error.event !== undefined) assert.equal(error.event, event.name, what);
  if (canRefuse(event)) {
    assert.equal(answer.success, false, what);
    assert.notEqual(answer.error, '', what);
  }
  const told = client.record.slice(before);
  assert.equal(
    told.filter((entry) => entry.callback).length,
    1,
    `${what}: ${JSON.stringify(told)}`,
  );
  assert.equal(
    JSON.stringify(told).includes(MARKER),
    false,
    `${what} comes back: ${JSON.stringify(told)}`,
  );
  assert.ok(JSON.stringify(told).length < 4000, `${what}: the answer is short`);
}

/** An unknown event is answered on every namespace: the socket lives. */
async function assertAlive(client) {
  assert.equal(client.socket.connected, true);
  const answer = await client.call('no such event');
  assert.equal(answer.success, false);
}

assert.ok(clientEvents().length >= 14, 'the protocol has its events');

for (const event of clientEvents()) {
  const [argument] = event.arguments;
  const title = `${event.name} on ${event.namespace}`;

  if (argument) {
    test(`${title}: wrong values are refused`, async (t) => {
      const bystander = await connect(t, server);
      // `null` stands for an argument that may be left out: clients without `undefined` send it.
      const isAbsent = (value) => value === null && !argument.required;
      const bad = badValues(argument.schema).filter(([, value]) => !isAbsent(value));
      const cases = bad.map(([what, value]) => [what, [value]]);
      if (argument.required) cases.push(['no argument', []]);
      assert.ok(cases.length > 8);
      for (const [what, args] of cases) {
        const client = await connectFor(t, event);
        await assertRefused(client, event, what, args);
        await assertAlive(client);
        client.socket.disconnect();
      }
      await bystander.call('ping');
    });

    test(`${title}: a wrong value without a callback is told by the event`, async (t) => {
      const client = await connectFor(t, event);
      client.send(event.name, 42);
      assert.equal((await client.waitFor(refusalEvent(event.name))).code, 'INVALID_PAYLOAD');
      await assertAlive(client);
    });
  }

  test(`${title}: surplus arguments and unknown fields are ignored`, async (t) => {
    const good = argument ? [goodValue(argument.schema)] : [];
    const surplus = [[MARKER], [{ [MARKER]: 1 }, null, 3], [Buffer.from(MARKER)]];
    const cases = surplus.map((more) => [...good, ...more]);
    if (argument && typeof good[0] === 'object')
      cases.push([{ ...good[0], aFieldOfTomorrow: MARKER }]);
    for (const args of cases) {
      const client = await connectFor(t, event);
      await client.call(event.name, ...args);
      await assertAlive(client);
      const told = [...client.received('error'), ...client.received('claude:error')];
      assert.deepEqual(
        told.filter(({ code }) => code === 'INVALID_PAYLOAD'),
        [],
      );
      client.socket.disconnect();
    }
  });
}

for (const { path: namespace } of protocol.namespaces) {
  test(`an unknown event on ${namespace} is told, and called back`, async (t) => {
    const client = await connect(t, server, { namespace });
    const names = [
      'noSuchEvent',
      '',
      'JoinRoom',
      'joinRoom ',
      'welcome',
      '__proto__',
      'x'.repeat(10_000),
    ];
    for (const name of names) {
      const answer = await client.call(name, MARKER, Buffer.from(MARKER));
      assert.equal(answer.success, false);
      assert.equal(typeof answer.error, 'string');
      const error = await client.waitFor('error');
      assert.equal(error.code, 'UNKNOWN_EVENT');
      client.send(name, { [MARKER]: MARKER });
      assert.equal((await client.waitFor('error')).code, 'UNKNOWN_EVENT');
    }
    assert.equal(JSON.stringify(client.record).includes(MARKER), false);
    assert.equal(client.socket.connected, true);
  });
}

test('an event of one namespace is unknown on another', async (t) => {
  const client = await connect(t, server, { namespace: '/media', token: tokenFor('ada') });
  const answer = await client.call('claude:execute', { prompt: 'hello' });
  assert.equal(answer.success, false);
  assert.equal((await client.waitFor('error')).code, 'UNKNOWN_EVENT');
});

test('a text cut in the middle of an emoji is answered', async (t) => {
  const client = await connect(t, server);
  const answer = await client.call('joinRoom', '🦀'.slice(0, 1));
  assert.equal(typeof answer.success, 'boolean');
  await client.call('ping');
});

test('an unknown namespace is refused, the connection goes on', async (t) => {
  const root = await connect(t, server);
  const nowhere = root.socket.io.socket('/nowhere');
  const refused = new Promise((resolve) => nowhere.once('connect_error', resolve));
  nowhere.connect();
  assert.notEqual((await refused).message, '');
  await root.call('ping');
});

test('a message beyond the limit of 2 MiB harms its own connection at most', async (t) => {
  const bystander = await connect(t, server);
  for (const transports of [['websocket'], ['polling']]) {
    const client = await connect(t, server, { transports });
    client.send('joinRoom', 'x'.repeat(4 * 1024 * 1024));
    await client.disconnected;
    await bystander.call('ping');
  }
});
