// Sessions: how a socket becomes someone, stays someone and stops being someone.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { connect, open } from './support/client.js';
import { startServer } from './support/server.js';
import { hmac, now, tokenFor } from './support/tokens.js';
import { within } from './support/within.js';

const server = await startServer();
after(() => server.stop());

const NAMESPACES = ['/', '/media', '/notifications'];

for (const namespace of NAMESPACES) {
  test(`a socket without a token is welcome on ${namespace} and can sign in`, async (t) => {
    const client = await connect(t, server, { namespace });
    const welcome = await client.waitFor('welcome');
    assert.equal(welcome.socketId, client.socket.id);
    assert.notEqual(welcome.message, '');
    assert.ok(Math.abs(Date.parse(welcome.serverTime) - Date.now()) < 5000);

    const answer = await client.call('authenticate', { token: tokenFor('ada') });
    assert.deepEqual(answer, { success: true, userId: 'ada' });
    const authenticated = await client.waitFor('authenticated');
    assert.equal(authenticated.userId, 'ada');
    assert.ok(Math.abs(Date.parse(authenticated.authenticatedAt) - Date.now()) < 5000);
    assert.deepEqual(client.received('authError'), []);
  });

  test(`the handshake's token signs in on ${namespace}, after the welcome`, async (t) => {
    const token = tokenFor('ada', { email: 'ada@example.org' });
    const client = await connect(t, server, { namespace, token });
    const authenticated = await client.waitFor('authenticated');
    assert.deepEqual(client.order(), ['welcome', 'authenticated']);
    assert.equal(authenticated.userId, 'ada');
    assert.equal(authenticated.email, 'ada@example.org');
  });

  test(`a bad handshake token on ${namespace} is told after the welcome, and forgiven`, async (t) => {
    const client = await connect(t, server, { namespace, token: 'not a token' });
    assert.deepEqual(await client.waitFor('authError'), { message: 'Invalid token' });
    assert.deepEqual(client.order(), ['welcome', 'authError']);
    const answer = await client.call('authenticate', { token: tokenFor('ada') });
    assert.deepEqual(answer, { success: true, userId: 'ada' });
  });

  test(`logging out on ${namespace} is confirmed, also when nobody was signed in`, async (t) => {
    const client = await connect(t, server, { namespace, token: tokenFor('ada') });
    await client.waitFor('authenticated');
    for (const _ of ['signed in', 'signed out']) {
      assert.deepEqual(await client.call('logout'), { success: true });
      assert.notEqual((await client.waitFor('loggedOut')).message, '');
    }
  });
}

test('the token may come in an Authorization header', async (t) => {
  for (const transport of ['websocket', 'polling']) {
    const client = await connect(t, server, {
      transports: [transport],
      extraHeaders: { Authorization: `Bearer ${tokenFor('ada')}` },
    });
    assert.equal((await client.waitFor('authenticated')).userId, 'ada');
    assert.deepEqual(client.order().slice(0, 2), ['welcome', 'authenticated']);
  }
});

test('namespaces of one connection sign in one by one', async (t) => {
  const root = await connect(t, server, { token: tokenFor('ada') });
  await root.waitFor('authenticated');
  const media = await root.also(t, '/media');
  await media.waitFor('welcome');
  await media.call('subscribeMedia', 'a barrier');
  assert.deepEqual(media.received('authenticated'), []);
  const notifications = await root.also(t, '/notifications', { token: tokenFor('grace') });
  assert.equal((await notifications.waitFor('authenticated')).userId, 'grace');
  assert.equal((await root.call('getConnectionInfo')).authenticated, true);
});

test('the user is the claim userId, else id, else sub', async (t) => {
  const client = await connect(t, server);
  const exp = now() + 60;
  const cases = [
    [{ userId: 'from userId', id: 'from id', sub: 'from sub', exp }, 'from userId'],
    [{ id: 'from id', sub: 'from sub', exp }, 'from id'],
    [{ sub: 'from sub', exp }, 'from sub'],
  ];
  for (const [claims, userId] of cases) {
    const answer = await client.call('authenticate', { token: hmac(claims) });
    assert.deepEqual(answer, { success: true, userId });
  }
});

test('HS256, HS384 and HS512 are accepted', async (t) => {
  const client = await connect(t, server);
  for (const bits of [256, 384, 512]) {
    const token = hmac({ userId: `by ${bits}`, exp: now() + 60 }, { bits });
    const answer = await client.call('authenticate', { token });
    assert.deepEqual(answer, { success: true, userId: `by ${bits}` });
  }
});

