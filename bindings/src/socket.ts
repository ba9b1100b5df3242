// Types that make every call of a Socket.IO client typed: listeners, `emit` with and without a
// callback, `emitWithAck`, and both after `timeout`.

import type { Socket } from "socket.io-client";
import type { HandshakeAuth } from "./types.js";

/**
 * An event whose callback may be left out.
 *
 * Two lists of arguments instead of one with an optional callback: only so does Socket.IO's own
 * type of `timeout(ms).emit` put the timeout's error in front of the response.
 */
export type EventWithCallback<Arguments extends unknown[], Response> = (
  ...args: Arguments | [...Arguments, callback: (response: Response) => void]
) => void;

/** A map from names of events to their functions. */
export type EventMap<Events> = { [Name in keyof Events]: (...args: never) => void };

/** Those argument lists of an event that end in a callback. */
type CallbackArguments<Event> = Event extends (...args: infer Arguments) => void
  ? Extract<Arguments, [...unknown[], (response: never) => void]>
  : never;

/** What comes before the callback. */
type BeforeCallback<Arguments> = Arguments extends [...infer Before, unknown] ? Before : never;

/** What the callback receives. */
type Answer<Arguments> = Arguments extends [...unknown[], (response: infer Response) => void]
  ? Response
  : never;

/** The arguments of an event that clients send, without the callback. */
export type ArgumentsOf<Event> = BeforeCallback<CallbackArguments<Event>>;

/** What an event that clients send is called back with. */
export type ResponseOf<Event> = Answer<CallbackArguments<Event>>;

/** Any event that a socket receives: comparing its name tells which payload it has. */
export type AnyReceived<Received extends EventMap<Received>> = {
  [Name in keyof Received]: [event: Name, payload: Parameters<Received[Name]>[0]];
}[keyof Received];

/** Any event that a socket sends, without the callback; `undefined` for an absent argument. */
export type AnySent<Sent> = {
  [Name in keyof Sent]: [event: Name, argument: ArgumentsOf<Sent[Name]>[0]];
}[keyof Sent];

/** Events of Socket.IO's own: they tell of the connection. */
export interface ConnectionEvents {
  /** The socket is connected, for the first time or again. */
  connect: () => void;
  /** The socket could not connect; unless it is `active`, it does not try again. */
  connect_error: (error: Error & { data?: unknown }) => void;
  /** The socket is no longer connected; unless it is `active`, it does not connect again. */
  disconnect: (reason: Socket.DisconnectReason) => void;
}

/** What waits for responses, and what is said of the next event before it is sent. */
export interface AckEmitter<Sent> {
  /** Sends an event and waits for the server's response. */
  emitWithAck<Name extends keyof Sent & string>(
    event: Name,
    ...args: ArgumentsOf<Sent[Name]>
  ): Promise<ResponseOf<Sent[Name]>>;
  /** Lets the next event be dropped while there is no connection. */
  readonly volatile: this;
  /** Whether the next event may be compressed. */
  compress(compress: boolean): this;
}

/** A client's socket whose next callback fails when the server does not respond in time. */
export interface TimedSocket<Received extends EventMap<Received>, Sent extends EventMap<Sent>>
  extends AckEmitter<Sent>, Pick<ReturnType<Socket<Received, Sent>["timeout"]>, "emit"> {}

/** What a socket is and holds, beside its methods. */
type Properties =
  | "io"
  | "id"
  | "connected"
  | "disconnected"
  | "active"
  | "recovered"
  | "receiveBuffer"
  | "sendBuffer";

/**
 * A client's socket that receives and sends the given events: socket.io-client's own, with types
 * for all that it receives and sends. It has no `send`, whose event the protocol does not know.
 *
 * It is not assignable to a plain `Socket`, for which every event exists and every payload is
 * `any`: code that takes a socket takes this type.
 */
export interface ProtocolSocket<Received extends EventMap<Received>, Sent extends EventMap<Sent>>
  extends AckEmitter<Sent>, Pick<Socket<Received, Sent>, Properties> {
  /** What the socket signs in with whenever it connects. */
  auth: HandshakeAuth | ((send: (auth: HandshakeAuth) => void) => void);

  /** Connects; on a connected socket it does nothing. `open` is the same. */
  connect(): this;
  open(): this;
  /** Disconnects until the next `connect()`. `close` is the same. */
  disconnect(): this;
  close(): this;

  /** Sends an event; the callback is given the response. */
  emit<Name extends keyof Sent & string>(event: Name, ...args: Parameters<Sent[Name]>): this;
  /** Lets the next callback fail when the server does not respond in time. */
  timeout(ms: number): TimedSocket<Received, Sent>;

  /** Listens to an event. */
  on<Name extends keyof ConnectionEvents>(event: Name, listener: ConnectionEvents[Name]): this;
  on<Name extends keyof Received>(event: Name, listener: Received[Name]): this;
  /** Listens to the next event only. */
  once<Name extends keyof ConnectionEvents>(event: Name, listener: ConnectionEvents[Name]): this;
  once<Name extends keyof Received>(event: Name, listener: Received[Name]): this;

  /** Removes a listener; all of an event, or of all events, where it is not named. */
  off<Name extends keyof ConnectionEvents>(event: Name, listener?: ConnectionEvents[Name]): this;
  off<Name extends keyof Received>(event?: Name, listener?: Received[Name]): this;
  removeListener: this["off"];
  removeAllListeners(event?: keyof ConnectionEvents | keyof Received): this;

  listeners<Name extends keyof ConnectionEvents>(event: Name): ConnectionEvents[Name][];
  listeners<Name extends keyof Received>(event: Name): Received[Name][];
  hasListeners(event: keyof ConnectionEvents | keyof Received): boolean;

  /** Listens to all events that are received. */
  onAny(listener: (...event: AnyReceived<Received>) => void): this;
  onAny(listener: (event: keyof Received) => void): this;
  prependAny(listener: (...event: AnyReceived<Received>) => void): this;
  prependAny(listener: (event: keyof Received) => void): this;
  offAny(listener?: (...event: AnyReceived<Received>) => void): this;
  listenersAny(): ((...event: AnyReceived<Received>) => void)[];

  /** Listens to all events that are sent. */
  onAnyOutgoing(listener: (...event: AnySent<Sent>) => void): this;
  onAnyOutgoing(listener: (event: keyof Sent) => void): this;
  prependAnyOutgoing(listener: (...event: AnySent<Sent>) => void): this;
  prependAnyOutgoing(listener: (event: keyof Sent) => void): this;
  offAnyOutgoing(listener?: (...event: AnySent<Sent>) => void): this;
  listenersAnyOutgoing(): ((...event: AnySent<Sent>) => void)[];
}
