// Malformed frames over raw WebSockets: each may end its own connection, and nothing else.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { connect } from './support/client.js';
import { Raw } from './support/raw.js';
import { startServer } from './support/server.js';

const server = await startServer();
after(() => server.stop());

const NASTY = {
  'an empty frame': '',
  'no such Engine.IO packet': '9',
  'an Engine.IO message without content': '4',
  'no such Socket.IO packet': '49',
  'an event without data': '42',
  'an event that is cut off': '42["ping"',
  'an event that is no array': '42{"ping":1}',
  'an empty array': '42[]',
  'a number as the name of an event': '42[1]',
  'null as the name of an event': '42[null]',
  'an acknowledgement that nobody waits for': '43["x"]',
  'an acknowledgement with a strange id': '43999[1]',
  'an id beyond 64 bits': '42999999999999999999999999["ping"]',
  'a negative id': '42-1["ping"]',
  'an unknown namespace': '42/nowhere,["ping"]',
  'a namespace that is not connected': '42/media,["subscribeMedia","m1"]',
  'a namespace without an end': '42/',
  'a connection to a strange namespace': '40/\u0000,',
  'a second CONNECT': '40',
  'a CONNECT with a broken handshake': '40{"token":',
  'a CONNECT with a text as its handshake': '40"text"',
  'binary announced and never sent': '451-["joinRoom",{"_placeholder":true,"num":0}]',
  'more binary announced than anyone sends': '45999999999-["joinRoom"]',
  'binary with a number out of range': '451-["joinRoom",{"_placeholder":true,"num":7}]',
  'binary with a number below zero': '451-["joinRoom",{"_placeholder":true,"num":-1}]',
  'binary without an announcement': Buffer.from([0, 1, 2, 255]),
  'an empty binary frame': Buffer.alloc(0),
  'arrays nested without end': `42["joinRoom",${'['.repeat(50_000)}`,
  'objects nested without end': `42["joinRoom",${'{"a":'.repeat(50_000)}`,
  'text that is not UTF-8 in JSON': '42["joinRoom","\\ud800"]',
  'a number that is none': '42["heartbeat",{"timestamp":1e999}]',
  'a key twice': '42["heartbeat",{"timestamp":1,"timestamp":"x"}]',
  'an upgrade in the middle': '5',
  'a probe in the middle': '2probe',
  'a pong that nobody asked for': '3',
  'a goodbye and more': '41',
};

for (const [what, frame] of Object.entries(NASTY)) {
  test(`${what} harms nobody`, async (t) => {
    const bystander = await connect(t, server);
    const raw = await Raw.connected(server);
    raw.send(frame);
    // Whatever follows is answered, or the connection is closed: it never hangs.
    raw.send('4277["ping"]');
    await raw.frame('an answer or the end of the connection', (text) => text.startsWith('4377'));
    await bystander.call('ping');
    await raw.close();
    assert.equal((await server.fetch('/healthz')).status, 200);
  });
}

// socketioxide reads the name without unescaping it, and takes a name with escapes for a malformed
// frame. No declared name has any. Once the library reads them, `ping` is answered here.
test('a name written with escapes is answered or ends its own connection', async (t) => {
  const bystander = await connect(t, server);
  for (const name of ['\\u0070ing', 'with \\"quotes\\"']) {
    const raw = await Raw.connected(server);
    raw.send(`427["${name}"]`);
    const answer = await raw.frame('an answer or the end', (text) => text.startsWith('437'));
    if (answer) assert.match(answer, /"timestamp":\d+|"success":false/);
    await raw.close();
    await bystander.call('ping');
  }
});

test('2000 garbage frames harm nobody', async (t) => {
  const bystander = await connect(t, server);
  const random = generator(20_260_101);
  let sent = 0;
  let raw = await Raw.connected(server);
  while (sent < 2000) {
    raw.send(garbage(random));
    sent += 1;
    if (sent % 20 !== 0) continue;
    await bystander.call('ping');
    await raw.close();
    raw = await Raw.connected(server);
  }
  await raw.close();
  assert.equal(bystander.socket.connected, true);
  assert.equal(server.child.exitCode, null);
  assert.equal(server.stderr.includes('panicked'), false, server.stderr.slice(-2000));
});

test('bodies of polling requests that are garbage harm nobody', async (t) => {
  const bystander = await connect(t, server);
  const opened = await (await server.fetch('/socket.io/?EIO=4&transport=polling')).text();
  const { sid } = JSON.parse(opened.slice(1));
  const random = generator(7);
  for (let round = 0; round < 50; round += 1) {
    const path = `/socket.io/?EIO=4&transport=polling&sid=${round % 2 ? sid : 'none'}`;
    const response = await server.fetch(path, { method: 'POST', body: garbage(random) });
    assert.ok(response.status < 500, `${response.status}`);
  }
  for (const query of [
    '',
    '?EIO=3&transport=polling',
    '?EIO=4&transport=pigeon',
    '?EIO=4&sid=%00',
  ]) {
    const response = await server.fetch(`/socket.io/${query}`);
    assert.ok(response.status >= 400 && response.status < 500, `${query}: ${response.status}`);
  }
  await bystander.call('ping');
});

const WELL_FORMED = [
  '42["ping"]',
  '421["joinRoom","project-1"]',
  '422["heartbeat",{"timestamp":1}]',
  '423["claude:execute",{"prompt":"hello"}]',
  '40/media,{"token":"x"}',
  '451-["joinRoom",{"_placeholder":true,"num":0}]',
  '43["x"]',
];

/** A well-formed frame with some characters exchanged, or bytes without any form. */
function garbage(random) {
  const pick = (count) => Math.floor(random() * count);
  if (pick(4) === 0) return Buffer.from(Array.from({ length: pick(200) }, () => pick(256)));
  const characters = [...WELL_FORMED[pick(WELL_FORMED.length)]];
  for (let change = 0; change <= pick(5); change += 1) {
    const replacement = String.fromCodePoint([pick(128), pick(0xd800), 0x1f980][pick(3)]);
    characters.splice(pick(characters.length), pick(3), replacement);
  }
  return characters.join('');
}

/** The same numbers in every run: a linear congruential generator. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
