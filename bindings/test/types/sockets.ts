// Everything that a socket is and does is typed. Type-checked by `typed-calls.test.js`.

import type {
  ArgumentsOf,
  ClaudeProgressPayload,
  ConnectionInfoResponse,
  HeartbeatResponse,
  MediaSocket,
  NotificationsSocket,
  PingResponse,
  ResponseOf,
  RoomCallback,
  RootClientToServerEvents,
  RootServerToClientEvents,
  RootSocket,
} from "@slopstudios/protocol";
import { io } from "socket.io-client";
import type { Socket } from "socket.io-client";
import { exactly } from "./exactly.js";
import type { Same } from "./exactly.js";

const root: RootSocket = io("http://localhost:3000");
const media: MediaSocket = root.io.socket("/media");

/** The protocol has no `message` event, which `send` sends. All else of Socket.IO's is there. */
export const absent: Same<Exclude<keyof Socket, keyof RootSocket>, "send"> = true;

export async function chains(): Promise<void> {
  exactly<PingResponse>()(await root.volatile.emitWithAck("ping"), true);
  exactly<PingResponse>()(await root.compress(false).emitWithAck("ping"), true);
  exactly<RoomCallback>()(await root.connect().emitWithAck("joinRoom", "a"), true);
  exactly<RoomCallback>()(await root.on("connect", () => {}).emitWithAck("joinRoom", "a"), true);
  exactly<PingResponse>()(await root.timeout(500).volatile.emitWithAck("ping"), true);
  root.volatile.compress(false).emit("heartbeat", (it) => exactly<HeartbeatResponse>()(it, true));
  // @ts-expect-error wrong field of the response
  (await root.volatile.emitWithAck("ping")).time;
  // @ts-expect-error no such event
  root.compress(true).emit("beat");
  // @ts-expect-error no such event
  root.connect().emit("join");
  // @ts-expect-error the protocol does not know `message`
  root.send("Hello");
}

export async function forgottenAwait(): Promise<void> {
  const info = root.emitWithAck("getConnectionInfo");
  // @ts-expect-error a promise has no rooms
  info.rooms;
  exactly<ConnectionInfoResponse>()(await info, true);
}

export function connections(): void {
  root.auth = { token: "token" };
  root.auth = (send) => send({ token: "token", protocolVersion: "1.0.0" });
  // @ts-expect-error no such field
  root.auth = { jwt: "token" };
  // @ts-expect-error no such field
  root.auth = (send) => send({ jwt: "token" });
  root.on("disconnect", (reason) => reason === "io server disconnect");
  // @ts-expect-error not one of the reasons
  root.on("disconnect", (reason) => reason === "server disconnect");
  root.on("connect_error", ({ message, data }) => [message, data]);
  root.io.on("reconnect", (attempt) => attempt.toFixed());
  // @ts-expect-error an event of the manager, `socket.io`
  root.on("reconnect", () => {});
  // @ts-expect-error no such event of the manager
  root.io.on("reconnected", () => {});
  // @ts-expect-error no such property
  root.isConnected;
}

export function listeners(): void {
  const listener = (payload: ClaudeProgressPayload) => payload.data;
  root.on("claude:progress", listener).off("claude:progress", listener).off("pong").off();
  root.removeListener("claude:progress", listener).removeAllListeners("pong").removeAllListeners();
  root.on("claude:progress", async ({ data }) => data);
  root.hasListeners("connect");
  root.listeners("pong")[0]?.({ timestamp: 1 });
  // @ts-expect-error no such event
  root.off("progress", listener);
  // @ts-expect-error a listener of another event
  root.off("claude:complete", listener);
  // @ts-expect-error no such event
  root.removeListener("progress");
  // @ts-expect-error no such event
  root.removeAllListeners("progress");
  // @ts-expect-error no such event
  root.listeners("progress");
  // @ts-expect-error no such event
  root.hasListeners("progress");
}

interface HandWritten {
  output: string;
}

export function handWrittenListeners(): void {
  const needsUnknownField = (progress: HandWritten) => progress.output;
  const needsOptionalField = ({ data }: { data: string }) => data;
  const needsOtherStatus = (progress: { status: "running" | "done" }) => progress.status;
  const takesPart = ({ processId }: { processId: string }) => processId;
  // @ts-expect-error the payload has no `output`
  root.on("claude:progress", needsUnknownField);
  // @ts-expect-error `data` may be absent
  root.on("claude:progress", needsOptionalField);
  // @ts-expect-error there are other statuses
  root.once("claude:progress", needsOtherStatus);
  root.on("claude:progress", takesPart);
}

export function anyEvent(): void {
  root.onAny((event) => event.length);
  root.onAny((event: string, ...args: unknown[]) => console.log(event, args));
  root.onAny((event, payload) => {
    if (event === "claude:progress") exactly<ClaudeProgressPayload>()(payload, true);
    // @ts-expect-error no such event
    if (event === "claude:output") console.log();
  });
  root.onAnyOutgoing((event) => event.length);
  root.onAnyOutgoing((event, argument) => {
    if (event === "claude:execute") exactly<string>()(argument.prompt, true);
    if (event === "ping") exactly<undefined>()(argument, true);
    // @ts-expect-error no such event
    if (event === "join") console.log();
  });
}

/** Wrappers, as front ends write them: typed once, they stay typed. */
export function wrappers() {
  type Received = RootServerToClientEvents;
  type Sent = RootClientToServerEvents;
  const listen = <Name extends keyof Received>(event: Name, listener: Received[Name]) => {
    root.on(event, listener);
    root.once(event, listener);
    return () => root.off(event, listener);
  };
  const send = <Name extends keyof Sent>(event: Name, ...args: Parameters<Sent[Name]>) =>
    root.emit(event, ...args);
  const ask = <Name extends keyof Sent>(
    event: Name,
    ...args: ArgumentsOf<Sent[Name]>
  ): Promise<ResponseOf<Sent[Name]>> => root.timeout(5000).emitWithAck(event, ...args);
  listen("claude:progress", ({ data }) => exactly<string | undefined>()(data, true));
  send("joinRoom", "a", (response) => exactly<RoomCallback>()(response, true));
  ask("joinRoom", "a").then((response) => exactly<RoomCallback>()(response, true));
  // @ts-expect-error no such event
  listen("progress", () => {});
  // @ts-expect-error wrong field
  listen("claude:progress", ({ output }) => output);
  // @ts-expect-error missing argument
  send("joinRoom");
  // @ts-expect-error wrong argument
  ask("joinRoom", { room: "a" });
}

export function otherSockets(): void {
  // @ts-expect-error for a plain socket every event exists
  const plain: Socket = root;
  // @ts-expect-error the same
  const untyped: Socket<any, any> = root;
  // @ts-expect-error the socket of another namespace
  const other: NotificationsSocket = media;
  console.log(plain, untyped, other);
}
