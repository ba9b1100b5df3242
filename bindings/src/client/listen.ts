// Listening: events of the server on whatever namespace they are sent, checked when a validator is
// there.

import { OF_SERVER, invalid, socketOf } from "./call.js";
import type { Connection } from "./connection.js";
import type { ProtocolError } from "./error.js";
import type { ServerToClientEvents } from "./events.js";
import type { ConnectOptions, Unsubscribe } from "./options.js";

/** Calls back for an event of the server. A payload that breaks rules goes to `broken` instead. */
export type Listen = <Name extends keyof ServerToClientEvents>(
  event: Name,
  listener: ServerToClientEvents[Name],
  broken?: (error: ProtocolError, payload: Parameters<ServerToClientEvents[Name]>[0]) => void,
) => Unsubscribe;

/** Listens on the sockets of a connection. */
export function listening(
  connection: Connection,
  { validator, onError = console.error }: ConnectOptions,
): Listen {
  return (event: string, listener: (payload: never) => void, broken = onError) => {
    const socket = socketOf(connection, event);
    const receive = (payload: unknown) => {
      const issues = validator?.received(event, [payload]);
      if (issues) broken(invalid(event, issues, OF_SERVER), payload as never);
      else listener(payload as never);
    };
    socket.on(event, receive);
    return () => socket.off(event, receive);
  };
}
