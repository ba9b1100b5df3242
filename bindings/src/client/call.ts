// Calls: an event is sent, and its callback becomes the promise's value or error.

import type { Socket } from "socket.io-client";
import { EVENT_NAMESPACES, NAMESPACES, PROTOCOL_VERSION } from "../events.js";
import type { NamespacePath } from "../events.js";
import type { ErrorDetail } from "../types.js";
import type { Issue } from "../validator.js";
import type { Connection } from "./connection.js";
import { ProtocolError, closed } from "./error.js";
import type { ProtocolErrorCode } from "./error.js";
import type { CallArguments, CallResponse, ClientToServerEvents } from "./events.js";
import type { CallOptions, ConnectOptions } from "./options.js";
import { DEFAULT_TIMEOUT_MS, patiently } from "./patience.js";

/** Sends an event and gives what it was called back with. Rejects with a `ProtocolError`. */
export type Call = <Name extends keyof ClientToServerEvents>(
  event: Name,
  args: CallArguments<Name>,
  options?: CallOptions,
  how?: How<CallResponse<Name>>,
) => Promise<CallResponse<Name>>;

/** How a call differs from those that users make. */
interface How<Response> {
  /** The socket, where the event exists on several namespaces. */
  socket?: Socket;
  /** Whether to send before the connection counts as `connected`. */
  early?: boolean;
  /** Called with the response before anything is handled that the server sent after it. */
  accepted?: (response: Response) => void;
}

/** What callbacks say that can say no. */
interface Outcome {
  success?: boolean;
  error?: string;
}

/** What `error`, `claude:error` and `authError` have in common. */
interface Refusal {
  code?: ProtocolErrorCode;
  message: string;
  details?: readonly ErrorDetail[];
}

/** The socket of the first namespace on which an event exists. */
export function socketOf({ sockets }: Connection, event: string): Socket {
  const elsewhere: Readonly<Record<string, NamespacePath>> = EVENT_NAMESPACES;
  return sockets[NAMESPACES.indexOf(elsewhere[event] ?? NAMESPACES[0])] as Socket;
}

/** The error of a payload that breaks rules. */
export function invalid(event: string, issues: readonly Issue[], advice = ""): ProtocolError {
  const sentences = issues.map(({ message }) => message).join("; ");
  return new ProtocolError("INVALID_PAYLOAD", `${event}: ${sentences}${advice}`, { event, issues });
}

/** What to do about a payload of the server's that breaks rules. */
export const OF_SERVER = ` (sent by the server: does it speak version ${PROTOCOL_VERSION}?)`;

/** Makes calls over a connection. */
export function caller(connection: Connection, options: ConnectOptions): Call {
  const { sockets, state, onState } = connection;
  const { validator, timeoutMs: usualTimeoutMs = DEFAULT_TIMEOUT_MS } = options;
  /** The server tells what is wrong in an event, then calls back with the same sentence. */
  const refusals = new Map<Socket, Refusal>();
  for (const socket of sockets) {
    for (const event of ["error", "claude:error", "authError"]) {
      socket.on(event, (refusal: Refusal) => refusals.set(socket, refusal));
    }
  }

  const refused = (socket: Socket, event: string, sentence: string) => {
    const told = refusals.get(socket);
    if (told?.message !== sentence) return new ProtocolError("REFUSED", sentence, { event });
    const issues = told.details?.map(({ message, path }) => {
      return { message, path: path.split("/").slice(1) };
    });
    return new ProtocolError(told.code ?? "UNAUTHORIZED", sentence, { event, issues });
  };

  return async (event, args, { timeoutMs = usualTimeoutMs, signal } = {}, how = {}) => {
    const { socket = socketOf(connection, event), early, accepted } = how;
    const fault = (code: ProtocolErrorCode, sentence: string) =>
      new ProtocolError(code, `${event}: ${sentence}`, { event });
    const broken = validator?.sent(event, args);
    if (broken) throw invalid(event, broken);
    let sent = early;
    const late = (waitedMs: number) =>
      sent
        ? fault("TIMEOUT", `no response in ${waitedMs} ms, but the event may have been handled`)
        : (state().error ?? fault("UNREACHABLE", `not connected in ${waitedMs} ms`));

    return patiently({ what: event, late }, { timeoutMs, signal }, (resolve, reject) => {
      const send = () => {
        sent = true;
        stop();
        const respond = (lost: unknown, response: CallResponse<typeof event>) => {
          const { success, error = "refused" } = { ...response } as Outcome;
          const broken = lost ? undefined : validator?.response(event, response);
          if (lost) {
            reject(
              state().status === "closed"
                ? closed()
                : fault("DISCONNECTED", "connection lost, but the event may have been handled"),
            );
          } else if (broken) {
            reject(invalid(event, broken, OF_SERVER));
          } else if (success === false) {
            reject(refused(socket, event, error));
          } else {
            accepted?.(response);
            resolve(response);
          }
        };
        socket.timeout(timeoutMs).emit(event, ...args, respond);
      };
      const look = () => {
        const { status, error } = state();
        if (status === "closed") reject(error ?? closed());
        else if (status === "connected" && !sent) send();
      };
      const stop = onState(look);
      if (early) send();
      else look();
      return stop;
    });
  };
}
