// What a new connection has to be told again: the rooms and media items of the old one.

import type { Call } from "./call.js";
import type { ProtocolError } from "./error.js";
import type { CallOptions } from "./options.js";

/** Names that are told to the server by one event and taken back by another. */
export interface Membership {
  enter(name: string, options?: CallOptions): Promise<void>;
  leave(name: string, options?: CallOptions): Promise<void>;
  /** Tells all names again, and `onError` what the server refuses. */
  restore(): Promise<unknown>;
  forget(): void;
}

/** Begins without any name. */
export function membership(
  call: Call,
  entering: "joinRoom" | "subscribeMedia",
  leaving: "leaveRoom" | "unsubscribeMedia",
  onError: (error: ProtocolError) => void,
): Membership {
  const names = new Set<string>();
  return {
    async enter(name, options) {
      await call(entering, [name], options, { accepted: () => names.add(name) });
    },
    async leave(name, options) {
      names.delete(name);
      await call(leaving, [name], options);
    },
    restore: () =>
      Promise.all(
        [...names].map((name) =>
          call(entering, [name], {}, { early: true }).catch((error: ProtocolError) => {
            // When the connection is lost again, the next one is told.
            if (error.code !== "DISCONNECTED") onError(error);
          }),
        ),
      ),
    forget: () => names.clear(),
  };
}
