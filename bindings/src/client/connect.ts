// Connecting: one connection to all namespaces, the calls over it, and what it brings back.

import { Manager } from "socket.io-client";
import type { Socket } from "socket.io-client";
import { EVENT_NAMESPACES, NAMESPACES, PROTOCOL_VERSION, UNSUPPORTED_VERSION } from "../events.js";
import type { NamespacePath } from "../events.js";
import type {
  AuthErrorPayload,
  AuthenticatedPayload,
  ClaudeErrorPayload,
  ErrorPayload,
  HandshakeAuth,
} from "../types.js";
import type { Issue } from "../validator.js";
import { claude } from "./claude.js";
import type { SlopClient } from "./client.js";
import { deferred } from "./deferred.js";
import { ProtocolError } from "./error.js";
import type { ProtocolErrorCode, ProtocolErrorDetails } from "./error.js";
import type { Call, CallArgument, CallResponse, Listen } from "./events.js";
import type { CallOptions, ConnectOptions, ConnectionState } from "./options.js";

/** Events whose effect on a socket is gone when it connects again, and those that take it back. */
const UNDONE_BY: Readonly<Record<string, string>> = {
  joinRoom: "leaveRoom",
  subscribeMedia: "unsubscribeMedia",
};

/** What callbacks say that can say no. */
interface Outcome {
  success?: boolean;
  error?: string;
}

/**
 * Connects to a server: one connection for all namespaces, kept up until `close()`.
 *
 * @param url of the server, like `http://localhost:3000`; the page's own when absent
 */
