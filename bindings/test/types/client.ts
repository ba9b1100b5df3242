// What the client takes and gives is typed. Type-checked by `typed-calls.test.js`.

import type {
  AuthenticatedPayload,
  ClaudeProcessResult,
  ClaudeProgressPayload,
  HeartbeatResponse,
  MediaSocket,
  MediaSubscribeResponse,
  NotificationPayload,
  PingResponse,
  RoomCallback,
  RootSocket,
} from "@slopstudios/protocol";
import { ProtocolError, connect } from "@slopstudios/protocol/client";
import type {
  ClaudeStep,
  ConnectionState,
  Issue,
  ProtocolErrorCode,
  SlopClient,
  Validator,
} from "@slopstudios/protocol/client";
import { exactly } from "./exactly.js";

declare const own: Validator;

export function connecting(): void {
  exactly<SlopClient>()(connect(), true);
  connect("http://localhost:3000", { token: "token", timeoutMs: 500, validator: own });
  connect("http://localhost:3000", { getToken: async () => "token", onError: ({ code }) => code });
  connect("http://localhost:3000", { socketOptions: { transports: ["websocket"] } });
  // @ts-expect-error no such option
  connect("http://localhost:3000", { auth: { token: "token" } });
  // @ts-expect-error the unit is in the name
  connect("http://localhost:3000", { timeout: 500 });
  // @ts-expect-error wrong type
  connect("http://localhost:3000", { getToken: async () => 7 });
  // @ts-expect-error the client signs in itself
  connect("http://localhost:3000", { socketOptions: { auth: { token: "token" } } });
  // @ts-expect-error the client decides what is sent again
  connect("http://localhost:3000", { socketOptions: { retries: 3 } });
  // @ts-expect-error each call has a timeout
  connect("http://localhost:3000", { socketOptions: { ackTimeout: 500 } });
  // @ts-expect-error an option of Socket.IO that does not exist
  connect("http://localhost:3000", { socketOptions: { transport: "websocket" } });
}

export async function calls(client: SlopClient): Promise<void> {
  exactly<RoomCallback>()(await client.call("joinRoom", "project-123"), true);
  exactly<PingResponse>()(await client.call("ping"), true);
  exactly<HeartbeatResponse>()(await client.call("heartbeat", { timestamp: 1 }), true);
  exactly<HeartbeatResponse>()(await client.call("heartbeat"), true);
  exactly<MediaSubscribeResponse>()(await client.call("subscribeMedia", "m1"), true);
  await client.call("leaveRoom", "a", { timeoutMs: 500, signal: new AbortController().signal });
  // @ts-expect-error no such event
  await client.call("join", "project-123");
  // @ts-expect-error the argument is the name
  await client.call("joinRoom", { room: "project-123" });
  // @ts-expect-error missing argument
  await client.call("joinRoom");
  // @ts-expect-error surplus argument
  await client.call("ping", "now");
  // @ts-expect-error it would sign in on one namespace only: `session.authenticate`
  await client.call("authenticate", { token: "token" });
  // @ts-expect-error it would sign out on one namespace only: `session.logout`
  await client.call("logout");
  // @ts-expect-error a server event is not sent by clients
  await client.call("welcome");
  // @ts-expect-error no such option
  await client.call("joinRoom", "a", { timeout: 500 });
  // @ts-expect-error wrong field of the response
  (await client.call("joinRoom", "a")).name;
  // @ts-expect-error a promise has no fields of the response
  client.call("joinRoom", "a").room;
}

export function events(client: SlopClient): void {
  client.on("notification", (payload) => exactly<NotificationPayload>()(payload, true));
  client.on("claude:progress", (payload) => exactly<ClaudeProgressPayload>()(payload, true))();
  // @ts-expect-error no such event
  client.on("progress", () => {});
  // @ts-expect-error a client event is not received
  client.on("joinRoom", () => {});
  // @ts-expect-error the output is in `data`
  client.on("claude:progress", ({ output }) => output);
  // @ts-expect-error a listener of another event
  client.on("claude:queued", (payload: ClaudeProgressPayload) => payload);
}

export async function executions(client: SlopClient): Promise<void> {
  const execution = client.claude.execute({ prompt: "Hello" }, { timeoutMs: 500 });
  for await (const step of execution) {
    exactly<ClaudeStep>()(step, true);
    if (step.type === "progress") exactly<string | undefined>()(step.data, true);
    if (step.type === "queued") exactly<number>()(step.queuePosition, true);
    if (step.type === "complete") exactly<ClaudeProcessResult>()(step.result, true);
    // @ts-expect-error not one of the kinds
    if (step.type === "done") break;
    // @ts-expect-error not every step has it
    step.data;
  }
  exactly<ClaudeProcessResult>()(await execution.result, true);
  exactly<string>()(await execution.processId, true);
  // @ts-expect-error wrong field
  client.claude.execute({ text: "Hello" });
  // @ts-expect-error missing field
  client.claude.execute({ model: "claude-sonnet-4-20250514" });
  // @ts-expect-error wrong field of the result
  (await execution.result).exit_code;
  // @ts-expect-error the ID is not there yet
  client.call("claude:status", execution.processId);
}

export function states(client: SlopClient): void {
  exactly<ConnectionState>()(client.state, true);
  exactly<"connecting" | "connected" | "closed">()(client.state.status, true);
  exactly<AuthenticatedPayload | undefined>()(client.state.user, true);
  exactly<RootSocket>()(client.sockets["/"], true);
  exactly<MediaSocket>()(client.sockets["/media"], true);
  client.onState(({ error }) => exactly<ProtocolError | undefined>()(error, true));
  // @ts-expect-error not one of the statuses
  client.state.status === "disconnected";
  // @ts-expect-error the state is read only
  client.state.status = "closed";
  // @ts-expect-error no such namespace
  client.sockets["/rooms"];
}

export function errors(error: unknown): void {
  if (!(error instanceof ProtocolError)) return;
  exactly<ProtocolErrorCode>()(error.code, true);
  exactly<readonly Issue[] | undefined>()(error.issues, true);
  switch (error.code) {
    case "UNREACHABLE":
    case "RATE_LIMIT_EXCEEDED":
      break;
    // @ts-expect-error not one of the codes
    case "RATE_LIMITED":
      break;
  }
}
