// The state of the connection: a context, a badge, heartbeats and a log.

import { createContext, useContext, useEffect, useState } from "react";
import type { ReactNode } from "react";
import type { RootSocket } from "@slopstudios/protocol";
import { socket } from "./sockets";

const SocketContext = createContext<RootSocket | null>(null);

export function SocketProvider({ children }: { children: ReactNode }) {
  return <SocketContext.Provider value={socket}>{children}</SocketContext.Provider>;
}

export function useSocket(): RootSocket {
  const found = useContext(SocketContext);
  if (!found) throw new Error("no SocketProvider");
  return found;
}

export function ConnectionBadge() {
  const socket = useSocket();
  const [text, setText] = useState("connecting");

  useEffect(() => {
    const lost = (reason: string) => setText(reason);
    socket.on("connect", () => setText("connected"));
    socket.io.on("reconnect", () => setText("connected again"));
    socket.on("disconnect", lost);
    socket.on("disconnect", (reason) => {
      if (reason === "io server disconnect") socket.connect();
    });
    socket.on("connect_error", (error) => setText(error.message));
    socket.io.on("reconnect_attempt", (attempt) => setText(`attempt ${attempt}`));
    socket.on("welcome", ({ socketId, serverTime }) => setText(`${socketId} ${serverTime}`));
    return () => {
      socket.off("disconnect", lost);
      socket.off("connect");
    };
  }, [socket]);

  return <span className={socket.connected ? "on" : "off"}>{text}</span>;
}

export function useLatency(): number | null {
  const [latency, setLatency] = useState<number | null>(0);

  useEffect(() => {
    const timer = setInterval(() => {
      socket.volatile.emit("heartbeat", { timestamp: Date.now() });
      socket.compress(false).emit("heartbeat");
      socket.emit("ping");
    }, 1000);
    socket.on("heartbeatAck", (ack) => setLatency(ack.latency));
    socket.once("pong", ({ timestamp }) => setLatency(Date.now() - timestamp));
    return () => clearInterval(timer);
  }, []);

  return latency;
}

export function useLog(): void {
  useEffect(() => {
    socket.onAny((event, payload) => console.log(event, payload));
    socket.onAny((event, payload) => {
      if (event === "claude:progress") console.log(payload.data);
    });
    socket.onAnyOutgoing((event, argument) => {
      if (event === "joinRoom") console.log("joining", argument);
    });
    if (!socket.hasListeners("error")) socket.on("error", console.error);
    for (const listener of socket.listeners("claude:progress")) console.log(listener);
  }, []);
}
