// Notifications: those of the user who is signed in, newest first.

import type { NotificationPayload } from "../types.js";
import { useClientEffect } from "./connection.js";
import { useListeners } from "./membership.js";
import { React } from "./react.js";

/** Notifications, and what takes them away. */
export interface Notifications {
  /** The newest first. */
  readonly notifications: readonly NotificationPayload[];
  /** Takes one away. */
  readonly dismiss: (id: string) => void;
  /** Takes all of them away. */
  readonly clear: () => void;
}

/**
 * The notifications that came while the component was mounted; none after a logout.
 *
 * @param limit how many of the newest to keep
 */
export function useNotifications(limit = 50): Notifications {
  const [notifications, setNotifications] = React.useState<readonly NotificationPayload[]>([]);
  const clear = React.useCallback(() => setNotifications([]), []);
  useListeners({
    notification: (latest) => setNotifications((all) => [latest, ...all].slice(0, limit)),
    loggedOut: clear,
  });
  useClientEffect(() => [clear]);
  return {
    notifications,
    clear,
    dismiss: React.useCallback(
      (id) => setNotifications((all) => all.filter((one) => one.id !== id)),
      [],
    ),
  };
}
