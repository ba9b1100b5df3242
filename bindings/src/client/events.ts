// The events of all namespaces together, as the client calls and hears them.

import type { Socket } from "socket.io-client";
import type {
  MediaClientToServerEvents,
  MediaServerToClientEvents,
  NotificationsClientToServerEvents,
  NotificationsServerToClientEvents,
  RootClientToServerEvents,
  RootServerToClientEvents,
} from "../events.js";
import type { ProtocolError } from "./error.js";
import type { CallOptions, Unsubscribe } from "./options.js";
import type { ArgumentsOf, ResponseOf } from "../socket.js";

/** Events that clients send, on all namespaces. */
export interface ClientToServerEvents
  extends RootClientToServerEvents, MediaClientToServerEvents, NotificationsClientToServerEvents {}

/** Events that the server sends, on all namespaces. */
export interface ServerToClientEvents
  extends RootServerToClientEvents, MediaServerToClientEvents, NotificationsServerToClientEvents {}

/** The argument of an event; `undefined` where it has none or may do without. */
export type CallArgument<Name extends keyof ClientToServerEvents> = ArgumentsOf<
  ClientToServerEvents[Name]
>[0];

/** What follows the name of an event in a call: its argument, and options. */
export type CallParameters<Name extends keyof ClientToServerEvents> =
  undefined extends CallArgument<Name>
    ? [argument?: CallArgument<Name>, options?: CallOptions]
    : [argument: CallArgument<Name>, options?: CallOptions];

/** What an event is called back with. */
export type CallResponse<Name extends keyof ClientToServerEvents> = ResponseOf<
  ClientToServerEvents[Name]
>;

/** Sends an event over a connection. */
export type Call = <Name extends keyof ClientToServerEvents>(
  event: Name,
  argument?: CallArgument<Name>,
  options?: CallOptions,
  /** Called with the response before anything is handled that the server sent after it. */
  accepted?: (response: CallResponse<Name>) => void,
  /** The socket, where the event exists on several namespaces. */
  socket?: Socket,
) => Promise<CallResponse<Name>>;

/** Listens to an event over a connection. A payload that breaks rules goes to `broken` instead. */
export type Listen = <Name extends keyof ServerToClientEvents>(
  event: Name,
  listener: ServerToClientEvents[Name],
  broken?: (error: ProtocolError, payload: Parameters<ServerToClientEvents[Name]>[0]) => void,
) => Unsubscribe;
