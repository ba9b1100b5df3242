// A client under test: an unmodified socket.io-client that keeps an exact record of what it
// received, in order, and checks every event and callback against the protocol.

import { strict as assert } from 'node:assert';
import { io } from 'socket.io-client';
import { complaints, findEvent } from './protocol.js';
import { within } from './within.js';

const EVENT = 2;
const ACK = 3;
const BINARY_EVENT = 5;
const BINARY_ACK = 6;

/**
 * Connects a client that is disconnected, and whose record is judged, when the test ends.
 * @param {import('node:test').TestContext} t
 * @param {import('./server.js').Server} server
 * @param {{ namespace?: string, token?: unknown } & Record<string, unknown>} [options]
 */
export async function connect(t, server, options) {
  const client = open(t, server, options);
  await client.connected();
  return client;
}

/** The same without waiting for the connection. */
export function open(t, server, { namespace = '/', token, ...options } = {}) {
  const socket = io(server.url + namespace, {
    autoConnect: false,
    forceNew: true,
    reconnection: false,
    transports: ['websocket'],
    auth: token === undefined ? {} : { token },
    ...options,
  });
  return new Client(t, socket, namespace);
}

export class Client {
  #asked = new Map();
  #seen = new Set();
  #wake = new Set();

  constructor(t, socket, namespace) {
    this.socket = socket;
    this.namespace = namespace;
    /** Events and callbacks in the order of their arrival. */
    this.record = [];
    /** What broke the protocol. The test ends with a failure when there is any. */
    this.violations = [];
    /** Names of undeclared events that this test publishes itself. */
    this.undeclared = new Set();
    socket.io.on('packet', (packet) => packet.nsp === namespace && this.#take(packet));
    t.after(() => {
      socket.disconnect();
      assert.deepEqual(this.violations, [], `the server broke the protocol on ${namespace}`);
    });
    this.disconnected = new Promise((resolve) => socket.once('disconnect', resolve));
    this.opened = new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    this.opened.catch(() => {});
    socket.connect();
  }

  connected() {
    return within(`the connection to ${this.namespace}`, this.opened);
  }

  /** Another namespace over the same connection, as front ends have it. */
  async also(t, namespace, auth = {}) {
    const client = new Client(t, this.socket.io.socket(namespace, { auth }), namespace);
    await client.connected();
    return client;
  }

  /** Emits without a callback. */
  send(event, ...args) {
    this.socket.emit(event, ...args);
  }

  /** Emits with a callback and gives what the server called back with. */
  call(event, ...args) {
    const answer = new Promise((resolve) => {
      this.#asked.set(this.socket.ids, { event, answers: 0 });
      this.socket.emit(event, ...args, resolve);
    });
    return within(`the callback of ${event}`, answer, { details: () => this.story() });
  }

  /** The next event of this name that no earlier wait has returned; gives its payload. */
  async waitFor(event, where = () => true) {
    const entry = await this.next(`the event ${event}`, (entry) => {
      return entry.event === event && where(entry.payload);
    });
    return entry.payload;
  }

  /** The next entry of the record that matches and that no earlier wait has returned. */
  next(what, matches) {
    const arrival = new Promise((resolve) => {
      const look = () => {
        const entry = this.record.find((entry) => !this.#seen.has(entry) && matches(entry));
        if (!entry) return;
        this.#wake.delete(look);
        this.#seen.add(entry);
        resolve(entry);
      };
      this.#wake.add(look);
      look();
    });
    return within(what, arrival, { details: () => this.story() });
  }

  /** Payloads of all events of this name so far. */
  received(event) {
    return this.record.filter((entry) => entry.event === event).map((entry) => entry.payload);
  }

  /** When this returns, everything the server sent before its answer has arrived. */
  async settled() {
    assert.equal(this.namespace, '/', 'ping exists on / only');
    await this.call('ping');
  }

  /** The names of what arrived: `welcome`, `authenticated`, `callback of ping`, … */
  order() {
    return this.record.map((entry) => entry.event ?? `callback of ${entry.callback}`);
  }

  story() {
    return `Received on ${this.namespace}: ${JSON.stringify(this.record).slice(0, 2000)}`;
  }

  #take(packet) {
    if (packet.type === EVENT || packet.type === BINARY_EVENT) this.#takeEvent(packet.data);
    if (packet.type === ACK || packet.type === BINARY_ACK) this.#takeCallback(packet);
    for (const look of this.#wake) look();
  }

  #takeEvent([event, ...args]) {
    this.record.push({ event, payload: args[0] });
    const declared = findEvent('server', this.namespace, event);
    if (declared)
      return this.#judge(
        event,
        declared.arguments.map((one) => one.schema),
        args,
      );
    if (!this.undeclared.has(event)) this.violations.push(`undeclared event ${event}`);
  }

  #takeCallback({ id, data }) {
    const asked = this.#asked.get(id);
    this.record.push({ callback: asked?.event, payload: data[0] });
    if (!asked) return this.violations.push(`a callback ${id} that nobody asked for`);
    asked.answers += 1;
    if (asked.answers > 1) this.violations.push(`${asked.event} was called back twice`);
    const declared = findEvent('client', this.namespace, asked.event);
    if (declared) this.#judge(`callback of ${asked.event}`, [declared.callback.schema], data);
  }

  #judge(what, schemas, values) {
    if (values.length !== schemas.length) {
      this.violations.push(`${what} carries ${values.length} values, not ${schemas.length}`);
    }
    schemas.forEach((schema, index) => {
      const broken = complaints(schema, values[index]);
      this.violations.push(...broken.map((complaint) => `${what}: ${complaint}`));
    });
  }
}