test('clocks may differ by less than 30 seconds', async (t) => {
  const client = await connect(t, server);
  const early = tokenFor('early', { nbf: now() + 20 });
  assert.equal((await client.call('authenticate', { token: early })).success, true);
  const late = tokenFor('late', { exp: now() - 10 });
  assert.equal((await client.call('authenticate', { token: late })).success, true);
});

test('a failed authenticate leaves the session as it was', async (t) => {
  const client = await connect(t, server, { token: tokenFor('ada') });
  await client.waitFor('authenticated');
  const answer = await client.call('authenticate', { token: 'not a token' });
  assert.deepEqual(answer, { success: false, error: 'Invalid token' });
  assert.deepEqual(await client.waitFor('authError'), { message: 'Invalid token' });
  const info = await client.call('getConnectionInfo');
  assert.equal(info.authenticated, true);
  assert.ok(info.rooms.includes('user:ada'));
});

test('authenticating as another user leaves the room of the former', async (t) => {
  const client = await connect(t, server, { token: tokenFor('ada') });
  await client.waitFor('authenticated');
  await client.call('authenticate', { token: tokenFor('grace') });
  const { rooms } = await client.call('getConnectionInfo');
  assert.deepEqual(rooms, [client.socket.id, 'user:grace']);
});

test('logging out leaves the room of the user', async (t) => {
  const client = await connect(t, server, { token: tokenFor('ada') });
  await client.waitFor('authenticated');
  await client.call('joinRoom', 'project-1');
  await client.call('logout');
  const info = await client.call('getConnectionInfo');
  assert.equal(info.authenticated, false);
  assert.deepEqual(info.rooms, [client.socket.id, 'project-1']);
});

test('a live token that expires signs the socket out', async (t) => {
  // The leeway of 30 seconds is nearly used up, so that the wait is short.
  const client = await connect(t, server, { token: tokenFor('ada', { exp: now() - 25 }) });
  await client.waitFor('authenticated');
  assert.deepEqual(await client.waitFor('authError'), { message: 'Token has expired' });
  const info = await client.call('getConnectionInfo');
  assert.equal(info.authenticated, false);
  assert.deepEqual(info.rooms, [client.socket.id]);
  assert.equal(client.socket.connected, true);
});

test('a renewed token outlives the first one', async (t) => {
  const client = await connect(t, server, { token: tokenFor('ada', { exp: now() - 25 }) });
  await client.waitFor('authenticated');
  await client.call('authenticate', { token: tokenFor('ada') });
  const witness = await connect(t, server, { token: tokenFor('eve', { exp: now() - 25 }) });
  await witness.waitFor('authError');
  assert.equal((await client.call('getConnectionInfo')).authenticated, true);
  assert.deepEqual(client.received('authError'), []);
});

test('five failures in a row disconnect, each of them answered', async (t) => {
  const client = await connect(t, server);
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const answer = await client.call('authenticate', { token: 'not a token' });
    assert.deepEqual(answer, { success: false, error: 'Invalid token' });
  }
  const reason = await within('the disconnect after five failures', client.disconnected);
  assert.equal(reason, 'io server disconnect');
  assert.equal(client.received('authError').length, 5);
});

test('a success between them starts the count of failures anew', async (t) => {
  const client = await connect(t, server);
  for (const token of [...Array(4).fill('bad'), tokenFor('ada'), ...Array(4).fill('bad')]) {
    await client.call('authenticate', { token });
  }
  assert.equal((await client.call('getConnectionInfo')).authenticated, true);
});

test('strange handshakes harm nobody and sign nobody in', async (t) => {
  const handshakes = [{ token: 5 }, { token: {} }, { token: [] }, { token: null }, { other: 1 }];
  for (const auth of handshakes) {
    const client = await connect(t, server, { auth });
    await client.waitFor('welcome');
    assert.equal((await client.call('getConnectionInfo')).authenticated, false);
    assert.deepEqual(client.received('authenticated'), []);
  }
});

for (const namespace of NAMESPACES) {
  test(`a client of another major version is refused on ${namespace}`, async (t) => {
    for (const protocolVersion of ['2.0.0', '0.1.0', 'latest', 1, true, {}]) {
      const client = open(t, server, { namespace, auth: { protocolVersion } });
      await assert.rejects(client.connected(), {
        message: 'Unsupported protocol version: this server speaks 1.0.0',
      });
    }
  });

  test(`clients of this major version, and those that name none, are welcome on ${namespace}`, async (t) => {
    for (const protocolVersion of ['1.0.0', '1.7.3', null, undefined]) {
      const client = await connect(t, server, { namespace, auth: { protocolVersion } });
      await client.waitFor('welcome');
    }
  });
}
