// Logs what a socket hears. Written for every Socket.IO application.

import type { Socket as AnySocket } from "socket.io-client";

export function logEverything(socket: AnySocket<any, any>): void {
  socket.onAny((event, ...args) => console.log(event, args));
}
