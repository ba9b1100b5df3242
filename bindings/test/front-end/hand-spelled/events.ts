// A hook that listens while a component is shown, and a class around the socket.

import { useEffect } from "react";
import type { Socket } from "socket.io-client";
import { useSocket } from "./connection";

export function useSocketEvent(event: string, handler: (payload: any) => void): void {
  const socket = useSocket();
  useEffect(() => {
    socket.on(event, handler); // drift
    return () => {
      socket.off(event, handler); // drift
    };
  }, [socket, event, handler]);
}

export class Realtime {
  constructor(private readonly socket: Socket) {}

  send(event: string, ...args: unknown[]): void {
    this.socket.emit(event, ...args); // drift
  }

  ask(event: string, payload: unknown): Promise<unknown> {
    return this.socket.timeout(5000).emitWithAck(event, payload); // drift
  }

  say(text: string): void {
    this.socket.send(text); // drift
  }

  ping(): Promise<number> {
    return new Promise((resolve) => {
      this.socket.emit("ping", (answer: { time: number }) => resolve(answer.time)); // drift
      this.socket.emit("ping", Date.now(), resolve); // drift
    });
  }

  onProgress(handler: (text: string) => void): () => void {
    const listener = (update: { data: string }) => handler(update.data);
    this.socket.on("claude:progress", listener); // drift
    return () => this.socket.off("claude:progress", listener); // drift
  }
}
