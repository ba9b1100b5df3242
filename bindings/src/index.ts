// The Slop Studios realtime protocol for TypeScript: payloads, events and typed sockets.

export * from "./events.js";
export * from "./socket.js";
export * from "./types.js";
