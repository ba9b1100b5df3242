// Claude executions: which process each event is about, and what a lost connection has missed.

import type {
  ClaudeCancelCallback,
  ClaudeExecutePayload,
  ClaudeStatusCallback,
  ProcessId,
} from "../types.js";
import { socketOf } from "./call.js";
import type { Call } from "./call.js";
import type { SlopClient } from "./client.js";
import type { Connection } from "./connection.js";
import { ProtocolError, closed } from "./error.js";
import type { Accepted } from "./events.js";
import { begin } from "./execution.js";
import type { ClaudeExecution, Progress } from "./execution.js";
import type { Listen } from "./listen.js";
import type { CallOptions } from "./options.js";

/** Executes prompts, and follows their processes whatever happens to the connection. */
export function executions(
  connection: Connection,
  call: Call,
  listen: Listen,
): SlopClient["claude"] {
  const { state, onState } = connection;
  const followed = new Map<ProcessId, Progress>();
  /** Processes whose events reach no socket of this client any more. */
  const lost = new Set<ProcessId>();

  // The server says all this whenever it does not refuse.
  const status = (processId: ProcessId, options?: CallOptions) =>
    call("claude:status", [processId], options) as Promise<
      Accepted<ClaudeStatusCallback, "status">
    >;
  const cancel = (processId: ProcessId, options?: CallOptions) =>
    call("claude:cancel", [processId], options) as Promise<
      Accepted<ClaudeCancelCallback, "message">
    >;

  const fail = (processId: ProcessId, error: ProtocolError) => {
    const progress = followed.get(processId);
    followed.delete(processId);
    lost.delete(processId);
    progress?.fail(error);
    return progress;
  };

  /** Asking for the status makes the server send all that was missed, and then what is new. */
  const catchUp = (processId: ProcessId, options: CallOptions = {}, early = true) => {
    const accepted = () => {
      lost.delete(processId);
      followed.get(processId)?.replay();
    };
    call("claude:status", [processId], options, { early, accepted }).catch((error) => {
      // Without a connection or a session, the next sign-in tries again.
      const again = early && ["DISCONNECTED", "UNAUTHORIZED"].includes(error.code);
      if (!again) fail(processId, error);
    });
  };

  const root = socketOf(connection, "claude:execute");
  root.on("disconnect", () => followed.forEach((_, processId) => lost.add(processId)));
  root.on("authenticated", () => lost.forEach((processId) => catchUp(processId)));
  onState(() => {
    const { status, error = closed() } = state();
    if (status === "closed") followed.forEach((_, processId) => fail(processId, error));
  });

  const broken = (error: ProtocolError, payload?: { processId?: ProcessId }) =>
    payload?.processId !== undefined && fail(payload.processId, error);
  listen(
    "claude:queued",
    ({ processId, queuePosition, message }) =>
      followed.get(processId)?.step({ type: "queued", queuePosition, message }),
    broken,
  );
  listen(
    "claude:progress",
    ({ processId, data, message, progress }) => {
      const process = followed.get(processId);
      if (data === undefined) process?.step({ type: "running", message, progress });
      else process?.output(data);
    },
    broken,
  );
  listen(
    "claude:complete",
    ({ processId, result }) => {
      followed.get(processId)?.complete(result);
      followed.delete(processId);
    },
    broken,
  );
  listen("claude:error", ({ processId, code, message }) => {
    if (processId) fail(processId, new ProtocolError(code, message, { processId }));
  });

  return {
    status,
    cancel,

    execute(payload: ClaudeExecutePayload, options: CallOptions = {}): ClaudeExecution {
      const { signal } = options;
      const progress = begin(cancel);
      const { execution } = progress;
      const abort = () => execution.cancel().catch(() => {});
      const accepted = ({ processId }: { processId?: ProcessId }) => {
        if (processId === undefined) return;
        followed.set(processId, progress);
        progress.accept(processId);
        // A process that was given up before the server accepted it must not go on.
        if (signal?.aborted) cancel(processId).catch(() => {});
        signal?.addEventListener("abort", abort);
        const settled = () => signal?.removeEventListener("abort", abort);
        execution.result.then(settled, settled);
      };
      call("claude:execute", [payload], options, { accepted }).catch(progress.fail);
      return execution;
    },

    follow(processId: ProcessId, options?: CallOptions): ClaudeExecution {
      let progress = followed.get(processId);
      if (!progress) {
        progress = begin(cancel);
        followed.set(processId, progress);
        progress.accept(processId);
        catchUp(processId, options, false);
      }
      return progress.execution;
    },
  };
}
