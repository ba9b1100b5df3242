// Rooms: `joinRoom`, `leaveRoom`, `roomJoined`, `roomLeft`, `getConnectionInfo`.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { connect } from './support/client.js';
import { startServer } from './support/server.js';
import { tokenFor } from './support/tokens.js';

const server = await startServer();
after(() => server.stop());

test('joining and leaving are called back and told', async (t) => {
  const client = await connect(t, server);
  const room = 'project-123';
  assert.deepEqual(await client.call('joinRoom', room), { success: true, room });
  assert.deepEqual(await client.waitFor('roomJoined'), { room, success: true });
  assert.deepEqual((await client.call('getConnectionInfo')).rooms, [client.socket.id, room]);
  assert.deepEqual(await client.call('leaveRoom', room), { success: true, room });
  assert.deepEqual(await client.waitFor('roomLeft'), { room, success: true });
  assert.deepEqual((await client.call('getConnectionInfo')).rooms, [client.socket.id]);
});

test('joining works without a callback, as the document writes it', async (t) => {
  const client = await connect(t, server);
  client.send('joinRoom', 'project-123');
  assert.deepEqual(await client.waitFor('roomJoined'), { room: 'project-123', success: true });
  client.send('leaveRoom', 'project-123');
  assert.deepEqual(await client.waitFor('roomLeft'), { room: 'project-123', success: true });
});

test('joining twice and leaving a room one is not in succeed', async (t) => {
  const client = await connect(t, server);
  const done = { success: true, room: 'project-1' };
  assert.deepEqual(await client.call('leaveRoom', 'project-1'), done);
  assert.deepEqual(await client.call('joinRoom', 'project-1'), done);
  assert.deepEqual(await client.call('joinRoom', 'project-1'), done);
  assert.deepEqual((await client.call('getConnectionInfo')).rooms, [client.socket.id, 'project-1']);
});

test('getConnectionInfo lists the own id, the user, then the joined rooms sorted', async (t) => {
  const client = await connect(t, server);
  const { serverTime } = await client.waitFor('welcome');
  for (const room of ['zebra', 'Alpha', 'a-1', '10', '9']) await client.call('joinRoom', room);
  await client.call('authenticate', { token: tokenFor('ada') });
  const first = await client.call('getConnectionInfo');
  assert.deepEqual(first, {
    socketId: client.socket.id,
    connected: true,
    rooms: [client.socket.id, 'user:ada', '10', '9', 'Alpha', 'a-1', 'zebra'],
    authenticated: true,
    connectedAt: first.connectedAt,
  });
  assert.ok(Date.parse(first.connectedAt) <= Date.parse(serverTime));
  assert.ok(Date.parse(serverTime) - Date.parse(first.connectedAt) < 1000);
  const second = await client.call('getConnectionInfo');
  assert.equal(second.connectedAt, first.connectedAt);
});

test("rooms of the server cannot be joined or left, not even one's own", async (t) => {
  const client = await connect(t, server, { token: tokenFor('ada') });
  await client.waitFor('authenticated');
  const other = await connect(t, server);
  const reserved = ['user:ada', 'user:grace', 'user:', 'claude:x', 'media:m1'];
  for (const room of [...reserved, client.socket.id, other.socket.id]) {
    for (const event of ['joinRoom', 'leaveRoom']) {
      const answer = await client.call(event, room);
      assert.deepEqual(answer, { success: false, error: 'Room is reserved' }, `${event} ${room}`);
    }
  }
  const { rooms } = await client.call('getConnectionInfo');
  assert.deepEqual(rooms, [client.socket.id, 'user:ada']);
  assert.deepEqual(client.received('roomJoined'), []);
  assert.deepEqual(client.received('roomLeft'), []);
});

test('names that only look reserved are free', async (t) => {
  const client = await connect(t, server);
  for (const room of ['user', 'users:1', 'claude', 'mediathek', ' user:ada', '/', 'user：ada']) {
    assert.deepEqual(await client.call('joinRoom', room), { success: true, room });
  }
});

test('a room name has 1 to 128 characters, counted as code points', async (t) => {
  const client = await connect(t, server);
  for (const room of ['r', 'r'.repeat(128), '🦀'.repeat(128), 'e\u0301 \u0000 "quotes" \\']) {
    assert.deepEqual(await client.call('joinRoom', room), { success: true, room });
  }
  for (const room of ['', 'r'.repeat(129), '🦀'.repeat(129)]) {
    const answer = await client.call('joinRoom', room);
    assert.equal(answer.success, false);
    assert.notEqual(answer.error, '');
    const error = await client.waitFor('error');
    assert.equal(error.code, 'INVALID_PAYLOAD');
    assert.equal(error.event, 'joinRoom');
  }
});

test('a socket is in at most 100 rooms', async (t) => {
  const client = await connect(t, server, { token: tokenFor('ada') });
  await client.waitFor('authenticated');
  const rooms = Array.from({ length: 100 }, (_, index) => `room-${index}`);
  for (const room of rooms) {
    assert.deepEqual(await client.call('joinRoom', room), { success: true, room });
  }
  const refused = await client.call('joinRoom', 'one too many');
  assert.equal(refused.success, false);
  assert.notEqual(refused.error, '');
  assert.equal((await client.call('joinRoom', 'room-7')).success, true);
  await client.call('leaveRoom', 'room-7');
  assert.equal((await client.call('joinRoom', 'one too many')).success, true);
  assert.equal((await client.call('getConnectionInfo')).rooms.length, 102);
});

test('rooms of one socket are not those of another', async (t) => {
  const joined = await connect(t, server);
  const other = await connect(t, server);
  await joined.call('joinRoom', 'project-1');
  assert.deepEqual((await other.call('getConnectionInfo')).rooms, [other.socket.id]);
});
