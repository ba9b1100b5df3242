// The recorder: tells a story with the official client against a server and prints what happened.
//
// A story script exports `about`, `clients`, perhaps `needs`, and the story as its default export.
// It writes tokens such as `<room:lobby>` and `<token:ada>` where a transcript has them. Nothing in
// it waits for answers: after each act the recorder listens until all is quiet. Engine.IO packets
// are not recorded.

import { createHmac, randomBytes } from 'node:crypto';
import { io } from 'socket.io-client';

/** When nothing arrives for this time, nothing more is taken to come. */
const QUIET_MS = Number(process.env.RECORD_QUIET_MS ?? 250);
const TICK_MS = 10;
const EVENT = 2;
const ACK = 3;
const [script, url, secret, publishToken] = process.argv.slice(2);
const run = randomBytes(4).toString('hex');

/** Real values and the tokens that stand for them. */
const names = { [publishToken]: '<publishToken>' };
const log = [];
let callbacks = 0;
let quietTicks = 0;

const story = await import(script);
const players = Object.fromEntries(
  Object.entries(story.clients).map(([name, client]) => [name, player(name, client)]),
);
for (const [name, { connects }] of Object.entries(story.clients)) {
  if (connects !== false) await players[name].connect();
}
await story.default(players, { request, publish, redis, wait });
const clients = Object.entries(story.clients).map(([name, { namespace = '/', auth, headers }]) => {
  return [name, { namespace, auth: expand(auth), headers: expand(headers) }];
});
const { about, needs = [] } = story;
const session = { about, needs, names, clients: Object.fromEntries(clients), steps: log };
process.stdout.write(JSON.stringify(session), () => process.exit(0));

