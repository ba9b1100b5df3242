// An application adds the events it publishes to rooms. Type-checked by `typed-calls.test.js`.

import type { RootSocket } from "@slopstudios/protocol";

declare module "@slopstudios/protocol" {
  interface RootServerToClientEvents {
    projectUpdate: (update: { projectId: string }) => void;
  }
}

export function listen(socket: RootSocket): void {
  socket.on("projectUpdate", ({ projectId }) => projectId.length);
  // @ts-expect-error the application's own payload is checked, too
  socket.on("projectUpdate", ({ project }) => project);
  socket.on("welcome", ({ socketId }) => socketId.length);
}
