// One connection: the sockets of all namespaces on it, the sign-in of each attempt, and its state.

import { Manager } from "socket.io-client";
import type { Socket } from "socket.io-client";
import { NAMESPACES, PROTOCOL_VERSION, UNSUPPORTED_VERSION } from "../events.js";
import type { AuthErrorPayload, AuthenticatedPayload } from "../types.js";
import { ProtocolError } from "./error.js";
import type { ConnectOptions, ConnectionState, Unsubscribe } from "./options.js";

/** What the parts of the client know of the connection. */
export interface Connection {
  /** A socket per namespace, in the order of `NAMESPACES`. */
  readonly sockets: readonly Socket[];
  readonly state: () => ConnectionState;
  readonly onState: (listener: () => void) => Unsubscribe;
  /** Signs in with this from the next attempt on; `undefined`: not at all. */
  readonly signInWith: (source: TokenSource | undefined) => void;
  /** Calls of `authenticate` on their way: their `authError` says nothing about the session. */
  authenticating: number;
  readonly close: (error?: ProtocolError) => void;
}

/** Where tokens come from. */
export type TokenSource = NonNullable<ConnectOptions["getToken"]>;

/** Delay before a socket connects again that the server has disconnected, in milliseconds. */
const AFTER_DISCONNECT_MS = 1000;

const nobody = { userId: undefined, email: undefined, error: undefined };

/**
 * Opens the connection and keeps it open.
 *
 * @param restore brings back what the sockets had before: awaited between the sign-in and the state
 * `connected`
 */
export function openConnection(
  url: string | undefined,
  { token, getToken, socketOptions }: ConnectOptions,
  restore: () => Promise<unknown>,
): Connection {
  let state: ConnectionState = { status: "connecting" };
  let source = getToken ?? (token ? () => token : undefined);
  let asked: Promise<string | undefined> | undefined;
  let restorations = 0;
  const listeners = new Set<() => void>();
  const offered = new Set<Socket>();
  const signedIn = new Set<Socket>();

  const change = (next: Partial<ConnectionState>) => {
    state = { ...state, ...next };
    for (const listener of [...listeners]) listener();
  };

  /** Sockets that ask at the same time share one token. */
  const ask = () =>
    (asked ??= new Promise<string | undefined>((resolve) => resolve(source?.())).finally(() => {
      asked = undefined;
    }));

  const unauthorized = (sentence: string, cause?: unknown) =>
    new ProtocolError(
      "UNAUTHORIZED",
      `${sentence}: connect with a valid token, or call session.authenticate(token)`,
      { cause },
    );

  const noToken = (cause: unknown) => change({ error: unauthorized("getToken failed", cause) });

  const manager = new Manager(url as string, {
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    ...socketOptions,
    autoConnect: false,
  });

  const settle = async (socket: Socket, outcome: Partial<ConnectionState>) => {
    if (socket === sockets[0]) change(outcome);
    if (!unsettled.delete(socket) || unsettled.size) return;
    const restoration = (restorations += 1);
    await restore();
    if (restoration === restorations && !unsettled.size) change({ status: "connected" });
  };

  /** A session that has ended by itself begins anew when there is a fresh token to be had. */
  const renew = (socket: Socket) => {
    if (!signedIn.delete(socket) || !getToken || !source) return;
    ask().then((token) => token && socket.emit("authenticate", { token }), noToken);
  };

  const sockets = NAMESPACES.map((path) => {
    const socket: Socket = manager.socket(path, {
      auth: (send: (auth: object) => void) => {
        const { engine } = manager;
        ask().then(
          (token) => {
            // The attempt this was for may be over.
            if (engine !== manager.engine) return;
            if (token) offered.add(socket);
            else offered.delete(socket);
            send({ token, protocolVersion: PROTOCOL_VERSION });
          },
          (cause) => {
            noToken(cause);
            // The next attempt asks again.
            engine.close();
          },
        );
      },
    });
    socket.on("welcome", () => offered.has(socket) || settle(socket, nobody));
    socket.on("authenticated", ({ userId, email }: AuthenticatedPayload) => {
      signedIn.add(socket);
      settle(socket, { userId, email, error: undefined });
    });
    socket.on("authError", ({ message }: AuthErrorPayload) => {
      if (connection.authenticating) return;
      settle(socket, { ...nobody, error: unauthorized(message) });
      renew(socket);
    });
    socket.on("loggedOut", () => socket === sockets[0] && change(nobody));
    socket.on("disconnect", () => {
      unsettled.add(socket);
      signedIn.delete(socket);
      if (state.status === "connected") change({ status: "reconnecting" });
      // Socket.IO leaves a socket alone that the server has disconnected.
      if (!socket.active) {
        setTimeout(() => state.status === "closed" || socket.connect(), AFTER_DISCONNECT_MS);
      }
    });
    socket.on("connect_error", (cause) => {
      const { message } = cause;
      if (!socket.active) {
        const isVersion = message.startsWith(UNSUPPORTED_VERSION);
        const advice = isVersion
          ? `, this package ${PROTOCOL_VERSION}: install the package of the server's version`
          : "";
        const code = isVersion ? "UNSUPPORTED_VERSION" : "REFUSED";
        connection.close(new ProtocolError(code, message + advice, { cause }));
      } else if (socket === sockets[0]) {
        const sentence = `No connection to ${url ?? "the page's server"} (${message}): check the \
URL, that the server runs and that it allows this origin`;
        change({ error: new ProtocolError("UNREACHABLE", sentence, { cause }) });
      }
    });
    return socket;
  });

  /** Sockets of which it is not known yet whether they are signed in. */
  const unsettled = new Set(sockets);

  const connection: Connection = {
    sockets,
    state: () => state,
    onState: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    signInWith: (next) => {
      source = next;
    },
    authenticating: 0,
    close: (error) => {
      if (state.status === "closed") return;
      change({ ...nobody, status: "closed", error });
      for (const socket of sockets) socket.disconnect();
    },
  };
  for (const socket of sockets) socket.connect();
  return connection;
}
