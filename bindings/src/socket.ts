// Types that make every call of a Socket.IO client typed: `emit` with and without a callback,
// `emitWithAck`, and both after `timeout`.

import type { Socket } from "socket.io-client";

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

/** `emitWithAck` with the arguments and the response of each event. */
export interface AckEmitter<Sent> {
  /** Sends an event and waits for the server's response. */
  emitWithAck<Name extends keyof Sent & string>(
    event: Name,
    ...args: ArgumentsOf<Sent[Name]>
  ): Promise<ResponseOf<Sent[Name]>>;
}

/** A client's socket whose next callback fails when the server does not respond in time. */
export type TimedSocket<
  Received extends EventMap<Received>,
  Sent extends EventMap<Sent>,
> = AckEmitter<Sent> & Omit<ReturnType<Socket<Received, Sent>["timeout"]>, "emitWithAck">;

/**
 * A client's socket that receives and sends the given events.
 *
 * Socket.IO's own socket, but for two methods: in its types, `emitWithAck` takes anything and
 * promises `any` for an event whose callback may be left out. Methods that return the socket for
 * chaining return Socket.IO's own type.
 */
export interface ProtocolSocket<Received extends EventMap<Received>, Sent extends EventMap<Sent>>
  extends AckEmitter<Sent>, Omit<Socket<Received, Sent>, "emitWithAck" | "timeout"> {
  /** Lets the next callback fail when the server does not respond in time. */
  timeout(ms: number): TimedSocket<Received, Sent>;
}
