// The client: one connection to all namespaces, with a method for each thing that clients do.

import type { MediaSocket, NotificationsSocket, RootSocket } from "../events.js";
import type {
  AuthenticateResponse,
  ClaudeCancelCallback,
  ClaudeExecutePayload,
  ClaudeStatusCallback,
  ConnectionInfoResponse,
  MediaId,
  ProcessId,
  RoomName,
} from "../types.js";
import type {
  Accepted,
  CallArguments,
  CallResponse,
  ClientToServerEvents,
  ServerToClientEvents,
} from "./events.js";
import type { ClaudeExecution } from "./execution.js";
import type { CallOptions, ConnectionState, Unsubscribe } from "./options.js";

/** A client of the protocol. All methods that return a promise reject with a `ProtocolError`. */
export interface SlopClient {
  /** The connection and who is signed in, now. */
  readonly state: ConnectionState;
  /** Calls back after each change of the state. */
  onState(listener: (state: ConnectionState) => void): Unsubscribe;
  /**
   * Resolves once the client is connected and, when it has a token, signed in. Rejects when that
   * fails, while the client goes on trying; asked again, it waits for the next outcome.
   */
  ready(options?: CallOptions): Promise<void>;
  /** Calls back for an event of the server, on whatever namespace it is sent. */
  on<Name extends keyof ServerToClientEvents>(
    event: Name,
    listener: ServerToClientEvents[Name],
  ): Unsubscribe;
  /** Sends any event with its arguments and gives what the server calls back with. */
  call<Name extends keyof ClientToServerEvents>(
    event: Name,
    args: CallArguments<Name>,
    options?: CallOptions,
  ): Promise<CallResponse<Name>>;
  readonly session: {
    /** Signs in, on all namespaces, now and whenever the client connects again. */
    authenticate(
      token: string,
      options?: CallOptions,
    ): Promise<Accepted<AuthenticateResponse, "userId">>;
    /** Signs out, on all namespaces, for good. */
    logout(options?: CallOptions): Promise<void>;
    /** Tells about the connection. */
    info(options?: CallOptions): Promise<ConnectionInfoResponse>;
  };
  readonly rooms: {
    /** Joins a room, and joins it again whenever the client connects again. */
    join(room: RoomName, options?: CallOptions): Promise<void>;
    /** Leaves a room. */
    leave(room: RoomName, options?: CallOptions): Promise<void>;
  };
  readonly media: {
    /** Subscribes to a media item, and again whenever the client connects again. */
    subscribe(mediaId: MediaId, options?: CallOptions): Promise<void>;
    /** Ends the subscription. */
    unsubscribe(mediaId: MediaId, options?: CallOptions): Promise<void>;
  };
  readonly claude: {
    /**
     * Executes a prompt. The options are about the acceptance of the process, not about how long
     * it takes; an abort after it ends the process.
     */
    execute(payload: ClaudeExecutePayload, options?: CallOptions): ClaudeExecution;
    /** Follows a process that was started elsewhere, as before this page was loaded. */
    follow(processId: ProcessId, options?: CallOptions): ClaudeExecution;
    /** Tells the status of a process. */
    status(
      processId: ProcessId,
      options?: CallOptions,
    ): Promise<Accepted<ClaudeStatusCallback, "status">>;
    /** Ends a process. */
    cancel(
      processId: ProcessId,
      options?: CallOptions,
    ): Promise<Accepted<ClaudeCancelCallback, "message">>;
  };
  /** The sockets of the connection, for all that has no method here. */
  readonly sockets: {
    readonly root: RootSocket;
    readonly media: MediaSocket;
    readonly notifications: NotificationsSocket;
  };
  /** Ends the connection for good, and all calls and executions with `CLOSED`. */
  close(): void;
}
