// Tokens: JSON Web Tokens signed with a shared secret, verified by hand.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { authRefusal } from './refusal.js';

const HASHES = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };

/** How far clocks may differ, in seconds. */
export const LEEWAY_S = 30;

/**
 * Whom a token names and until when (seconds since 1970). Throws a refusal with the public sentence.
 * @param {string} token
 * @param {{ jwtSecret: string, jwtIssuer?: string, jwtAudience?: string }} settings
 */
export function verify(token, settings) {
  if (token === '') throw authRefusal('Token is required');
  const claims = signedClaims(token, settings.jwtSecret);
  const now = Date.now() / 1000;
  const { exp, nbf = 0, iss, aud, email } = claims;
  if (typeof exp !== 'number' || typeof nbf !== 'number') throw authRefusal('Invalid token');
  if (exp <= now - LEEWAY_S) throw authRefusal('Token has expired');
  if (nbf > now + LEEWAY_S) throw authRefusal('Token not yet valid');
  const { jwtIssuer, jwtAudience } = settings;
  if (jwtIssuer !== undefined && iss !== jwtIssuer) throw authRefusal('Invalid token');
  if (jwtAudience !== undefined && ![aud].flat().includes(jwtAudience)) {
    throw authRefusal('Invalid token');
  }
  const id = claims.userId ?? claims.id ?? claims.sub;
  const isId = typeof id === 'number' || (typeof id === 'string' && id !== '');
  if (!isId) throw authRefusal('Token missing user identifier');
  // A token that was let in by the leeway is good for the leeway.
  const expires = exp > now ? exp : exp + LEEWAY_S;
  return { id: String(id), ...(typeof email === 'string' && { email }), expires };
}

function signedClaims(token, secret) {
  const [header, claims, signature, ...rest] = token.split('.');
  const hash = HASHES[decoded(header)?.alg];
  if (!hash || signature === undefined || rest.length > 0) throw authRefusal('Invalid token');
  const expected = createHmac(hash, secret).update(`${header}.${claims}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw authRefusal('Invalid token');
  }
  const read = decoded(claims);
  if (read === undefined) throw authRefusal('Invalid token');
  return read;
}

/** A part of a token that is a JSON object; `undefined` when it is none. */
function decoded(part = '') {
  try {
    const value = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
