// Liveness: `ping`, `pong`, `heartbeat`, `heartbeatAck`.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { connect } from './support/client.js';
import { startServer } from './support/server.js';

const server = await startServer();
after(() => server.stop());

const isNow = (millis) => Math.abs(millis - Date.now()) < 5000;

test('ping sends pong and then calls back', async (t) => {
  const client = await connect(t, server);
  const answer = await client.call('ping');
  assert.ok(isNow(answer.timestamp));
  assert.deepEqual(client.order(), ['welcome', 'pong', 'callback of ping']);
  assert.ok(isNow(client.received('pong')[0].timestamp));
});

test('ping without a callback is answered by pong alone', async (t) => {
  const client = await connect(t, server);
  client.send('ping');
  await client.waitFor('pong');
  assert.deepEqual(client.order(), ['welcome', 'pong']);
});

test('heartbeat sends heartbeatAck and then calls back the same', async (t) => {
  const client = await connect(t, server);
  const answer = await client.call('heartbeat', { timestamp: Date.now() - 250 });
  assert.ok(isNow(answer.timestamp));
  assert.equal(Date.parse(answer.serverTime), answer.timestamp);
  assert.ok(answer.latency >= 250 && answer.latency < 5000, `${answer.latency}`);
  assert.deepEqual(client.order(), ['welcome', 'heartbeatAck', 'callback of heartbeat']);
  assert.deepEqual(client.received('heartbeatAck'), [answer]);
});

test('heartbeat needs neither a payload nor a callback', async (t) => {
  const client = await connect(t, server);
  assert.equal((await client.call('heartbeat')).latency, null);
  assert.equal((await client.call('heartbeat', {})).latency, null);
  assert.equal((await client.call('heartbeat', null)).latency, null);
  client.send('heartbeat');
  client.send('heartbeat', { timestamp: Date.now() });
  await client.settled();
  const latencies = client.received('heartbeatAck').map((ack) => ack.latency);
  assert.deepEqual(latencies.slice(0, 4), [null, null, null, null]);
  assert.ok(latencies[4] >= 0 && latencies[4] < 5000);
  assert.equal(latencies.length, 5);
});

test('without a positive timestamp the latency is null, and never below 0', async (t) => {
  const client = await connect(t, server);
  for (const timestamp of [0, -1, -0.5, -1e300]) {
    assert.equal((await client.call('heartbeat', { timestamp })).latency, null, `${timestamp}`);
  }
  for (const timestamp of [Date.now() + 60_000, 1e300, Number.MAX_SAFE_INTEGER]) {
    assert.equal((await client.call('heartbeat', { timestamp })).latency, 0, `${timestamp}`);
  }
  for (const timestamp of [0.5, 1, Date.now() - 0.25]) {
    const { latency } = await client.call('heartbeat', { timestamp });
    assert.ok(Number.isInteger(latency) && latency >= 0, `${timestamp} gave ${latency}`);
  }
});

test('a malformed heartbeat is answered like one without payload, plus an error', async (t) => {
  const client = await connect(t, server);
  for (const payload of ['text', 5, [], true, { timestamp: 'now' }, { timestamp: null }]) {
    const answer = await client.call('heartbeat', payload);
    assert.equal(answer.latency, null, JSON.stringify(payload));
    const error = await client.waitFor('error');
    assert.equal(error.code, 'INVALID_PAYLOAD');
    assert.equal(error.event, 'heartbeat');
  }
  assert.equal(client.received('heartbeatAck').length, 6);
});
