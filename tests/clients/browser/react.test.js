// The hooks of the package in a browser, under StrictMode, against the real server.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startServer } from '../support/server.js';
import { tokenFor } from '../support/tokens.js';
import { until, within } from '../support/within.js';
import { openPage } from './browser.js';
import { notify, publish, publishMedia, serveBuilt } from './example-page.js';

// A development build: only there does StrictMode mount everything twice.
const site = await serveBuilt({
  root: fileURLToPath(new URL('hooks-page', import.meta.url)),
  mode: 'development',
  define: { 'process.env.NODE_ENV': '"development"' },
});
after(() => site.close());

/** Starts a server and opens the page with what is to be mounted. */
async function open(t, show, { token = tokenFor('ann') } = {}) {
  const server = await startServer();
  t.after(() => server.stop());
  const { page, problems } = await openPage(t, site.url);
  const handshakes = [];
  page.on('request', (request) => {
    if (/[?&]transport=/.test(request.url()) && !/[?&]sid=/.test(request.url())) {
      handshakes.push(request.url());
    }
  });
  const view = new View(page, server, { url: server.url, token });
  await view.render(show);
  return { server, page, problems, handshakes, view };
}

class View {
  constructor(page, server, provider) {
    Object.assign(this, { page, server, provider });
  }

  render(show, provider = this.provider) {
    Object.assign(this, { show, provider });
    return this.page.evaluate(([provider, show]) => page.render(provider, show), [provider, show]);
  }

  text(name) {
    return this.page.locator(`#${name}`).textContent();
  }

  /** Waits until a hook gives what has these fields. */
  async gives(name, expected) {
    let last;
    const matches = async () => {
      last = JSON.parse(await this.text(name));
      return Object.entries({ ...expected }).every(
        ([key, value]) => JSON.stringify(last[key]) === JSON.stringify(value),
      );
    };
    await until(`${name} to give ${JSON.stringify(expected)}`, matches).catch((error) => {
      throw new Error(`${error.message}; it gives ${JSON.stringify(last)}`);
    });
    return last;
  }

  /** Rooms of the page's socket, as the server says. */
  async rooms() {
    const info = await this.page.evaluate(() => page.client.call('getConnectionInfo'));
    return info.rooms.slice(2);
  }
}

