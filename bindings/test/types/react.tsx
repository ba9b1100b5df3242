// What hooks take and give is typed. Type-checked by `typed-calls.test.js`.

import type {
  ClaudeExecutePayload,
  ClaudeProcessResult,
  NotificationPayload,
} from "@slopstudios/protocol";
import type { ProtocolError, SlopClient } from "@slopstudios/protocol/client";
import {
  SlopProvider,
  useClaude,
  useConnection,
  useMedia,
  useNotifications,
  useRoom,
} from "@slopstudios/protocol/react";
import { exactly } from "./exactly.js";

export function Providers({ client }: { client: SlopClient }) {
  return (
    <>
      <SlopProvider url="http://localhost:3000" getToken={async () => "token"} />
      <SlopProvider client={client}>text</SlopProvider>
      {/* @ts-expect-error no such option */}
      <SlopProvider auth={{ token: "token" }} />
      {/* @ts-expect-error wrong type */}
      <SlopProvider url={7} />
    </>
  );
}

export function Connection() {
  const { client, status, error } = useConnection();
  exactly<SlopClient | undefined>()(client, true);
  exactly<ProtocolError | undefined>()(error, true);
  // @ts-expect-error not one of the statuses
  if (status === "disconnected") return null;
  // @ts-expect-error there is no client at first
  client.close();
  // @ts-expect-error no such field
  return useConnection().connected;
}

export function Claude() {
  const { status, output, result, running, execute, cancel } = useClaude();
  exactly<"idle" | "pending" | "queued" | "running" | "completed" | "failed">()(status, true);
  exactly<string>()(output, true);
  exactly<ClaudeProcessResult | undefined>()(result, true);
  exactly<boolean>()(running, true);
  exactly<(payload: ClaudeExecutePayload) => void>()(execute, true);
  cancel();
  // @ts-expect-error wrong field
  execute({ text: "Hello" });
  // @ts-expect-error not one of the statuses
  if (status === "done") execute({ prompt: "Hello" });
  // @ts-expect-error there may be no result
  result.exitCode;
  // @ts-expect-error wrong field
  return <p>{result?.exit_code}</p>;
}

export function Rest() {
  const { progress, url } = useMedia("media-1");
  exactly<number | undefined>()(progress, true);
  exactly<string | undefined>()(url, true);
  // @ts-expect-error an item has an ID, not an object
  useMedia({ mediaId: "media-1" });
  // @ts-expect-error wrong field
  useMedia("media-1").percent;

  const { notifications } = useNotifications();
  exactly<readonly NotificationPayload[]>()(notifications, true);
  // @ts-expect-error wrong field
  notifications.map(({ body }) => body);

  const { joined } = useRoom("project-123", { roomJoined: ({ room }) => room.length });
  exactly<boolean>()(joined, true);
  // @ts-expect-error no such event
  useRoom("project-123", { joined: () => {} });
  // @ts-expect-error wrong field
  useRoom("project-123", { roomJoined: ({ name }) => name });
  return <p>{url}</p>;
}