/** One client of the story. */
function player(name, { namespace = '/', auth, headers }) {
  let socket;
  const note = (verb, rest = {}) => log.push({ [name]: verb, ...rest });
  const arrive = (verb, rest) => {
    quietTicks = 0;
    note(verb, rest);
  };

  function tap({ type, nsp, id, data }) {
    if (nsp !== namespace) return;
    if (type === EVENT) arrive('receives', { event: data[0], payload: data[1] });
    if (type === ACK) arrive('is called back', { callback: socket.numbers.get(id), with: data[0] });
  }

  function open() {
    socket = io(url + namespace, {
      autoConnect: false,
      forceNew: true,
      reconnection: false,
      transports: ['websocket'],
      auth: expand(auth),
      extraHeaders: expand(headers),
    });
    socket.numbers = new Map();
    socket.io.on('packet', tap);
    const ended = (reason) => reason !== 'io client disconnect' && arrive('is disconnected');
    socket.on('disconnect', ended);
    const opened = new Promise((resolve, reject) => {
      socket.once('connect', resolve).once('connect_error', reject);
    });
    socket.connect();
    return opened;
  }

  return {
    async connect() {
      const connected = log.length;
      await open();
      names[socket.id] = `<socketId:${name}>`;
      log.splice(connected, 0, { [name]: 'connects' });
      await quiet();
    },
    async isRefused() {
      const refusal = await open().then(
        () => null,
        (error) => error,
      );
      note('is refused', { message: refusal.message });
    },
    async disconnect() {
      note('disconnects');
      socket.disconnect();
      await quiet();
    },
    /** Sends without a callback. */
    async send(event, ...args) {
      note('emits', { event, arguments: expand(args) });
      socket.emit(event, ...expand(args));
      await quiet();
    },
    /** Sends one event after the other with these arguments, at once. */
    async sendAll(event, values) {
      for (const value of expand(values)) {
        note('emits', { event, arguments: [value] });
        socket.emit(event, value);
      }
      await quiet();
    },
    /** Sends with a callback; gives what it is called back with. */
    async call(event, ...args) {
      const number = (callbacks += 1);
      note('emits', { event, arguments: expand(args), callback: number });
      let answer;
      socket.numbers.set(socket.ids, number);
      socket.emit(event, ...expand(args), (with_) => (answer = with_));
      await quiet();
      return answer;
    },
    /** Waits until an event of this name has arrived since the story began. */
    async sees(event, where = () => true) {
      const seen = () =>
        log.some(
          (step) => step[name] === 'receives' && step.event === event && where(step.payload),
        );
      for (let time = 0; !seen(); time += 50) {
        if (time > 20_000) throw new Error(`${name} never received ${event}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      await quiet();
    },
    get id() {
      return socket.id;
    },
  };
}

/** An HTTP request. `show` names the fields of the answer that the transcript keeps. */
async function request(request, { headers = {}, body, show = [], mentions = [] } = {}) {
  const [method, path] = request.split(' ');
  // What the request leads to may arrive before its answer.
  const step = { request };
  log.push(step);
  if (Object.keys(headers).length) step.headers = expand(headers);
  if (body !== undefined) step.body = expand(body);
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await fetch(url + path, {
    method,
    headers: { ...json, ...step.headers },
    body: body === undefined ? undefined : JSON.stringify(step.body),
  });
  step.status = response.status;
  const text = await response.text();
  const answer = text.startsWith('{') ? JSON.parse(text) : {};
  if (show.length) step.answer = Object.fromEntries(show.map((field) => [field, answer[field]]));
  const absent = mentions.find((mention) => !text.includes(mention));
  if (absent !== undefined) throw new Error(`${text} does not mention ${absent}`);
  if (mentions.length) step.mentions = mentions;
  await quiet();
}

/** POST /publish with the right token. */
async function publish(body, { mentions } = {}) {
  const headers = { authorization: 'Bearer <publishToken>' };
  const show = mentions ? [] : ['delivered'];
  await request('POST /publish', { headers, body, show, mentions });
}

/** Stops or starts the Redis behind the server: whoever runs the recorder does it. */
async function redis(what) {
  log.push({ redis: what });
  process.stderr.write(`redis ${what}\n`);
  await new Promise((resolve) => process.stdin.once('data', resolve));
}

async function wait(waitMs, because) {
  log.push({ waitMs, because });
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  await quiet();
}

/** Counts ticks, not time: while the machine stands still, nothing can arrive. */
async function quiet() {
  for (quietTicks = 0; quietTicks * TICK_MS < QUIET_MS; quietTicks += 1) {
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    // What lies in the socket already is read before the next timer.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A value with tokens as it is sent. */
function expand(value) {
  if (typeof value === 'string') return expandText(value);
  if (Array.isArray(value)) return value.map(expand);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, expand(part)]));
}

function expandText(text) {
  return text.replace(
    /<(user|room|media|token|repeat|socketId):([^>]*)>|<publishToken>/g,
    (token, kind, rest) => {
      if (kind === undefined) return publishToken;
      if (kind === 'repeat') {
        const [, part, times] = /^(.*):(\d+)$/.exec(rest);
        return part.repeat(Number(times));
      }
      if (kind === 'socketId') return players[rest].id;
      const value = kind === 'token' ? signed(rest) : `${run}-${rest}`;
      names[value] = token;
      return value;
    },
  );
}

/** A JSON Web Token; the variants are those of `tests/src/jwt.rs`. */
function signed(text) {
  const [user, variant = ''] = text.split(', ');
  names[`${run}-${user}`] = `<user:${user}>`;
  const seconds = Math.floor(Date.now() / 1000);
  const alg = { HS384: 'HS384', HS512: 'HS512', unsigned: 'none', 'as RS256': 'RS256' }[variant];
  const name = { 'by id': 'id', 'by sub': 'sub', 'without user': 'nobody' }[variant] ?? 'userId';
  const exp = { expired: -120, 'ending soon': -20 }[variant] ?? 3600;
  const claims = {
    [name]: `${run}-${user}`,
    ...(variant === 'without exp' ? {} : { exp: seconds + exp }),
    ...(variant === 'not yet valid' ? { nbf: seconds + 120 } : {}),
    ...(variant === 'with email' ? { email: 'ada@example.org' } : {}),
  };
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${encode({ alg: alg ?? 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  if (variant === 'unsigned') return `${body}.`;
  const key = variant === 'by another secret' ? `not ${secret}` : secret;
  const bits = { HS384: 384, HS512: 512 }[variant] ?? 256;
  return `${body}.${createHmac(`sha${bits}`, key).update(body).digest('base64url')}`;
}
