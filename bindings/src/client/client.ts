// The client: one connection to all namespaces, with a method for each thing that clients do.

import type { MediaSocket, NotificationsSocket, RootSocket } from "../events.js";
import type {
  CallParameters,
  CallResponse,
  ClientToServerEvents,
  ServerToClientEvents,
} from "./events.js";
import type { Claude } from "./execution.js";
import type { CallOptions, ConnectionState, Unsubscribe } from "./options.js";
import type { Session } from "./session.js";

/** A client of the protocol. All methods that return a promise reject with a `ProtocolError`. */
export interface SlopClient {
  /** The connection and who is signed in, now. */
  readonly state: ConnectionState;
  /** Calls back after each change of the state. What a listener throws is an unhandled rejection. */
  onState(listener: (state: ConnectionState) => void): Unsubscribe;
  /**
   * The outcome of the first attempt: connected and, when there is a token, signed in. Rejects when
   * that failed, while the client goes on trying; `state` tells how that goes.
   */
  readonly ready: Promise<void>;
  /**
   * Calls back for an event of the server, on the namespace it belongs to. Those that all namespaces
   * have (`welcome`, `authenticated`, `authError`, `loggedOut`, `error`) are heard on `/` only; for
   * the others there is `sockets`.
   */
  on<Name extends keyof ServerToClientEvents>(
    event: Name,
    listener: ServerToClientEvents[Name],
  ): Unsubscribe;
  /**
   * Sends an event and gives what the server calls back with: `call("joinRoom", "project-123")`.
   * Waits for the connection first. Joined rooms and subscribed media items are joined and
   * subscribed again whenever the client connects again. For signing in and out there is `session`,
   * which does it on all namespaces.
   */
  call<Name extends Exclude<keyof ClientToServerEvents, "authenticate" | "logout">>(
    event: Name,
    ...parameters: CallParameters<Name>
  ): Promise<CallResponse<Name>>;
  readonly session: Session;
  readonly claude: Claude;
  /** The typed sockets of the connection by namespace, for all that has no method here. */
  readonly sockets: {
    readonly "/": RootSocket;
    readonly "/media": MediaSocket;
    readonly "/notifications": NotificationsSocket;
  };
  /** Ends the connection for good, and all calls and executions with `CLOSED`. */
  close(): void;
}
