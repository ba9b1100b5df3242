// A hook that listens while a component is shown, and a class around the socket.

import { useEffect } from "react";
import type {
  ArgumentsOf,
  ResponseOf,
  RootClientToServerEvents as Sent,
  RootServerToClientEvents as Received,
  RootSocket,
} from "@slopstudios/protocol";
import { useSocket } from "./connection";

export function useSocketEvent<Name extends keyof Received>(
  event: Name,
  handler: Received[Name],
): void {
  const socket = useSocket();
  useEffect(() => {
    socket.on(event, handler);
    return () => {
      socket.off(event, handler);
    };
  }, [socket, event, handler]);
}

export class Realtime {
  constructor(private readonly socket: RootSocket) {}

  send<Name extends keyof Sent>(event: Name, ...args: Parameters<Sent[Name]>): void {
    this.socket.emit(event, ...args);
  }

  ask<Name extends keyof Sent>(
    event: Name,
    ...args: ArgumentsOf<Sent[Name]>
  ): Promise<ResponseOf<Sent[Name]>> {
    return this.socket.timeout(5000).emitWithAck(event, ...args);
  }

  ping(): Promise<number> {
    return new Promise((resolve) => {
      this.socket.emit("ping", (answer) => resolve(answer.timestamp));
    });
  }

  onProgress(handler: (text: string) => void): () => void {
    const listener: Received["claude:progress"] = (update) => handler(update.data ?? "");
    this.socket.on("claude:progress", listener);
    return () => {
      this.socket.off("claude:progress", listener);
    };
  }
}
