// Errors: one class for everything that can go wrong, with a code to switch on.

import type { ClaudeErrorCode, ErrorCode } from "../types.js";
import type { Issue } from "../validator.js";

/**
 * What went wrong: a code of the protocol, or one of the client's own.
 *
 * - `UNREACHABLE`: no server answers at this URL; the client keeps trying until it is closed
 * - `UNSUPPORTED_VERSION`: the server speaks another major version of the protocol
 * - `REFUSED`: the server said no, and the sentence is all it said
 * - `TIMEOUT`: the server did not respond in time
 * - `DISCONNECTED`: the connection was lost before the response
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
  /** What the error came from: an abort's reason, the transport's error. */
  cause?: unknown;
  /** Name of the event that failed. */
  event?: string | undefined;
  /** The Claude process that failed. */
  processId?: string | undefined;
  /** The broken rules of a payload. */
  issues?: readonly Issue[] | undefined;
}

/** Everything that a call, an execution or a connection can fail with. */
export class ProtocolError extends Error implements ProtocolErrorDetails {
  /** What to switch on. */
  readonly code: ProtocolErrorCode;
  declare readonly event?: string | undefined;
  declare readonly processId?: string | undefined;
  declare readonly issues?: readonly Issue[] | undefined;

  constructor(code: ProtocolErrorCode, message: string, details: ProtocolErrorDetails = {}) {
    super(message);
    this.name = "ProtocolError";
    this.code = code;
    Object.assign(this, details);
  }
}

/** The error of everything that `close()` ends. */
export const closed = () => new ProtocolError("CLOSED", "The client was closed");
