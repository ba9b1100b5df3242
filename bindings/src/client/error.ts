// Errors: one class for everything that can go wrong, with a code to switch on.

import type { ClaudeErrorCode, ErrorCode } from "../types.js";
import type { Issue } from "../validator.js";

/**
 * What went wrong: a code of the protocol, or one of the client's own.
 *
 * - `UNREACHABLE`: no server answers at this URL; the client keeps trying until it is closed
 * - `UNSUPPORTED_VERSION`: the server speaks another major version of the protocol
 * - `REFUSED`: the server said no, and the sentence is all it said
 * - `TIMEOUT`: no response in time; the event may have been handled
 * - `DISCONNECTED`: the connection was lost before the response; the event may have been handled
 * - `ABORTED`: the call's `AbortSignal` was aborted
 * - `CLOSED`: the client was closed
 */
export type ProtocolErrorCode =
  | ClaudeErrorCode
  | ErrorCode
  | "UNREACHABLE"
  | "UNSUPPORTED_VERSION"
  | "REFUSED"
  | "TIMEOUT"
  | "DISCONNECTED"
  | "ABORTED"
  | "CLOSED";

/** What a {@link ProtocolError} can tell beside its code and sentence. */
export interface ProtocolErrorDetails {
  /** Name of the event that failed. */
  readonly event?: string | undefined;
  /** The Claude process that failed. */
  readonly processId?: string | undefined;
  /** The broken rules of a payload, as the validator of this client found them. */
  readonly issues?: readonly Issue[] | undefined;
  /**
   * Where the error came from: the `error` or `claude:error` of the server, the reason of an abort,
   * an error of the transport.
   */
  readonly cause?: unknown;
}

/** Everything that a call, an execution or a connection can fail with. */
export class ProtocolError extends Error implements ProtocolErrorDetails {
  declare readonly name: "ProtocolError";
  /** What to switch on. */
  declare readonly code: ProtocolErrorCode;
  declare readonly event?: string | undefined;
  declare readonly processId?: string | undefined;
  declare readonly issues?: readonly Issue[] | undefined;

  constructor(code: ProtocolErrorCode, message: string, details?: ProtocolErrorDetails) {
    super(message);
    Object.assign(this, { name: "ProtocolError", code, ...details });
  }
}
