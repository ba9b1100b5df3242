// Node's socket.io with ajv: the reference server that the benchmark's ratios are taken against.
//
// The payload of every event is validated against the same schemas as in the project's own server,
// read from schema/json/protocol.json; the handlers do the same work and answer the same way.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Server } from 'socket.io';
import { execute } from './claude.js';

const bundle = JSON.parse(
  readFileSync(new URL('../../../schema/json/protocol.json', import.meta.url), 'utf8'),
);

const validators = compile();
const http = createServer(publish);
const io = new Server(http);

io.on('connection', (socket) => {
  socket.emit('welcome', {
    message: 'Welcome',
    socketId: socket.id,
    serverTime: new Date().toISOString(),
  });

  on(socket, 'heartbeat', (payload, callback) => {
    const now = Date.now();
    const sent = payload?.timestamp;
    const latency = sent > 0 ? Math.max(0, Math.floor(now - sent)) : null;
    const serverTime = new Date(now).toISOString();
    socket.emit('heartbeatAck', { timestamp: now, serverTime, latency });
    callback?.({ timestamp: now, serverTime, latency });
  });

  on(socket, 'ping', (callback) => {
    const timestamp = Date.now();
    socket.emit('pong', { timestamp });
    callback?.({ timestamp });
  });

  on(socket, 'joinRoom', (room, callback) => {
    socket.join(room);
    socket.emit('roomJoined', { room, success: true });
    callback?.({ success: true, room });
  });

  on(socket, 'leaveRoom', (room, callback) => {
    socket.leave(room);
    socket.emit('roomLeft', { room, success: true });
    callback?.({ success: true, room });
  });

  on(socket, 'claude:execute', (payload, callback) => execute(socket, payload, callback));
});

/** One validator per event that clients send, by name; an event without argument has none. */
function compile() {
  // The bundle's own keywords and formats are not for ajv; neither does the project assert formats.
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const withArgument = bundle.events.filter(
    (event) => event.direction === 'client' && event.arguments.length > 0,
  );
  return Object.fromEntries(
    withArgument.map((event) => [
      event.name,
      ajv.compile({ ...event.arguments[0].schema, $defs: bundle.$defs }),
    ]),
  );
}

/** Listens for an event whose argument must satisfy the protocol's schema. */
function on(socket, event, handler) {
  const validate = validators[event];
  socket.on(event, (...given) => {
    if (validate && !validate(given[0])) {
      socket.emit('error', { code: 'INVALID_PAYLOAD', message: 'Invalid payload', event });
      return;
    }
    handler(...given);
  });
}

/** `POST /publish`: emits an event to a room, as the project's own server does. */
function publish(request, response) {
  if (request.headers.authorization !== `Bearer ${process.env.PUBLISH_TOKEN}`) {
    response.writeHead(401, { 'content-length': 0 }).end();
    return;
  }
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    const { room, event, payload } = JSON.parse(body);
    io.to(room).emit(event, payload);
    const answer = '{"delivered":null}';
    response.writeHead(202, {
      'content-type': 'application/json',
      'content-length': answer.length,
    });
    response.end(answer);
  });
}

http.listen(0, '127.0.0.1', () => {
  console.log(`node listening on http://127.0.0.1:${http.address().port}`);
});