/** Sockets connected to the server, by its own count. */
async function sockets(server) {
  const text = await (await server.fetch('/metrics')).text();
  const counts = [...text.matchAll(/^\w*connections\{[^}]*\} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

const delivered = async (server, mediaId) => {
  const payload = { mediaId, progress: 1, stage: 'x' };
  const body = { namespace: '/media', mediaId, event: 'mediaProgress', payload };
  return (await server.publish(body)).body.delivered;
};

test('one connection is made under StrictMode, and none is left after unmounting', async (t) => {
  const { server, view, page, handshakes, problems } = await open(t, [['Connection']]);
  await view.gives('connection', { status: 'connected', user: 'ann' });
  assert.equal(await page.evaluate(() => page.mounts), 2, 'StrictMode mounts twice');
  assert.equal(handshakes.length, 1);
  assert.equal(await sockets(server), 3, 'one for each namespace');
  await view.render([['Connection'], ['Notifications']]);
  await view.gives('notifications', []);
  assert.equal(handshakes.length, 1, 'new inline functions do not connect again');
  await page.evaluate(() => page.unmount());
  await until('no socket', async () => (await sockets(server)) === 0);
  assert.deepEqual(problems, []);
});

test('another token makes another connection', async (t) => {
  const { server, view } = await open(t, [
    ['Connection'],
    ['Notifications'],
    ['Claude', { prompt: 'sleep' }],
  ]);
  await view.gives('claude', { status: 'running', output: 'Started.' });
  await notify(server, { id: 'of ann', title: 'a', message: 'b' });
  await view.gives('notifications', ['of ann']);
  await view.render(view.show, { ...view.provider, token: tokenFor('bob') });
  await view.gives('connection', { status: 'connected', user: 'bob' });
  assert.equal(await view.text('notifications'), '[]', 'those of ann are gone');
  const end = { status: 'failed', running: false, error: 'CLOSED', output: 'Started.' };
  await view.gives('claude', end);
  await until('one connection', async () => (await sockets(server)) === 3);
});

test('a client that is handed in is used and not closed', async (t) => {
  const { server, view, page } = await open(t, []);
  const [url, token] = [server.url, tokenFor('eve')];
  await page.evaluate(
    ([url, token]) => {
      globalThis.own = page.connect(url, { token });
      page.unmount();
      page.render({ client: own }, [['Connection']]);
    },
    [url, token],
  );
  await view.gives('connection', { status: 'connected', user: 'eve' });
  await page.evaluate(() => page.unmount());
  assert.equal(await page.evaluate(() => own.state.status), 'connected');
  assert.equal(await page.evaluate(() => own.call('ping').then(() => 'pong')), 'pong');
});

test('a token that is no good and a server that is gone are told', async (t) => {
  const { server, view } = await open(t, [['Connection']], { token: 'none' });
  await view.gives('connection', { status: 'connected', error: 'UNAUTHORIZED' });
  const elsewhere = { url: 'http://127.0.0.1:9', token: 'none' };
  await view.render(view.show, elsewhere);
  await view.gives('connection', { status: 'connecting', error: 'UNREACHABLE' });
  await until('no socket', async () => (await sockets(server)) === 0);
});

test('a prompt streams from the moment of mounting, once', async (t) => {
  const { view, page } = await open(t, [['Claude', { prompt: 'hello slowly' }]]);
  await view.gives('claude', { status: 'running', running: true });
  const text = 'Hello from the mock API.';
  const done = { status: 'completed', running: false, output: text, result: text };
  await view.gives('claude', done);
  await page.evaluate(() => page.claude.execute({ prompt: 'plain' }));
  await view.gives('claude', { status: 'completed', output: 'two\nlines, é\n' });
  await page.evaluate(() => page.claude.execute({ prompt: 'exit 3' }));
  await view.gives('claude', { status: 'failed', running: false, error: 'EXECUTION_ERROR' });
});

test('another prompt takes the place of the one that runs, which goes on unseen', async (t) => {
  const { server, view, page } = await open(t, [['Claude', { prompt: 'sleep' }]]);
  await view.gives('claude', { status: 'running', output: 'Started.' });
  await page.evaluate(() => page.claude.execute({ prompt: 'hello' }));
  await view.gives('claude', { status: 'completed', output: 'Hello from the mock API.' });
  const text = await (await server.fetch('/metrics')).text();
  assert.match(text, /executions_running 1$/m);
});

test('a prompt is cancelled', async (t) => {
  const { view, page } = await open(t, [['Claude', { prompt: 'sleep' }]]);
  await view.gives('claude', { output: 'Started.' });
  await page.evaluate(() => page.claude.cancel());
  const end = { running: false, error: 'CANCELLED', output: 'Started.' };
  await view.gives('claude', end);
});

test('many chunks are all there', async (t) => {
  const { view } = await open(t, [['Claude', { prompt: 'many chunks' }]]);
  const { output } = await view.gives('claude', { status: 'completed' });
  assert.equal(output, [...Array(2000).keys()].join(',') + ',');
});

test('a room is shared, and left with the last component', async (t) => {
  const room = 'project-1';
  const first = ['Room', { name: 'first', room, shout: 'first' }];
  const second = ['Room', { name: 'second', room, shout: 'second' }];
  const { server, view, page } = await open(t, [['Connection'], first, second]);
  await view.gives('first', { joined: true });
  await view.gives('second', { joined: true });
  await view.render([['Connection'], second]);
  await publish(server, { namespace: '/', room, event: 'projectUpdate', payload: { text: 'hi' } });
  await page.waitForFunction(() => page.log.length > 0);
  assert.deepEqual(await page.evaluate(() => page.log), ['second: hi']);
  assert.deepEqual(await view.rooms(), [room]);
  await view.render([['Connection'], ['Room', { name: 'second', room: 'project-2' }]]);
  await until('the other room only', async () => (await view.rooms()).join() === 'project-2');
  await view.render([['Connection'], ['Room', { name: 'second', room: 'user:ann' }]]);
  await view.gives('second', { joined: false, error: 'REFUSED' });
  await view.render([['Connection']]);
  await until('no room', async () => (await view.rooms()).length === 0);
});

test('media items are shared, follow their id, and are unsubscribed', async (t) => {
  const items = [
    ['Media', { name: 'first', mediaId: 'm1' }],
    ['Media', { name: 'second', mediaId: 'm1' }],
    ['Media', { name: 'third', mediaId: 'm2' }],
    ['Media', { name: 'none' }],
  ];
  const { server, view } = await open(t, items);
  await publishMedia(server, 'mediaProgress', { mediaId: 'm1', progress: 7, stage: 'a' });
  await view.gives('first', { progress: 7 });
  await view.gives('second', { progress: 7 });
  await publishMedia(server, 'mediaError', { mediaId: 'm2', error: 'broken' });
  await view.gives('third', { error: 'broken' });
  assert.equal(await view.text('first'), '{"mediaId":"m1","progress":7,"stage":"a"}');
  await view.render([items[1], ['Media', { name: 'third', mediaId: 'm1' }]]);
  await view.gives('third', { mediaId: undefined });
  await until('m2 to be forgotten', async () => (await delivered(server, 'm2')) === 0);
  assert.equal(await delivered(server, 'm1'), 1);
  await view.render([['Media', { name: 'first', mediaId: 'x'.repeat(129) }]]);
  await until('a refusal', async () => /"error":"./.test(await view.text('first')));
});

test('notifications come newest first and are taken away', async (t) => {
  const { server, view, page } = await open(t, [['Notifications']]);
  for (const id of ['1', '2', '3']) await notify(server, { id, title: id, message: id });
  await view.gives('notifications', ['3', '2']);
  await page.evaluate(() => page.notifications.dismiss('3'));
  await view.gives('notifications', ['2']);
  await page.evaluate(() => page.notifications.clear());
  await until('none', async () => (await view.text('notifications')) === '[]');
});

test('everything comes back when the server does', async (t) => {
  const room = ['Room', { name: 'room', room: 'project-1' }];
  const media = ['Media', { name: 'media', mediaId: 'm1' }];
  const { server, view } = await open(t, [['Connection'], room, media]);
  await view.gives('room', { joined: true });
  await within('the stop', server.stop());
  await view.gives('connection', { status: 'connecting' });
  await view.gives('room', { joined: false });
  const again = await startServer({ args: ['--port', new URL(server.url).port] });
  t.after(() => again.stop());
  await view.gives('connection', { status: 'connected', user: 'ann' });
  await view.gives('room', { joined: true });
  await publishMedia(again, 'mediaProgress', { mediaId: 'm1', progress: 3, stage: 'a' });
  await view.gives('media', { progress: 3 });
  await view.render([]);
  await until('no subscription', async () => (await delivered(again, 'm1')) === 0);
});
