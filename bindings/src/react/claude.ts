// Claude: one prompt at a time, its output as it streams, and what became of it.

import type { ClaudeExecution, ProtocolError } from "../client/index.js";
import type {
  ClaudeCompletePayload,
  ClaudeExecutePayload,
  ClaudeProcessResult,
  ClaudeProcessStatus,
  ClaudeProgressPayload,
  ProcessId,
  SafeUint,
} from "../types.js";
import { useClientEffect } from "./connection.js";
import { React } from "./react.js";

/** What ends otherwise than `completed` is told as an error, not in a step. */
type Status = Exclude<ClaudeProcessStatus, "cancelled" | "timeout">;

/** How the last prompt is getting on. */
export interface ClaudeRun {
  /**
   * `idle` before the first prompt, `pending` until the server has accepted it, `failed` with an
   * `error` also when it was cancelled or took too long.
   */
  readonly status: Status | "idle";
  /** All of the output so far. */
  readonly output: string;
  /** The process, once the server has accepted the prompt. */
  readonly processId?: ProcessId | undefined;
  /** Position in the queue, while it is queued. */
  readonly queuePosition?: SafeUint | undefined;
  /** What came of it, once it has completed. */
  readonly result?: ClaudeProcessResult | undefined;
  /** Why it failed; its code is `CANCELLED` when it was cancelled. */
  readonly error?: ProtocolError | undefined;
}

/** How the last prompt is getting on, and what to do about it. */
export interface UseClaude extends ClaudeRun {
  /** Whether it goes on: it is pending, queued or running. */
  readonly running: boolean;
  /**
   * Executes a prompt, once the component has rendered and there is a client. It takes the place of
   * the one before, which goes on unseen if it was sent already and is dropped if not.
   */
  readonly execute: (payload: ClaudeExecutePayload) => void;
  /** Ends the process. Rejects with a `ProtocolError` when that is not possible. */
  readonly cancel: () => Promise<void> | undefined;
}

/** A prompt, and its execution as soon as there is a client. */
interface Request {
  readonly payload: ClaudeExecutePayload;
  execution?: ClaudeExecution;
}

/** A run and, as long as it goes on, what was asked for. */
interface State extends ClaudeRun {
  readonly request?: Request | undefined;
}

/** A step of any kind. */
type Step = Partial<ClaudeProgressPayload & ClaudeCompletePayload & { status: Status }>;

/**
 * Executes prompts. An effect sends them: of two in the same moment only the last is sent, and none
 * by a component that is unmounted at once. Later, unmounting ends only the listening: the process
 * goes on.
 */
export function useClaude(): UseClaude {
  const [run, setRun] = React.useState<State>({ status: "idle", output: "" });
  const { request } = run;

  useClientEffect((client) => {
    if (!request) return;
    let isShown: unknown = request;
    let output = "";
    const show = (next: Omit<State, "output">) => isShown && setRun({ ...next, output });
    const watch = async () => {
      for await (const step of (request.execution ??= client.claude.execute(
        request.payload,
      )) as AsyncIterable<Step>) {
        output += step.data ?? "";
        show(
          step.result
            ? { ...step, status: "completed" }
            : // While it runs, the step itself tells the status.
              { request, status: "queued", ...step },
        );
      }
    };
    watch().catch((error: ProtocolError) => show({ status: "failed", error }));
    return [() => (isShown = false)];
  }, request);

  return {
    ...run,
    running: !!request,
    execute: React.useCallback(
      (payload) => setRun({ request: { payload }, status: "pending", output: "" }),
      [],
    ),
    cancel: () => request?.execution?.cancel(),
  };
}
