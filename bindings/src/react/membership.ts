// Memberships: in a room, or subscribed to a media item, while a component of the page needs it.

import type { ProtocolError, ServerToClientEvents } from "../client/index.js";
import { useClientEffect, useConnection } from "./connection.js";
import type { CountingClient, Need } from "./connection.js";
import { React } from "./react.js";

/**
 * Listeners by the name of their event. The events that an application publishes to its rooms are
 * declared by adding them to the interface `RootServerToClientEvents`.
 */
export type Listeners = Partial<ServerToClientEvents>;

/** Whether the server sends what it is about. */
export interface Membership {
  readonly joined: boolean;
  /** Why the server refused. */
  readonly error?: ProtocolError | undefined;
}

/** Listens. Other listeners take the place of the ones before; no event falls in between. */
export function useListeners(listeners: Listeners): void {
  useClientEffect(
    (client) =>
      (Object.entries(listeners) as [keyof Listeners, () => void][]).map(([event, listener]) =>
        client.on(event, listener),
      ),
    listeners,
  );
}

/** Joins, on each connection anew, and leaves when no component needs it any more. */
export function useMembership(
  join: "joinRoom" | "subscribeMedia",
  leave: "leaveRoom" | "unsubscribeMedia",
  name: string | undefined,
  listeners: Listeners,
): Membership {
  const { status } = useConnection();
  const [membership, setMembership] = React.useState<Membership>({ joined: false });
  useListeners(listeners);

  useClientEffect(
    (client: CountingClient) => {
      if (!name) return;
      const need = (leave + name) as Need;
      let isShown: unknown = (client[need] = (client[need] ?? 0) + 1);
      const show = (next: Membership) => isShown && setMembership(next);
      if (status === "connected") {
        client.call(join, name).then(
          () => show({ joined: true }),
          (error: ProtocolError) => show({ error, joined: false }),
        );
      }
      return [
        () => {
          setMembership({ joined: (isShown = false) });
          // Later: until then another component, or this effect again, may need it.
          setTimeout(() => --client[need]! || client.call(leave, name).catch(() => {}));
        },
      ];
    },
    status,
    name,
  );

  return membership;
}
