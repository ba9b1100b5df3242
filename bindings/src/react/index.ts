// The protocol in React: a provider of one client, and a hook for each thing that pages show.

export { SlopProvider, useConnection } from "./connection.js";
export type { Connection, SlopProviderProps } from "./connection.js";
export { useNotifications } from "./notifications.js";
export type { Notifications } from "./notifications.js";
export { useMedia } from "./media.js";
export type { MediaState } from "./media.js";
export { useRoom } from "./room.js";
export type { Listeners, Membership } from "./membership.js";
export { useClaude } from "./claude.js";
export type { ClaudeRun, UseClaude } from "./claude.js";
