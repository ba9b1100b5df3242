// Tokens: JSON Web Tokens as an identity provider would sign them, and as nobody should.

import { createHmac, generateKeyPairSync, sign } from 'node:crypto';

/** The secret of every test server that is not told another one. */
export const SECRET = 'a secret of the test suites, longer than 32 bytes';

export const now = () => Math.floor(Date.now() / 1000);

/**
 * A token that the test server accepts, unless the claims say otherwise.
 * @param {string} userId
 * @param {Record<string, unknown>} [claims] more claims; `undefined` removes one
 */
export function tokenFor(userId, claims = {}) {
  return hmac({ userId, exp: now() + 3600, ...claims });
}

/** Signed with HMAC. @param {object} claims */
export function hmac(claims, { bits = 256, secret = SECRET } = {}) {
  const text = unsignedText({ alg: `HS${bits}`, typ: 'JWT' }, claims);
  return `${text}.${createHmac(`sha${bits}`, secret).update(text).digest('base64url')}`;
}

/** Not signed at all. @param {object} claims */
export function unsigned(claims) {
  return `${unsignedText({ alg: 'none', typ: 'JWT' }, claims)}.`;
}

/** Signed with RSA by a key of nobody's. @param {object} claims */
export function rs256(claims) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const text = unsignedText({ alg: 'RS256', typ: 'JWT' }, claims);
  return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
}

/** Signed with an elliptic curve by a key of nobody's. @param {object} claims */
export function es256(claims) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const text = unsignedText({ alg: 'ES256', typ: 'JWT' }, claims);
  const key = { key: privateKey, dsaEncoding: /** @type {const} */ ('ieee-p1363') };
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

/** The same token with another body under the old signature. @param {string} token */
export function tampered(token, claims) {
  const [header, , signature] = token.split('.');
  return `${header}.${encode(claims)}.${signature}`;
}

function unsignedText(header, claims) {
  return `${encode(header)}.${encode(claims)}`;
}

function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
