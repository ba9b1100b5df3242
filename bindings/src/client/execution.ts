// Claude executions: the steps and the result of each process, across lost connections.

import type {
  ClaudeCompletePayload,
  ClaudeExecutePayload,
  ClaudeProcessResult,
  ClaudeProgressPayload,
  ClaudeQueuedPayload,
  ProcessId,
} from "../types.js";
import { deferred } from "./deferred.js";
import type { ProtocolError } from "./error.js";
import type { CallOptions } from "./options.js";

/**
 * One step of an execution: what the server sent, by kind.
 *
 * - `queued`: the process waits for its turn, or has a new place in the queue
 * - `progress`: it runs; `data` is the next piece of output, and all of them together are the
 *   result's `stdout`
 * - `complete`: the last step of a process that did not fail
 */
export type ClaudeStep =
  | (ClaudeQueuedPayload & { readonly type: "queued" })
  | (ClaudeProgressPayload & { readonly type: "progress" })
  | (ClaudeCompletePayload & { readonly type: "complete" });

/**
 * One Claude process: iterate over its steps, await its result, or both.
 *
 * Every iteration begins with the first step. One that is left early does not end the process. When
 * the process fails, the iteration throws the `ProtocolError` that `result` rejects with.
 */
export interface ClaudeExecution extends AsyncIterable<ClaudeStep> {
  /** The process, once the server has accepted it. */
  readonly processId: Promise<ProcessId>;
  /** The result, once the process has completed. */
  readonly result: Promise<ClaudeProcessResult>;
  /** Ends the process; `result` then rejects with the code `CANCELLED`. */
  cancel(options?: CallOptions): Promise<void>;
}

/** Executions of a client. */
export interface Claude {
  /**
   * Executes a prompt. `timeoutMs` is for the server's acceptance, not for the process; an abort
   * ends the process, too, without a connection as soon as there is one.
   */
  execute(payload: ClaudeExecutePayload, options?: CallOptions): ClaudeExecution;
}

/** An execution, and how it learns what becomes of it. */
export interface Run {
  execution: ClaudeExecution;
  accept: (processId: ProcessId) => void;
  tell: (told: Told) => void;
  /** From now on the server tells everything again, from the beginning. */
  replay: () => void;
  fail: (error: ProtocolError) => void;
  /** Whether its events reach no socket of this client any more. */
  isLost?: boolean;
  /** Ends its process if that is wanted. */
  abort?: () => void;
}

/** What the server sends about a process that has not failed. */
export type Update = ClaudeQueuedPayload | ClaudeProgressPayload | ClaudeCompletePayload;

/** The same with its kind, to be read field by field. */
type Told = Partial<ClaudeProgressPayload & Record<"result", ClaudeProcessResult | undefined>> & {
  type: ClaudeStep["type"];
};

/** Begins an execution, which ends its process with the given function. */
export function begin(
  cancel: (processId: ProcessId, options?: CallOptions) => Promise<unknown>,
): Run {
  const [processId, accept, refuse] = deferred<ProcessId>();
  const [result, complete, fail] = deferred<ClaudeProcessResult>();
  const steps: ClaudeStep[] = [];
  /** The next step: resolved when it is there, rejected when there will be none. */
  let [arrival, arrive, end] = deferred<void>();
  /** Characters of the output so far, and how many of them will be told again. */
  let told = 0;
  let toldAgain = 0;

  const replay = () => {
    toldAgain = told;
  };
  const tell = (update: Told) => {
    const { data, result, ...rest } = update;
    if (data !== undefined) {
      const fresh = data.slice(toldAgain);
      toldAgain -= data.length - fresh.length;
      told += fresh.length;
      if (!fresh) return;
      update = { ...update, data: fresh };
    }
    if (result) {
      // Of a process that ended while the connection was lost, only the end is told.
      replay();
      tell({
        ...rest,
        type: "progress",
        status: "running",
        data: result.stdout,
      });
      complete(result);
    }
    steps.push(update as ClaudeStep);
    arrive();
    [arrival, arrive, end] = deferred();
  };

  return {
    execution: {
      processId,
      result,
      async cancel(options) {
        await cancel(await processId, options);
      },
      async *[Symbol.asyncIterator]() {
        let step: ClaudeStep | undefined;
        for (let next = 0; step?.type !== "complete";) {
          step = steps[next];
          if (step) {
            next += 1;
            yield step;
          } else {
            await arrival;
          }
        }
      },
    },
    accept,
    tell,
    replay,
    fail(error) {
      refuse(error);
      fail(error);
      end(error);
    },
  };
}
