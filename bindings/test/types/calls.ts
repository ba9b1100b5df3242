// Calls that compile, and calls that must not. Type-checked by `typed-calls.test.js`.

import type {
  ClaudeCompletePayload,
  ClaudeErrorPayload,
  ClaudeExecuteCallback,
  ConnectionInfoResponse,
  ErrorPayload,
  HeartbeatResponse,
  MediaSocket,
  MediaSubscribeResponse,
  NotificationPayload,
  NotificationsSocket,
  RoomCallback,
  RootSocket,
} from "@slopstudios/protocol";
import { MEDIA_NAMESPACE, NOTIFICATIONS_NAMESPACE } from "@slopstudios/protocol";
import { io } from "socket.io-client";
import { exactly } from "./exactly.js";

const root: RootSocket = io("http://localhost:3000", { auth: { token: "token" } });
const media: MediaSocket = io(`http://localhost:3000${MEDIA_NAMESPACE}`);
const notifications: NotificationsSocket = io(`http://localhost:3000${NOTIFICATIONS_NAMESPACE}`);

export async function callsThatCompile(): Promise<void> {
  // `emit` with and without the callback.
  root.emit("joinRoom", "project-123");
  root.emit("joinRoom", "project-123", (response) => exactly<RoomCallback>()(response, true));
  root.emit("getConnectionInfo", (info) => exactly<ConnectionInfoResponse>()(info, true));
  root.emit("heartbeat");
  root.emit("heartbeat", (response) => exactly<HeartbeatResponse>()(response, true));
  root.emit("heartbeat", { timestamp: 1 });
  root.emit("heartbeat", { timestamp: 1 }, (answer) => exactly<HeartbeatResponse>()(answer, true));
  root.emit("claude:execute", { prompt: "Hello", model: "claude-sonnet-4-20250514" });
  media.emit("subscribeMedia", "m1", (answer) => exactly<MediaSubscribeResponse>()(answer, true));
  notifications.emit("authenticate", { token: "token" });

  // `timeout(ms).emit` puts an error in front of the response.
  root.timeout(5000).emit("joinRoom", "project-123", (error, response) => {
    exactly<Error>()(error, true);
    exactly<RoomCallback>()(response, true);
  });
  root.timeout(5000).emit("heartbeat", (_error, response) => {
    exactly<HeartbeatResponse>()(response, true);
  });

  // `emitWithAck`, with and without a timeout.
  exactly<RoomCallback>()(await root.emitWithAck("joinRoom", "project-123"), true);
  exactly<ConnectionInfoResponse>()(await root.emitWithAck("getConnectionInfo"), true);
  exactly<HeartbeatResponse>()(await root.emitWithAck("heartbeat"), true);
  exactly<HeartbeatResponse>()(await root.emitWithAck("heartbeat", { timestamp: 1 }), true);
  exactly<RoomCallback>()(await root.timeout(5000).emitWithAck("leaveRoom", "a"), true);
  const execution = root.timeout(5000).emitWithAck("claude:execute", { prompt: "Hello" });
  exactly<ClaudeExecuteCallback>()(await execution, true);
  exactly<MediaSubscribeResponse>()(await media.emitWithAck("unsubscribeMedia", "m1"), true);

  // Listening: the protocol's events, and Socket.IO's own.
  root.on("claude:complete", (payload) => exactly<ClaudeCompletePayload>()(payload, true));
  root.once("claude:error", (payload) => exactly<ClaudeErrorPayload>()(payload, true));
  notifications.on("notification", (it) => exactly<NotificationPayload>()(it, true));
  media.on("error", (payload) => exactly<ErrorPayload>()(payload, true));
  root.on("connect_error", (error) => exactly<string>()(error.message, true));
  root.io.on("reconnect", (attempt) => exactly<number>()(attempt, true));
  root.off("pong").disconnect();
}

export async function callsThatDoNotCompile(): Promise<void> {
  // @ts-expect-error no such event
  root.emit("join", "project-123");
  // @ts-expect-error no such event
  await root.emitWithAck("join", "project-123");
  // @ts-expect-error no such event
  root.on("roomJoin", () => {});
  // @ts-expect-error a server event is not sent by clients
  root.emit("welcome", { message: "", socketId: "", serverTime: "" });
  // @ts-expect-error a client event is not received
  root.on("joinRoom", () => {});
  // @ts-expect-error an event of another namespace
  root.emit("subscribeMedia", "m1");
  // @ts-expect-error an event of another namespace
  media.on("notification", () => {});

  // @ts-expect-error wrong field
  root.emit("claude:execute", { promt: "Hello" });
  // @ts-expect-error missing field
  root.emit("claude:execute", { model: "claude-sonnet-4-20250514" });
  // @ts-expect-error null is not absent
  root.emit("claude:execute", { prompt: "Hello", model: null });
  // @ts-expect-error wrong type of a field
  root.emit("claude:execute", { prompt: "Hello", timeoutMs: "1000" });
  // @ts-expect-error missing argument
  root.emit("joinRoom");
  // @ts-expect-error surplus argument
  root.emit("ping", "now");

  // @ts-expect-error missing argument
  await root.emitWithAck("joinRoom");
  // @ts-expect-error wrong argument
  await root.emitWithAck("joinRoom", 7);
  // @ts-expect-error wrong argument of an event that needs none
  await root.emitWithAck("heartbeat", 7);
  // @ts-expect-error surplus argument
  await root.timeout(5000).emitWithAck("ping", "now");

  // @ts-expect-error wrong field of the response
  (await root.emitWithAck("joinRoom", "a")).name;
  // @ts-expect-error wrong field of the response
  root.emit("joinRoom", "a", (response) => response.rooms);
  // @ts-expect-error after a timeout the first parameter is the error
  root.timeout(5000).emit("ping", (response) => response.timestamp);
  // @ts-expect-error the wire says exitCode
  root.on("claude:complete", ({ result }) => result.exit_code);
  // @ts-expect-error the output is in `result.stdout`
  root.on("claude:complete", (data) => data.output);
  // @ts-expect-error not one of the eight codes
  root.on("claude:error", ({ code }) => code === "TIMEOUT");
  // @ts-expect-error not one of the statuses
  root.on("claude:progress", ({ status }) => status === "done");
}
