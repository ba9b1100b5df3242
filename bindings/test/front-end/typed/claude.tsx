// Running prompts: a panel that shows the output piece by piece.

import { useEffect, useState } from "react";
import type {
  ClaudeCompletePayload,
  ClaudeErrorPayload,
  ClaudeProcessStatus,
  ClaudeProgressPayload,
  ProcessId,
} from "@slopstudios/protocol";
import { useSocket } from "./connection";
import { useSocketEvent } from "./events";

export function ClaudePanel() {
  const socket = useSocket();
  const [output, setOutput] = useState("");
  const [status, setStatus] = useState<ClaudeProcessStatus>("pending");
  const [position, setPosition] = useState<number>();
  const [id, setId] = useState<ProcessId>("");

  useEffect(() => {
    const progressed = ({ data }: ClaudeProgressPayload) => setOutput((all) => all + (data ?? ""));
    const completed = ({ result }: ClaudeCompletePayload) => setOutput(`${result.exitCode}`);
    const failed = (failure: ClaudeErrorPayload) => setOutput(failure.message);
    socket.on("claude:progress", progressed);
    socket.on("claude:complete", completed);
    socket.on("claude:error", failed);
    socket.on("claude:progress", (update) => setStatus(update.status));
    socket.on("claude:queued", ({ queuePosition }) => setPosition(queuePosition));
    socket.on("claude:complete", ({ result }) => {
      if (result.exitCode !== 0) setOutput(result.stderr);
      setOutput(result.parsedResponse?.content ?? result.stdout);
      setOutput(`${result.parsedResponse?.usage?.outputTokens} tokens`);
      setStatus(result.status);
    });
    return () => {
      socket.off("claude:progress", progressed);
      socket.off("claude:complete", completed);
      socket.removeListener("claude:error", failed);
    };
  }, [socket]);

  useSocketEvent("claude:error", (error) => {
    setOutput(describe(error.code));
  });

  function run(prompt: string) {
    const execution = { prompt, maxTokens: 1000, timeoutMs: 60_000 };
    socket.emit("claude:execute", execution);
    socket.emit("claude:execute", { prompt }, ({ processId, error }) => {
      if (processId) setId(processId);
      else setOutput(error ?? "");
    });
  }

  async function look() {
    const found = await socket.emitWithAck("claude:status", id);
    setPosition(found.queuePosition);
    if (found.status === "completed") setOutput("complete");
    switch (found.status) {
      case "running":
        return setStatus("running");
      case "cancelled":
      case "failed":
        return setStatus(found.status);
    }
    socket.emit("claude:cancel", id, (response) => setOutput(response.error ?? ""));
  }

  return (
    <form onSubmit={() => run("Hello")} onClick={look}>
      <output title={status}>{output || position}</output>
    </form>
  );
}

export function ErrorList() {
  const socket = useSocket();
  useEffect(() => {
    socket.on("claude:error", ({ code, message }) => {
      switch (code) {
        case "RATE_LIMIT_EXCEEDED":
          return console.warn("later");
        case "CANCELLED":
          return;
        case "PROCESS_NOT_FOUND":
          return console.warn(message);
      }
    });
    socket.on("claude:error", (error) => {
      if (error.code === "QUEUE_TIMEOUT") console.warn(error.message);
    });
    socket.on("error", ({ details }) => console.error(details?.map(({ path }) => path)));
    socket.on("error", ({ code }) => console.error(code));
  }, [socket]);
  return null;
}

function describe(code: string): string {
  return code;
}
