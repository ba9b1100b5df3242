// Claude executions: which process each event is about, and what a lost connection has missed.

import type { ClaudeExecuteCallback, ProcessId } from "../types.js";
import type { SlopClient } from "./client.js";
import { ProtocolError } from "./error.js";
import type { Call, Listen } from "./events.js";
import { begin } from "./execution.js";
import type { Claude, Run, Update } from "./execution.js";
import type { CallOptions } from "./options.js";

/** Executes prompts, and follows their processes whatever happens to the connection. */
export function claude(call: Call, on: Listen, onState: SlopClient["onState"]): Claude {
  const followed = new Map<ProcessId, Run>();

  const cancel = (processId: ProcessId, options?: CallOptions) =>
    call("claude:cancel", processId, options);
  // A server that breaks the rules may send no payload at all.
  const fail = (error: ProtocolError, payload: { processId?: ProcessId } | undefined) => {
    followed.get(payload?.processId as ProcessId)?.fail(error);
    followed.delete(payload?.processId as ProcessId);
  };
  for (const type of ["queued", "progress", "complete"] as const) {
    on(
      `claude:${type}`,
      (payload: Update) => {
        followed.get(payload?.processId)?.tell({ ...payload, type });
        if (type === "complete") followed.delete(payload?.processId);
      },
      fail,
    );
  }
  on("claude:error", (cause) =>
    fail(new ProtocolError(cause?.code, cause?.message, { ...cause, cause }), cause),
  );

  /** Who has signed in last: the server tells each socket what is another user's no more. */
  let owner: string | undefined;
  onState(({ status, user, error }) => {
    const isOther = user && owner !== (owner = user.userId);
    followed.forEach((run, processId) => {
      if (status === "closed") run.fail(error as ProtocolError);
      else if (status !== "connected") run.isLost = true;
      else if (user && (isOther || run.isLost)) {
        run.isLost = false;
        // Asking for the status makes the server send all that was missed, and then what is new.
        call("claude:status", processId, { timeoutMs: 2e9 }, () => {
          run.replay();
          // What was asked for without a connection may have been given up.
          run.abort?.();
        }).catch((error) => {
          // Unless the server has said no, the next sign-in tries again.
          if (error.code === "REFUSED") fail(error, { processId });
          else run.isLost = true;
        });
      }
    });
  });

  return {
    execute(payload, options) {
      const signal = options?.signal;
      const run = begin(cancel);
      const accepted = ({ processId }: ClaudeExecuteCallback) => {
        const abort = () => {
          if (signal?.aborted) cancel(processId as ProcessId).catch(() => {});
        };
        const ended = () => signal?.removeEventListener("abort", abort);
        run.abort = abort;
        followed.set(processId as ProcessId, run);
        run.accept(processId as ProcessId);
        signal?.addEventListener("abort", abort);
        // Given up before it was accepted, it must not go on either.
        abort();
        run.execution.result.then(ended, ended);
      };
      call("claude:execute", payload, options, accepted).catch(run.fail);
      return run.execution;
    },
  };
}
