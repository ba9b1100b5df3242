// Rooms: joined while a component needs them, and listened to.

import type { RoomName } from "../types.js";
import { useMembership } from "./membership.js";
import type { Listeners, Membership } from "./membership.js";

/**
 * Is in a room while a component is mounted; components that name the same room share it. Without
 * a name no room is joined.
 *
 * Events do not tell which room they were sent to: a listener hears those of all joined rooms.
 */
export function useRoom(room: RoomName | undefined, listeners: Listeners = {}): Membership {
  return useMembership("joinRoom", "leaveRoom", room, listeners);
}
