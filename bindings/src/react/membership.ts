// Memberships: in a room, or subscribed to a media item, while a component of the page needs it.

import type { ProtocolError, ServerToClientEvents } from "../client/index.js";
import { useClientEffect, useConnection } from "./connection.js";
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

/** Counts the components that need a membership, on the client: whoever uses it shares the count. */
type Counts = Record<string, number>;

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
    (client) => {
      if (!name) return;
      const counts = client as unknown as Counts;
      const key = leave + name;
      let isShown = true;
      counts[key] = (counts[key] ?? 0) + 1;
      const show = (next: Membership) => isShown && setMembership(next);
      if (status === "connected") {
        client.call(join, name).then(
          () => show({ joined: true }),
          (error: ProtocolError) => show({ joined: false, error }),
        );
      }
      return [
        () => {
          setMembership({ joined: (isShown = false) });
          // Later: until then another component, or this effect again, may need it.
          setTimeout(() => --counts[key]! || client.call(leave, name).catch(() => {}));
        },
      ];
    },
    status,
    name,
  );

  return membership;
}
