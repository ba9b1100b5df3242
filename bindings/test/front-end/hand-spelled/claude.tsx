// Running prompts: a panel that shows the output piece by piece.

import { useEffect, useState } from "react";
import { useSocket } from "./connection";
import { useSocketEvent } from "./events";

interface Progress {
  output: string;
}

interface Result {
  processId: string;
  result: { stdout: string; exit_code: number };
}

interface Answer {
  processId: string;
}

interface Accepted {
  process_id: string;
}

interface Refused {
  reason: string;
}

interface Failure {
  code: "TIMEOUT" | "CANCELLED" | "FAILED";
  message: string;
}

interface Process {
  status: "waiting" | "running" | "done";
}

export function ClaudePanel() {
  const socket = useSocket();
  const [output, setOutput] = useState("");
  const [process, setProcess] = useState<Process>({ status: "waiting" });
  const [position, setPosition] = useState(0);
  const [id, setId] = useState("");

  useEffect(() => {
    const progressed = (progress: Progress) => setOutput((before) => before + progress.output);
    const completed = ({ result }: Result) => setOutput(`${result.stdout} ${result.exit_code}`);
    const failed = (failure: Failure) => setOutput(failure.message);
    socket.on("claude:progress", progressed); // drift
    socket.on("claude:complete", completed); // drift
    socket.on("claude:error", failed); // drift
    socket.on("claude:progress", (data) => setOutput(data.output)); // drift
    socket.on("claude:progress", ({ data }) => setOutput((before) => before + data.trim())); // drift
    socket.on("claude:progress", (update) => setProcess({ status: update.status })); // drift
    socket.on("claude:queued", ({ position }) => setPosition(position)); // drift
    socket.on("claude:complete", ({ result }) => {
      if (result.exit_code !== 0) setOutput(result.stderr); // drift
      if (result.exitCode > 0) setOutput(result.stderr); // drift
      setOutput(result.parsed_response.content); // drift
      setOutput(`${result.parsedResponse?.usage?.output_tokens} tokens`); // drift
    });
    socket.on("claude:done", () => setProcess({ status: "done" })); // drift
    return () => {
      socket.off("claude:progres", progressed); // drift
      socket.off("claude:complete", progressed); // drift
      socket.removeListener("claude:failed", failed); // drift
    };
  }, [socket]);

  useSocketEvent("claude:error", (error) => {
    setOutput(describe(error.code));
  });

  function run(prompt: string) {
    const accepted = (answer: Answer) => setId(answer.processId);
    socket.emit("claude:run", { prompt }); // drift
    socket.emit("claude:execute", prompt); // drift
    socket.emit("claude:execute", {
      prompt,
      max_tokens: 1000, // drift
    });
    socket.emit("claude:execute", { text: prompt }, accepted); // drift
    socket.emit("claude:execute", { prompt }, ({ process_id }: Accepted) => setId(process_id)); // drift
    socket.emit("claude:execute", { prompt, timeoutMs: "60000" }); // drift
  }

  async function look() {
    const answer = await socket.emitWithAck("claude:status", { processId: id }); // drift
    const found = await socket.emitWithAck("claude:status", id);
    setPosition(found.position); // drift
    if (found.status === "complete") setOutput("complete"); // drift
    switch (found.status) {
      case "running":
        return setProcess({ status: "running" });
      case "canceled": // drift
      case "errored": // drift
        return setProcess({ status: "done" });
    }
    socket.emit("claude:cancel"); // drift
    socket.emit("claude:cancel", id, (response: Refused) => setOutput(response.reason)); // drift
    console.log(answer);
  }

  return (
    <form onSubmit={() => run("Hello")} onClick={look}>
      <output title={process.status}>{output || position}</output>
    </form>
  );
}

export function ErrorList() {
  const socket = useSocket();
  useEffect(() => {
    socket.on("claude:error", ({ code, message }) => {
      switch (code) {
        case "RATE_LIMITED": // drift
          return console.warn("later");
        case "CANCELLED":
          return;
        case "NOT_FOUND": // drift
          return console.warn(message);
      }
    });
    socket.on("claude:error", (error) => {
      if (error.code === "TIMEOUT") console.warn(error.message); // drift
      if (["UNAUTHENTICATED"].includes(error.reason)) console.warn("sign in"); // drift
    });
    socket.on("error", ({ details }) => console.error(details.map(String))); // drift
    socket.on("error", ({ errorCode }) => console.error(errorCode)); // drift
  }, [socket]);
  return null;
}

function describe(code: string): string {
  return code;
}
