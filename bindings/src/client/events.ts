// The events of all namespaces together, as the client calls and hears them.

import type {
  MediaClientToServerEvents,
  MediaServerToClientEvents,
  NotificationsClientToServerEvents,
  NotificationsServerToClientEvents,
  RootClientToServerEvents,
  RootServerToClientEvents,
} from "../events.js";
import type { ArgumentsOf, ResponseOf } from "../socket.js";

/** Events that clients send, on all namespaces. */
export interface ClientToServerEvents
  extends RootClientToServerEvents, MediaClientToServerEvents, NotificationsClientToServerEvents {}

/** Events that the server sends, on all namespaces. */
export interface ServerToClientEvents
  extends RootServerToClientEvents, MediaServerToClientEvents, NotificationsServerToClientEvents {}

/** The arguments of an event, without the callback. */
export type CallArguments<Name extends keyof ClientToServerEvents> = ArgumentsOf<
  ClientToServerEvents[Name]
>;

/** What an event is called back with. */
export type CallResponse<Name extends keyof ClientToServerEvents> = ResponseOf<
  ClientToServerEvents[Name]
>;

/**
 * The response of a call that was not refused, with the fields that are then there.
 *
 * A refusal is a `ProtocolError`, so `success` and `error` say nothing any more.
 */
export type Accepted<Response, Present extends keyof Response = never> = Required<
  Pick<Response, Present>
> &
  Omit<Response, Present | "success" | "error">;
