// `POST /publish`: what is refused, with which status, and that it says where the fault is.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { connect } from './support/client.js';
import { startServer } from './support/server.js';

const server = await startServer();
after(() => server.stop());

const MARKER = 'value-of-the-sender';
const good = {
  namespace: '/media',
  mediaId: 'm1',
  event: 'mediaProgress',
  payload: { mediaId: 'm1', progress: 50, stage: 'rendering' },
};
const withPayload = (payload) => ({ ...good, payload: { ...good.payload, ...payload } });
const toRoom = (room, event = 'projectUpdate') => ({ namespace: '/', room, event, payload: {} });

test('without a right token it is 401', async () => {
  for (const token of ['', 'wrong', 'the publish token of the test suite']) {
    assert.equal((await server.publish(good, { token })).status, 401);
  }
  const init = { method: 'POST', body: JSON.stringify(good) };
  assert.equal((await server.fetch('/publish', init)).status, 401);
  assert.equal((await server.publish(good)).status, 202);
});

test('without PUBLISH_TOKEN it does not exist', async (t) => {
  const closed = await startServer({ env: { PUBLISH_TOKEN: undefined } });
  t.after(() => closed.stop());
  assert.equal((await closed.publish(good)).status, 404);
  assert.equal((await closed.publish(good, { token: '' })).status, 404);
});

const POINTED = {
  'a percentage above 100': [withPayload({ progress: 101 }), '/progress'],
  'a text as percentage': [withPayload({ progress: MARKER }), '/progress'],
  'a number as stage': [withPayload({ stage: 7 }), '/stage'],
  'null as an optional field': [withPayload({ message: null }), '/message'],
  'another media id in the payload': [withPayload({ mediaId: MARKER }), '/mediaId'],
  'an unknown type of notification': [
    {
      namespace: '/notifications',
      userId: 'ada',
      event: 'notification',
      payload: {
        id: '1',
        type: MARKER,
        title: 't',
        message: 'm',
        timestamp: '2026-01-31T12:00:00Z',
      },
    },
    '/type',
  ],
};

for (const [what, [body, pointer]] of Object.entries(POINTED)) {
  test(`${what} is 400 with the pointer ${pointer}`, async () => {
    const answer = await server.publish(body);
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.text, new RegExp(`${pointer}"`));
    assert.equal(answer.text.includes(MARKER), false, answer.text);
  });
}

const REFUSED = {
  'no JSON': '{"namespace":',
  'no object': [],
  'an empty object': {},
  'a payload without its fields': { ...good, payload: {} },
  'a payload that is no object': { ...toRoom('project-1'), payload: [1] },
  'no payload': { ...toRoom('project-1'), payload: undefined },
  'an unknown namespace': { ...good, namespace: '/nowhere' },
  'no address': { ...good, mediaId: undefined },
  'an address of another namespace': { ...good, mediaId: undefined, userId: 'ada' },
  'an event of another namespace': { ...good, event: 'notification' },
  'an undeclared event on /media': { ...good, event: 'mediaUpdate' },
  'an undeclared event on /notifications': {
    namespace: '/notifications',
    userId: 'ada',
    event: 'news',
    payload: {},
  },
  'an undeclared event to the room of a user': toRoom('user:ada'),
  'an undeclared event to the room of a process': toRoom('claude:claude_1'),
  'an undeclared event to the room of a media item': toRoom('media:m1'),
  'a room name that is too long': toRoom('r'.repeat(129)),
  'an empty room name': toRoom(''),
  'an empty event name': toRoom('project-1', ''),
  // A client that receives one of these takes it for a broken packet and disconnects.
  'a name that the client library reserves': toRoom('project-1', 'disconnect'),
};

for (const [what, body] of Object.entries(REFUSED)) {
  test(`${what} is 400`, async () => {
    const answer = await server.publish(body);
    assert.equal(answer.status, 400, answer.text);
  });
}

test('a body beyond the limit of 2 MiB is refused and harms nobody', async () => {
  const answer = await server.publish(withPayload({ message: 'x'.repeat(3 * 1024 * 1024) }));
  assert.equal(answer.status, 413);
  assert.equal((await server.publish(good)).status, 202);
});

test('nothing of what was refused is delivered', async (t) => {
  const client = await connect(t, server);
  await client.call('joinRoom', 'project-1');
  await server.publish({ ...toRoom('project-1'), payload: [1] });
  await server.publish(toRoom('project-1', 'connect_error'));
  await server.publish(toRoom(client.socket.id));
  await client.settled();
  assert.deepEqual(client.order().slice(0, 3), ['welcome', 'roomJoined', 'callback of joinRoom']);
  assert.deepEqual(client.order().slice(3), ['pong', 'callback of ping']);
});
