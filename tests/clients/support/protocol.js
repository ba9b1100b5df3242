// The protocol as generated from its table: which events exist, and what each may carry.

import Ajv2020 from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';

const FILE = new URL('../../../schema/json/protocol.json', import.meta.url);
export const protocol = JSON.parse(readFileSync(FILE, 'utf8'));

/** As JavaScript's `toISOString` prints it. */
const ISO_TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const ajv = new Ajv2020({ strict: false, formats: { 'date-time': ISO_TIMESTAMP } });

/** An event of the table. @param {'client' | 'server'} direction */
export function findEvent(direction, namespace, name) {
  return protocol.events.find(
    (event) =>
      event.direction === direction && event.name === name && event.namespaces.includes(namespace),
  );
}

/** Events that clients send, one entry for each namespace they may be sent on. */
export function clientEvents() {
  return protocol.events
    .filter((event) => event.direction === 'client')
    .flatMap((event) => event.namespaces.map((namespace) => ({ ...event, namespace })));
}

/** The schema itself, with `$ref` followed. */
export function resolve(schema) {
  const name = /^#\/\$defs\/(.+)$/.exec(schema.$ref ?? '')?.[1];
  return name ? resolve(protocol.$defs[name]) : schema;
}

/** Whether a value that a client sends satisfies the schema. */
export function accepts(schema, value) {
  return compiled(schema, protocol.$defs)(value);
}

/**
 * What is wrong with a value that the server wrote; empty when nothing is. The server writes no
 * field that is not declared, so here every object is closed.
 * @returns {string[]}
 */
export function complaints(schema, value) {
  const validate = compiled(closed(schema), CLOSED_DEFS);
  if (validate(value)) return [];
  return validate.errors.map((error) => {
    const extra = error.params.additionalProperty ?? '';
    return `${error.instancePath || 'it'} ${error.message} ${extra}`.trim();
  });
}

const CLOSED_DEFS = closed(protocol.$defs);
const cache = new Map();

function compiled(schema, $defs) {
  const key = JSON.stringify([schema, $defs === CLOSED_DEFS]);
  if (!cache.has(key)) cache.set(key, ajv.compile({ $defs, allOf: [schema] }));
  return cache.get(key);
}

/** A copy in which objects with declared properties have no others. */
function closed(schema) {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== 'object') return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, closed(part)]));
  const isObject = copy.type === 'object' && typeof copy.properties === 'object';
  return isObject ? { additionalProperties: false, ...copy } : copy;
}
