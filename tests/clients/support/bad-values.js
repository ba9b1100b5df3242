// Bad values: for a schema of the protocol, everything that a careless or hostile client may send.

import { accepts, resolve } from './protocol.js';

/** Stands in every bad text, so that a test can see whether anything of it comes back. */
export const MARKER = 'marker-of-the-sender';

const OVERSIZED = MARKER + 'x'.repeat(200_000);

const ANY = {
  'a number': 42,
  'a fraction below zero': -0.5,
  'a number beyond 64 bits': 1e300,
  'a truth': true,
  null: null,
  'an empty array': [],
  'an array': [MARKER],
  'an empty object': {},
  'a nested object': { [MARKER]: { [MARKER]: [{ [MARKER]: MARKER }] } },
  'an empty text': '',
  'a text': MARKER,
  'an oversized text': OVERSIZED,
  'a text of NUL and lone surrogates': `${MARKER}\u0000\ud800`,
  'binary data': Buffer.from(MARKER),
  'an object with binary data': { [MARKER]: Buffer.from(MARKER) },
  __proto__: JSON.parse(`{ "__proto__": { "${MARKER}": true } }`),
};

/** A value that the schema accepts. */
export function goodValue(schema) {
  const { type, properties = {}, required = [] } = resolve(schema);
  if (type !== 'object') return 'a legal text';
  return Object.fromEntries(required.map((name) => [name, goodValue(properties[name])]));
}

/** `[description, value]` of everything the schema refuses. */
export function badValues(schema) {
  const { properties = {}, required = [] } = resolve(schema);
  const good = goodValue(schema);
  const values = Object.entries(ANY);
  for (const name of required) {
    const { [name]: _, ...rest } = good;
    values.push([`an object without ${name}`, rest]);
  }
  for (const name of Object.keys(properties)) {
    for (const [what, value] of Object.entries(ANY)) {
      values.push([`${what} as ${name}`, { ...good, [name]: value }]);
    }
  }
  const isBinary = (value) =>
    Buffer.isBuffer(value) ||
    Object.keys(properties).some((name) => Buffer.isBuffer(value?.[name]));
  return values.filter(([, value]) => isBinary(value) || !accepts(schema, value));
}
