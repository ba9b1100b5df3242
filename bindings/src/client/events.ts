// The events of all namespaces together, as the client calls and hears them.

import type {
  MediaClientToServerEvents,
  MediaServerToClientEvents,
  NotificationsClientToServerEvents,
  NotificationsServerToClientEvents,
  RootClientToServerEvents,
  RootServerToClientEvents,
} from "../events.js";
import type { CallOptions } from "./options.js";
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
