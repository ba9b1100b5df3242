// Media and notifications: who receives what is published.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { connect } from './support/client.js';
import { startServer } from './support/server.js';
import { tokenFor } from './support/tokens.js';

const server = await startServer();
after(() => server.stop());

const progress = (mediaId, percent) => ({
  namespace: '/media',
  mediaId,
  event: 'mediaProgress',
  payload: { mediaId, progress: percent, stage: 'rendering', message: 'half way' },
});

const notice = (userId, id = 'n1') => ({
  namespace: '/notifications',
  userId,
  event: 'notification',
  payload: {
    id,
    type: 'success',
    title: 'Done',
    message: 'Your picture is ready.',
    timestamp: '2026-01-31T12:00:00.000Z',
    data: { url: 'https://example.org/1.png', nested: { list: [1, 'two', null] } },
  },
});

async function delivered(body) {
  const answer = await server.publish(body);
  assert.equal(answer.status, 202, answer.text);
  return answer.body.delivered;
}

test('subscribers of a media item receive its events, others do not', async (t) => {
  const subscriber = await connect(t, server, { namespace: '/media' });
  const other = await connect(t, server, { namespace: '/media' });
  const root = await subscriber.also(t, '/');
  assert.equal(await delivered(progress('m1', 1)), 0);
  const answer = await subscriber.call('subscribeMedia', 'm1');
  assert.deepEqual(answer, { success: true, mediaId: 'm1' });
  await other.call('subscribeMedia', 'm2');

  const payloads = {
    mediaProgress: progress('m1', 50).payload,
    mediaComplete: {
      mediaId: 'm1',
      url: 'https://example.org/1.png',
      thumbnailUrl: 'https://example.org/1-small.png',
      metadata: { width: 1024, tags: ['a', 'b'] },
    },
    mediaError: { mediaId: 'm1', error: 'out of paint', code: 'NO_PAINT' },
  };
  for (const [event, payload] of Object.entries(payloads)) {
    assert.equal(await delivered({ namespace: '/media', mediaId: 'm1', event, payload }), 1);
    assert.deepEqual(await subscriber.waitFor(event), payload);
  }
  assert.equal(await delivered(progress('m2', 2)), 1);
  await other.waitFor('mediaProgress', ({ mediaId }) => mediaId === 'm2');
  assert.deepEqual(other.order(), ['welcome', 'callback of subscribeMedia', 'mediaProgress']);
  await root.settled();
  assert.deepEqual(root.received('mediaProgress'), []);
});

test('unsubscribing ends it; subscribing twice delivers once', async (t) => {
  const client = await connect(t, server, { namespace: '/media' });
  const done = { success: true, mediaId: 'm3' };
  assert.deepEqual(await client.call('unsubscribeMedia', 'm3'), done);
  assert.deepEqual(await client.call('subscribeMedia', 'm3'), done);
  assert.deepEqual(await client.call('subscribeMedia', 'm3'), done);
  assert.equal(await delivered(progress('m3', 10)), 1);
  assert.deepEqual(await client.call('unsubscribeMedia', 'm3'), done);
  assert.equal(await delivered(progress('m3', 20)), 0);
  assert.equal(client.received('mediaProgress').length, 1);
});

test('a media id has 1 to 128 characters, counted as code points', async (t) => {
  const client = await connect(t, server, { namespace: '/media' });
  for (const mediaId of ['m', '🎨'.repeat(128)]) {
    assert.deepEqual(await client.call('subscribeMedia', mediaId), { success: true, mediaId });
  }
  for (const mediaId of ['', 'm'.repeat(129)]) {
    for (const event of ['subscribeMedia', 'unsubscribeMedia']) {
      assert.equal((await client.call(event, mediaId)).success, false);
      assert.equal((await client.waitFor('error')).code, 'INVALID_PAYLOAD');
    }
  }
});

test('every subscriber is counted and served', async (t) => {
  const clients = [];
  for (let index = 0; index < 5; index += 1) {
    const client = await connect(t, server, { namespace: '/media' });
    await client.call('subscribeMedia', 'm5');
    clients.push(client);
  }
  assert.equal(await delivered(progress('m5', 99.5)), 5);
  for (const client of clients) {
    assert.equal((await client.waitFor('mediaProgress')).progress, 99.5);
  }
});

test('a notification reaches all sockets of its user and nobody else', async (t) => {
  const options = { namespace: '/notifications' };
  const phone = await connect(t, server, { ...options, token: tokenFor('ada') });
  const laptop = await connect(t, server, options);
  const grace = await connect(t, server, { ...options, token: tokenFor('grace') });
  const nobody = await connect(t, server, options);
  await phone.waitFor('authenticated');
  await grace.waitFor('authenticated');
  assert.equal(await delivered(notice('ada')), 1);
  await laptop.call('authenticate', { token: tokenFor('ada') });
  assert.equal(await delivered(notice('ada', 'n2')), 2);
  for (const client of [phone, laptop]) {
    const payload = await client.waitFor('notification', ({ id }) => id === 'n2');
    assert.deepEqual(payload, notice('ada', 'n2').payload);
  }
  assert.equal(await delivered(notice('grace', 'n3')), 1);
  await grace.waitFor('notification');
  assert.equal(grace.received('notification').length, 1);
  await nobody.call('logout');
  assert.deepEqual(nobody.received('notification'), []);
});

test('who logged out or became another user is notified no more', async (t) => {
  const options = { namespace: '/notifications', token: tokenFor('joan') };
  const client = await connect(t, server, options);
  await client.waitFor('authenticated');
  await client.call('authenticate', { token: tokenFor('karen') });
  assert.equal(await delivered(notice('joan')), 0);
  assert.equal(await delivered(notice('karen')), 1);
  await client.call('logout');
  assert.equal(await delivered(notice('karen')), 0);
});

test('undeclared events reach a room of / as they are', async (t) => {
  const member = await connect(t, server);
  member.undeclared.add('projectUpdate');
  const other = await connect(t, server);
  await member.call('joinRoom', 'project-123');
  const payload = { title: 'New', parts: [{ n: 1 }], unicode: 'é🦀', empty: {} };
  const body = { namespace: '/', room: 'project-123', event: 'projectUpdate', payload };
  assert.equal(await delivered(body), 1);
  assert.deepEqual(await member.waitFor('projectUpdate'), payload);
  await other.settled();
  assert.deepEqual(other.received('projectUpdate'), []);
});

test('a sequence of publications arrives in its order', async (t) => {
  const client = await connect(t, server, { namespace: '/media' });
  await client.call('subscribeMedia', 'm6');
  for (let percent = 0; percent <= 100; percent += 1) await delivered(progress('m6', percent));
  await client.waitFor('mediaProgress', ({ progress }) => progress === 100);
  const received = client.received('mediaProgress').map(({ progress }) => progress);
  assert.deepEqual(
    received,
    Array.from({ length: 101 }, (_, percent) => percent),
  );
});
