// Connecting: puts a client together over one connection.

import { caller } from "./call.js";
import { executions } from "./claude.js";
import type { SlopClient } from "./client.js";
import { openConnection } from "./connection.js";
import { listening } from "./listen.js";
import type { CallOptions, ConnectOptions } from "./options.js";
import { ready } from "./ready.js";
import { membership } from "./restore.js";
import { session } from "./session.js";

/**
 * Connects to a server: one connection for all namespaces, kept up until `close()`.
 *
 * @param url of the server, like `http://localhost:3000`; the page's own when absent
 */
export function connect(url?: string, options: ConnectOptions = {}): SlopClient {
  const { onError = console.error } = options;
  const connection = openConnection(url, options, () => {
    return Promise.all([rooms.restore(), media.restore()]);
  });
  const { state, onState, close } = connection;
  const [root, ofMedia, notifications] = connection.sockets;
  const call = caller(connection, options);
  const on = listening(connection, options);
  const rooms = membership(call, "joinRoom", "leaveRoom", onError);
  const media = membership(call, "subscribeMedia", "unsubscribeMedia", onError);
  const claude = executions(connection, call, on);

  return {
    get state() {
      return state();
    },
    onState: (listener) => onState(() => listener(state())),
    ready: (how) => ready(connection, { timeoutMs: options.timeoutMs, ...how }),
    on: (event, listener) => on(event, listener),
    call: (event, args, how) => call(event, args, how),
    session: session(connection, options, call, () => {
      rooms.forget();
      media.forget();
    }),
    rooms: { join: rooms.enter, leave: rooms.leave },
    media: { subscribe: media.enter, unsubscribe: media.leave },
    claude,
    sockets: { root, media: ofMedia, notifications },
    close: () => close(),
  };
}
