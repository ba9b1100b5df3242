// Another server for the Rust client's tests: the protocol as far as they need it, by socket.io.
// Prints the port it listens on, and ends with its standard input. Arguments: the heartbeat's
// interval and timeout in milliseconds.

import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const [pingInterval = 25_000, pingTimeout = 20_000] = process.argv.slice(2).map(Number);
const io = new Server(http, { pingInterval, pingTimeout });

const now = () => new Date().toISOString();

for (const path of ['/', '/media', '/notifications']) {
  io.of(path).use((socket, next) => {
    const { token } = socket.handshake.auth;
    next(token === 'refused here' ? new Error('No entry') : undefined);
  });
  io.of(path).on('connection', (socket) => {
    socket.emit('welcome', { message: 'Hello', socketId: socket.id, serverTime: now() });
    const { token } = socket.handshake.auth;
    if (token === 'bad') socket.emit('authError', { message: 'Invalid token' });
    else if (token && token !== 'ignored') {
      socket.emit('authenticated', { userId: token.split('.')[0], authenticatedAt: now() });
    }
    serve(socket);
  });
}

function serve(socket) {
  const rooms = new Set();
  socket.on('authenticate', ({ token }, call) => {
    if (token.includes('wrong')) call({ success: false, error: 'Invalid token' });
    else call({ success: true, userId: 'somebody' });
  });
  socket.on('joinRoom', (room, call) => {
    rooms.add(room);
    call({ success: true, room });
  });
  socket.on('leaveRoom', (room, call) => {
    rooms.delete(room);
    call({ success: true, room });
  });
  socket.on('subscribeMedia', (mediaId, call) => call({ success: true, mediaId }));
  socket.on('getConnectionInfo', (call) => {
    const names = [socket.id, ...rooms];
    const state = { connected: true, authenticated: false, connectedAt: now() };
    call({ socketId: socket.id, rooms: names, ...state });
  });
  socket.on('ping', (call) => call?.({ timestamp: Date.now() }));
  socket.on('connections', (call) => call(io.engine.clientsCount));
  socket.on('silence', () => {});
  socket.on('binary', (bytes, call) => {
    socket.emit('picture', { name: 'dot' }, Buffer.from([1, 2, 3]), Buffer.from([]));
    socket.emit('notification', { id: Buffer.from('x') });
    call?.(Buffer.from([4, 5]), 'text');
  });
  socket.on('progress', (count, call) => {
    for (let i = 0; i < count; i += 1) {
      socket.emit('mediaProgress', { mediaId: 'm1', progress: i % 101, stage: `${i}` });
    }
    call?.();
  });
  socket.on('large', (bytes, call) => {
    socket.emit('large', 'x'.repeat(bytes));
    call('y'.repeat(bytes));
  });
  socket.on('leave', () => socket.disconnect(true));
}

http.listen(0, '127.0.0.1', () => {
  console.log(http.address().port);
});
process.stdin.on('end', () => process.exit(0)).resume();
