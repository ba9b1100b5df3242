// The state of the connection: a context, a badge, heartbeats and a log.

import { createContext, useContext, useEffect, useState } from "react";
import type { ReactNode } from "react";
import type { Socket } from "socket.io-client";
import { logEverything } from "./log";
import { socket } from "./sockets";

const SocketContext = createContext<Socket | null>(null);

export function SocketProvider({ children }: { children: ReactNode }) {
  return <SocketContext.Provider value={socket}>{children}</SocketContext.Provider>;
}

export function useSocket(): Socket {
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
    socket.on("reconnect", () => setText("connected again")); // drift
    socket.on("disconnect", lost);
    socket.on("disconnect", (reason) => {
      if (reason === "io server disconnect") socket.connect();
    });
    socket.on("connect_error", (error) => setText(error.message));
    socket.io.on("reconnect_attempt", (attempt) => setText(`attempt ${attempt}`));
    socket.on("welcome", ({ id, serverTime }) => setText(`${id} ${serverTime}`)); // drift
    return () => {
      socket.off("disconnect", lost);
      socket.off("connected"); // drift
    };
  }, [socket]);

  return <span className={socket.connected ? "on" : "off"}>{text}</span>;
}

export function useLatency(): number {
  const [latency, setLatency] = useState(0);

  useEffect(() => {
    const timer = setInterval(() => {
      socket.volatile.emit("heartbeat", Date.now()); // drift
      socket.compress(false).emit("beat"); // drift
      socket.emit("heartbeat", { time: Date.now() }); // drift
    }, 1000);
    socket.on("heartbeatAck", (ack) => setLatency(ack.latency)); // drift
    socket.on("heartbeat_ack", ({ latency }) => setLatency(latency)); // drift
    socket.once("pong", ({ time }) => setLatency(Date.now() - time)); // drift
    return () => clearInterval(timer);
  }, []);

  return latency;
}

export function useLog(): void {
  useEffect(() => {
    logEverything(socket); // drift
    socket.onAny((event, payload) => {
      if (event === "claude:output") console.log(payload); // drift
      if (event === "claude:progress") console.log(payload.output); // drift
    });
    socket.onAnyOutgoing((event) => {
      if (event === "join") console.log("joining"); // drift
    });
    if (!socket.hasListeners("errors")) socket.on("error", console.error); // drift
    for (const listener of socket.listeners("claude:output")) console.log(listener); // drift
  }, []);
}
