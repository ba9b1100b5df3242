// HTTP: health, metrics, allowed origins, and how the server stops.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, test } from 'node:test';
import WebSocket from 'ws';
import { connect } from './support/client.js';
import { execute, isAlive, output, running, signedIn } from './support/executions.js';
import { spawnServer, startServer } from './support/server.js';
import { until, within } from './support/within.js';

const server = await startServer();
after(() => server.stop());

test('healthz and readyz say 200', async () => {
  assert.equal((await server.fetch('/healthz')).status, 200);
  assert.equal((await server.fetch('/readyz')).status, 200);
  assert.equal((await server.fetch('/no-such-page')).status, 404);
});

test('metrics are in the text format of Prometheus', async (t) => {
  const client = await connect(t, server);
  await client.call('ping');
  const response = await server.fetch('/metrics');
  assert.equal(response.status, 200);
  assert.match(
    response.headers.get('content-type'),
    /^(text\/plain|application\/openmetrics-text)/,
  );
  const text = await response.text();
  assert.match(text, /^# TYPE \w+ \w+$/m);
  assert.match(text, /^\w+\{[^}]*"ping"[^}]*\} [1-9]/m, 'the ping was counted under its name');
});

const ORIGINS = {
  'by default': {
    env: {},
    allowed: [
      'http://localhost:5173',
      'http://127.0.0.1:8080',
      'https://localhost',
      'http://[::1]:3000',
    ],
    refused: [
      'http://evil.example',
      'http://localhost.evil.example',
      'null',
      'http://127.0.0.1.evil.example',
    ],
  },
  'with a list': {
    env: { CORS_ORIGIN: 'https://app.example, https://admin.example' },
    allowed: ['https://app.example', 'https://admin.example'],
    refused: ['http://evil.example', 'http://app.example', 'https://app.example.evil.example'],
  },
  'with *': { env: { CORS_ORIGIN: '*' }, allowed: ['http://evil.example'], refused: [] },
};

for (const [when, { env, allowed, refused }] of Object.entries(ORIGINS)) {
  test(`origins ${when} are allowed and refused alike on both transports`, async (t) => {
    const guarded = await startServer({ env });
    t.after(() => guarded.stop());
    for (const origin of allowed) {
      const response = await poll(guarded, origin);
      assert.equal(response.status, 200, origin);
      assert.match(
        response.headers.get('access-control-allow-origin'),
        new RegExp(`^(\\*|${escape(origin)})$`),
      );
      assert.equal(await upgrade(guarded, origin), 101, origin);
    }
    for (const origin of refused) {
      const response = await poll(guarded, origin);
      assert.ok(isRefusal(response.status), `${origin}: ${response.status}`);
      assert.equal(response.headers.get('access-control-allow-origin'), null, origin);
      assert.ok(isRefusal(await upgrade(guarded, origin)), origin);
    }
    assert.equal((await poll(guarded)).status, 200, 'clients that are no browsers send no origin');
  });
}

test("the server's own origin is allowed by default", async () => {
  assert.equal((await poll(server, server.url)).status, 200);
  assert.equal(await upgrade(server, server.url), 101);
});

const isRefusal = (status) => status >= 400 && status < 500;
const escape = (text) => text.replace(/[.[\]]/g, '\\$&');

function poll(target, origin) {
  return target.fetch('/socket.io/?EIO=4&transport=polling', { headers: origin ? { origin } : {} });
}

/** The status that a WebSocket handshake is answered with. */
async function upgrade(target, origin) {
  const url = `${target.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
  const raw = new WebSocket(url, { headers: { origin } });
  const status = new Promise((resolve) => {
    raw.on('open', () => resolve(101));
    raw.on('unexpected-response', (_, response) => resolve(response.statusCode));
    raw.on('error', (error) => resolve(error.message));
  });
  try {
    return await within('an answer to the WebSocket handshake', status);
  } finally {
    raw.terminate();
  }
}

test('SIGTERM disconnects clients and ends with 0', async (t) => {
  const stopping = await startServer();
  const clients = [
    await connect(t, stopping),
    await connect(t, stopping, { transports: ['polling'] }),
  ];
  assert.equal((await stopping.stop()).code, 0);
  for (const client of clients) await within('the disconnect', client.disconnected);
});

test('SIGTERM that comes with the line that says where the server is ends it with 0', async (t) => {
  // Many workers take their time to start.
  const stopping = spawnServer({ env: { WORKERS: '100' } });
  t.after(() => stopping.discard());
  stopping.child.stdout.once('data', () => stopping.child.kill('SIGTERM'));
  assert.deepEqual(await within('the server to exit', stopping.exited), { code: 0, signal: null });
  const left = readdirSync(stopping.home).filter((name) => name.startsWith('slop-claude-'));
  assert.deepEqual(left, [], 'directories of the CLI');
});

test('SIGTERM ends running executions cleanly and says so', async (t) => {
  const stopping = await startServer();
  const client = await signedIn(t, stopping);
  const processId = await running(client, { prompt: 'fork and sleep' });
  const child = Number(output(client, processId));
  const stopped = stopping.stop();
  const error = await client.waitFor('claude:error');
  assert.equal(error.processId, processId);
  assert.notEqual(error.code, 'CANCELLED', 'nobody cancelled it');
  assert.equal((await stopped).code, 0);
  await until('the child of the CLI to end', () => !isAlive(child));
});

test('readyz says 503 while the server drains, healthz still 200', async (t) => {
  const stopping = await startServer();
  const client = await signedIn(t, stopping);
  // It takes two seconds to end this one: time enough to ask.
  await running(client, { prompt: 'ignore SIGTERM' });
  const stopped = stopping.stop();
  await until('readyz to say 503', async () => (await stopping.fetch('/readyz')).status === 503);
  assert.equal((await stopping.fetch('/healthz')).status, 200);
  assert.equal((await stopped).code, 0);
});

test('a request that arrives while the server stops harms nobody', async (t) => {
  const stopping = await startServer();
  const client = await signedIn(t, stopping);
  await execute(client, { prompt: 'hello slowly' });
  const stopped = stopping.stop();
  client.send('claude:execute', { prompt: 'hello' });
  assert.equal((await stopped).code, 0);
});

test('the gauge of connections counts those that are there', async (t) => {
  const counting = await startServer();
  t.after(() => counting.stop());
  const connections = async () => {
    const page = await (await counting.fetch('/metrics')).text();
    return Number(/^slop_connections\{namespace="\/media"\} (\S+)$/m.exec(page)?.[1] ?? 0);
  };
  const [first, second] = [
    await connect(t, counting, { namespace: '/media' }),
    await connect(t, counting, { namespace: '/media' }),
  ];
  assert.equal(await connections(), 2);
  first.socket.disconnect();
  second.socket.disconnect();
  await until('the connections to be counted out', async () => (await connections()) === 0);
});
