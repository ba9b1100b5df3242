// Tokens: which are refused, and with which sentence.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { connect } from './support/client.js';
import { startServer } from './support/server.js';
import { es256, hmac, now, rs256, tampered, tokenFor, unsigned } from './support/tokens.js';

const server = await startServer();
after(() => server.stop());

const claims = { userId: 'mallory', exp: now() + 3600 };
const REFUSED = {
  'no text at all': ['', 'Token is required'],
  'not a token': ['a.b.c', 'Invalid token'],
  'a very long text': ['x'.repeat(100_000), 'Invalid token'],
  expired: [tokenFor('mallory', { exp: now() - 31 }), 'Token has expired'],
  'expired in 1970': [tokenFor('mallory', { exp: 1 }), 'Token has expired'],
  'not yet valid': [tokenFor('mallory', { nbf: now() + 120 }), 'Token not yet valid'],
  'without a user': [
    hmac({ exp: now() + 60, email: 'm@example.org' }),
    'Token missing user identifier',
  ],
  'without an expiry': [tokenFor('mallory', { exp: undefined }), 'Invalid token'],
  'with a text as its expiry': [tokenFor('mallory', { exp: 'tomorrow' }), 'Invalid token'],
  'by another secret': [hmac(claims, { secret: 'x'.repeat(32) }), 'Invalid token'],
  'by the empty secret': [hmac(claims, { secret: '' }), 'Invalid token'],
  'unsigned (alg none)': [unsigned(claims), 'Invalid token'],
  'by RSA (RS256)': [rs256(claims), 'Invalid token'],
  'by an elliptic curve (ES256)': [es256(claims), 'Invalid token'],
  'with exchanged claims': [tampered(tokenFor('ada'), claims), 'Invalid token'],
  'without its signature': [tokenFor('mallory').replace(/[^.]+$/, ''), 'Invalid token'],
};

for (const [what, [token, sentence]] of Object.entries(REFUSED)) {
  test(`a token ${what} is refused: ${sentence}`, async (t) => {
    const client = await connect(t, server);
    const answer = await client.call('authenticate', { token });
    assert.deepEqual(answer, { success: false, error: sentence });
    assert.deepEqual(await client.waitFor('authError'), { message: sentence });
    assert.equal((await client.call('getConnectionInfo')).authenticated, false);
  });
}

test('the same sentences answer a bad token of the handshake', async (t) => {
  for (const [token, sentence] of Object.values(REFUSED).filter(([token]) => token !== '')) {
    const client = await connect(t, server, { token });
    assert.deepEqual(await client.waitFor('authError'), { message: sentence });
    assert.equal((await client.call('getConnectionInfo')).authenticated, false);
  }
});

test('issuer and audience are checked when they are configured', async (t) => {
  const strict = await startServer({
    env: { JWT_ISSUER: 'https://id.example', JWT_AUDIENCE: 'slop' },
  });
  t.after(() => strict.stop());
  const client = await connect(t, strict);
  const right = { iss: 'https://id.example', aud: 'slop' };
  for (const wrong of [{}, { ...right, iss: 'https://evil.example' }, { ...right, aud: 'other' }]) {
    const answer = await client.call('authenticate', { token: tokenFor('ada', wrong) });
    assert.deepEqual(answer, { success: false, error: 'Invalid token' });
  }
  const answer = await client.call('authenticate', { token: tokenFor('ada', right) });
  assert.deepEqual(answer, { success: true, userId: 'ada' });
});

test('no token appears in the log', async (t) => {
  const good = tokenFor('ada');
  const client = await connect(t, server, { token: good });
  await client.waitFor('authenticated');
  await client.call('authenticate', { token: rs256(claims) });
  const signature = good.split('.')[2];
  assert.equal(server.stderr.includes(signature), false);
  assert.equal(server.stderr.includes(rs256(claims).split('.')[1]), false);
});
