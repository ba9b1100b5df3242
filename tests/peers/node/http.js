// HTTP beside Socket.IO: health, publishing, and which origins may connect.

import { publish } from './publish.js';

const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** Answers what is not Socket.IO's. @param {import('./peer.js').Peer} peer */
export async function answer(peer, request, response) {
  const [status, body] = await route(peer, request);
  const isText = typeof body === 'string';
  const text = isText ? body : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; version=0.0.4' : 'application/json',
    'content-length': Buffer.byteLength(text),
    // The rest of a body that was too large is not read.
    ...(status === 413 && { connection: 'close' }),
  });
  response.end(text);
}

async function route(peer, request) {
  const path = request.url.split('?')[0];
  if (request.method === 'GET' && path === '/healthz') return [200, { status: 'ok' }];
  if (request.method === 'GET' && path === '/readyz') {
    return peer.isStopping ? [503, { status: 'draining' }] : [200, { status: 'ready' }];
  }
  if (request.method === 'GET' && path === '/metrics') return [200, metrics(peer)];
  if (request.method !== 'POST' || path !== '/publish') return [404, { error: 'Not found' }];
  const body = await read(request);
  if (body === undefined) return [413, { error: 'The body is too large' }];
  return publish(peer, request.headers.authorization, body);
}

/** In the text format of Prometheus. */
function metrics({ io, received }) {
  const line = (name, labels, value) => `${name}{${labels}} ${value}`;
  const counts = [...received].map(([event, count]) =>
    line('peer_events_received_total', `event="${event}"`, count),
  );
  const connections = ['/', '/media', '/notifications'].map((namespace) =>
    line('peer_connections', `namespace="${namespace}"`, io.of(namespace).sockets.size),
  );
  const types = ['# TYPE peer_events_received_total counter', '# TYPE peer_connections gauge'];
  return [types[0], ...counts, types[1], ...connections, ''].join('\n');
}

/** The body; `undefined` when it is too large. */
async function read(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > MAX_BODY_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/** Whether a request may connect. What sends no origin is no browser. */
export function isAllowed(origin, host, allowed) {
  if (origin === undefined) return true;
  if (allowed) return allowed.includes('*') || allowed.includes(origin);
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) return false;
  return ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname) || url.host === host;
}
