// What can be told to the client: how to connect, how to sign in, how long to wait.

import type { ManagerOptions, SocketOptions } from "socket.io-client";
import type { AuthenticatedPayload } from "../types.js";
import type { Validator } from "../validator.js";
import type { ProtocolError } from "./error.js";

/** How to connect. All of it may be left out. */
export interface ConnectOptions {
  /** JWT token to sign in with. */
  token?: string | undefined;
  /**
   * Gives the token to sign in with, or `undefined` to connect unauthenticated. Asked for each
   * attempt to connect, and again when the token of a signed-in client has expired.
   */
  getToken?: (() => string | undefined | Promise<string | undefined>) | undefined;
  /** How long calls wait for their response, in ms, below 2^31; 10000 when absent. */
  timeoutMs?: number | undefined;
  /** Checks all that is sent and received; import it from `@slopstudios/protocol/validate`. */
  validator?: Validator | undefined;
  /**
   * Told what no call can be told: events that fail validation, which no listener receives, and
   * rooms and subscriptions that cannot be restored. `console.error` when absent.
   */
  onError?: ((error: ProtocolError) => void) | undefined;
  /**
   * Options of Socket.IO itself: transports, path, delays between attempts, headers. Not those that
   * the client decides on: how to sign in, how long to wait, what to send again.
   */
  socketOptions?:
    Omit<Partial<ManagerOptions & SocketOptions>, "auth" | "retries" | "ackTimeout"> | undefined;
}

/** How to make one call. */
export interface CallOptions {
  /** How long to wait for the response, in ms, below 2^31, connecting included. */
  timeoutMs?: number | undefined;
  /** Gives the call up. A call that was not sent yet is never sent. */
  signal?: AbortSignal | undefined;
}

/** The connection, and who is signed in. A new object whenever something of it changes. */
export interface ConnectionState {
  /**
   * - `connecting`: for the first time or again
   * - `connected`: all namespaces are connected, the outcome of the sign-in is known, rooms and
   *   subscriptions have been asked for again; their answers may be on their way
   * - `closed`: for good; `error` tells why
   */
  readonly status: "connecting" | "connected" | "closed";
  /** Who is signed in. */
  readonly user?: AuthenticatedPayload | undefined;
  /** Why the last attempt to connect or to sign in failed. */
  readonly error?: ProtocolError | undefined;
}

/** Ends what it was returned for. May be called twice. */
export type Unsubscribe = () => void;