export function connect(
  url?: string,
  {
    token,
    getToken,
    timeoutMs: usualTimeoutMs = 10_000,
    validator,
    onError = console.error,
    socketOptions,
  }: ConnectOptions = {},
): SlopClient {
  let state: ConnectionState = { status: "connecting" };
  const listeners = new Set<(state: ConnectionState) => void>();
  const [ready, succeed, giveUp] = deferred<void>();

  const change = (next: Partial<ConnectionState>) => {
    if (state.status === "closed") return;
    state = { ...state, ...next };
    if (state.error) giveUp(state.error);
    if (next.status === "connected") {
      succeed();
      // Before anything else that waits for the connection.
      standing.forEach((again) => again().catch(onError));
    }
    // What one throws is an unhandled rejection, and the others are called all the same.
    listeners.forEach(async (listener) => listener(state));
  };
  const onState: SlopClient["onState"] = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const close = (error: ProtocolError) => {
    change({ status: "closed", user: undefined, error });
    NAMESPACES.map((path) => sockets[path].disconnect());
  };

  // The session. Each attempt to connect signs in all its sockets with one token.

  let source: ConnectOptions["getToken"] = getToken ?? (() => token);
  let offer: Promise<string | undefined> | undefined;
  /** Sockets whose answer is awaited: an `authError` instead leaves the session as it is. */
  let authenticating = 0;

  const ask = () => Promise.resolve().then(source);
  const noToken = (cause: unknown) => {
    change({ error: new ProtocolError("UNAUTHORIZED", "getToken failed", { cause }) });
    // The next attempt asks again.
    manager.engine.close();
  };
  const authenticate = async (token: string, options?: CallOptions) => {
    // From now on only a logout says that there is to be nobody.
    source ??= () => undefined;
    await onEach("authenticate", { token }, options);
    source &&= getToken ?? (() => token);
  };

  // The sockets.

  const manager = new Manager(url as string, { ...socketOptions, autoConnect: false });
  /** Namespaces of which it is not known yet whether they are signed in. */
  const unsettled = new Set<string>(NAMESPACES);

  const open = (path: NamespacePath): Socket => {
    let offered: unknown;
    let user: AuthenticatedPayload | undefined;

    const settle = (next?: AuthenticatedPayload, error?: ProtocolError) => {
      user = next;
      if (path === "/") change({ user, error });
      if (unsettled.delete(path) && !unsettled.size) change({ status: "connected" });
    };

    const socket: Socket = manager
      .socket(path, {
        auth(send: (auth: HandshakeAuth) => void) {
          const own = (offer ??= ask());
          // The attempt that the token was for may be over.
          own.then(
            (token) => {
              if (own !== offer) return;
              offered = token;
              send({ token, protocolVersion: PROTOCOL_VERSION } as HandshakeAuth);
            },
            (cause) => own === offer && noToken(cause),
          );
        },
      })
      .on("welcome", () => offered || settle())
      .on("authenticated", settle)
      .on("authError", ({ message }: AuthErrorPayload) => {
        // Calls are sent once all sockets are settled; before, it is the outcome of connecting.
        if (authenticating && !unsettled.size) return;
        // A session that has ended by itself goes on with a fresh token.
        if (user && path === "/") {
          ask()
            .then<unknown, unknown>(
              (token) => token && source && !user && authenticate(token),
              noToken,
            )
            .catch((error) => change({ error }));
        }
        settle(undefined, new ProtocolError("UNAUTHORIZED", `${message}: sign in again`));
      })
      .on("loggedOut", () => {
        // After a logout nothing is brought back.
        standing.clear();
        settle();
      })
      .on("disconnect", (reason) => {
        unsettled.add(path);
        offer = user = undefined;
        change({ status: "connecting" });
        // Socket.IO leaves a socket alone that the server has disconnected.
        if (!socket.active) close(new ProtocolError("REFUSED", reason));
      })
      .on("connect_error", (cause) => {
        const code = socket.active
          ? "UNREACHABLE"
          : cause.message.startsWith(UNSUPPORTED_VERSION)
            ? "UNSUPPORTED_VERSION"
            : "REFUSED";
        const error = new ProtocolError(
          code,
          `${cause.message}: does ${url} speak version ${PROTOCOL_VERSION}?`,
          { cause },
        );
        if (socket.active) change({ error });
        else close(error);
      })
      .onAny((event, payload) => {
        // Of the three, only `authError` says no code.
        if (/error$/i.test(event)) refusal = { code: "UNAUTHORIZED", ...payload };
      });
    return socket;
  };

  const sockets = {} as Record<NamespacePath, Socket>;
  NAMESPACES.map((path) => (sockets[path] = open(path).connect()));

  // Calls and listeners.

  /** The server says what is wrong in an event, then calls back with the same sentence. */
  let refusal: ErrorPayload | ClaudeErrorPayload | undefined;
  /** Calls to make again on a new connection, by what takes them back. */
  const standing = new Map<string, () => Promise<unknown>>();

  const socketOf = (event: string) => {
    const elsewhere: Readonly<Record<string, NamespacePath>> = EVENT_NAMESPACES;
    return sockets[elsewhere[event] ?? "/"];
  };
  const errorOf = (
    event: string,
    code: ProtocolErrorCode,
    message: string | undefined,
    details?: ProtocolErrorDetails,
  ) => new ProtocolError(code, `${event}: ${message}`, { event, ...details });
  const complaint = (event: string, issues: readonly Issue[] | undefined) =>
    issues && errorOf(event, "INVALID_PAYLOAD", issues[0]?.message, { issues });

  const call: Call = (
    event,
    argument,
    { timeoutMs = usualTimeoutMs, signal } = {},
    accepted,
    socket = socketOf(event),
  ) => {
    const args = argument === undefined ? [] : [argument];
    let sent: unknown;
    let end!: () => void;

    return new Promise<CallResponse<typeof event>>((resolve, reject) => {
      const broken = complaint(event, validator?.sent(event, args));
      if (broken) return reject(broken);
      // Whatever becomes of the call, what is to be left is not brought back.
      standing.delete(event + argument);
      const respond = (lost: unknown, response: CallResponse<typeof event>) => {
        // A call before this one may have been answered meanwhile.
        standing.delete(event + argument);
        const { success, error = "Refused" } = { ...response } as Outcome;
        const cause = refusal?.message === error ? refusal : undefined;
        const failure = lost
          ? errorOf(event, "DISCONNECTED", "connection lost")
          : success === false
            ? new ProtocolError(cause?.code ?? "REFUSED", error, { event, cause })
            : complaint(event, validator?.response(event, response));
        if (failure) return reject(failure);
        if (UNDONE_BY[event])
          standing.set(UNDONE_BY[event] + argument, () => call(event, argument));
        accepted?.(response);
        resolve(response);
      };
      const look = () => {
        if (signal?.aborted) {
          reject(errorOf(event, "ABORTED", "aborted", { cause: signal.reason }));
        } else if (state.status === "closed") reject(state.error);
        else if (state.status === "connected") {
          sent ??= socket.timeout(timeoutMs).emit(event, ...args, respond);
        }
      };
      const timer = setTimeout(() => {
        reject(
          (!sent && state.error) || errorOf(event, "TIMEOUT", `no response in ${timeoutMs} ms`),
        );
      }, timeoutMs);
      const stop = onState(look);
      signal?.addEventListener("abort", look);
      end = () => {
        clearTimeout(timer);
        stop();
        signal?.removeEventListener("abort", look);
      };
      look();
    }).finally(end);
  };

  const onEach = <Name extends "authenticate" | "logout">(
    event: Name,
    argument: CallArgument<Name>,
    options: CallOptions | undefined,
  ) =>
    Promise.all(
      NAMESPACES.map((path) => {
        authenticating += 1;
        return call(event, argument, options, undefined, sockets[path]).finally(
          () => (authenticating -= 1),
        );
      }),
    );

  const on: Listen = (event, listener, broken = onError) => {
    const socket = socketOf(event);
    const receive = (payload: unknown) => {
      const error = complaint(event, validator?.received(event, [payload]));
      if (error) broken(error, payload as never);
      else listener(payload as never);
    };
    socket.on(event as string, receive);
    return () => socket.off(event as string, receive);
  };

  return {
    get state() {
      return state;
    },
    ready,
    onState,
    on,
    call,
    close: () => close(new ProtocolError("CLOSED", "closed")),
    sockets,
    session: {
      authenticate,
      async logout(options) {
        source = undefined;
        standing.clear();
        await onEach("logout", undefined, options);
      },
    },
    claude: claude(call, on, onState),
  };
}
