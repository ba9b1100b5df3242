// The client: typed calls, executions and state over one connection to all namespaces.

export { connect } from "./connect.js";
export { ProtocolError } from "./error.js";
export type { ProtocolErrorCode, ProtocolErrorDetails } from "./error.js";
export type { SlopClient } from "./client.js";
export type { CallOptions, ConnectOptions, ConnectionState, Unsubscribe } from "./options.js";
export type { ClaudeExecution, ClaudeStep } from "./execution.js";
export type {
  CallParameters,
  CallResponse,
  ClientToServerEvents,
  ServerToClientEvents,
} from "./events.js";
export type { Issue, Validator } from "../validator.js";
