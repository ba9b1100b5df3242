// An application adds the events it publishes to rooms. Type-checked by `typed-calls.test.js`.

import type { RootSocket } from "@slopstudios/protocol";
import type { SlopClient } from "@slopstudios/protocol/client";
import { useRoom } from "@slopstudios/protocol/react";

declare module "@slopstudios/protocol" {
  interface RootServerToClientEvents {
    projectUpdate: (update: { projectId: string }) => void;
  }
}

export function listen(socket: RootSocket, client: SlopClient): void {
  socket.on("projectUpdate", ({ projectId }) => projectId.length);
  // @ts-expect-error the application's own payload is checked, too
  socket.on("projectUpdate", ({ project }) => project);
  socket.on("welcome", ({ socketId }) => socketId.length);
  socket.onAny((event, payload) => event === "projectUpdate" && payload.projectId.length);
  client.on("projectUpdate", ({ projectId }) => projectId.length);
  // @ts-expect-error the client checks it, too
  client.on("projectUpdate", ({ project }) => project);
}

export function useProject(): void {
  useRoom("project-123", { projectUpdate: ({ projectId }) => projectId.length });
  // @ts-expect-error hooks check it, too
  useRoom("project-123", { projectUpdate: ({ project }) => project });
}
