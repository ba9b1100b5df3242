// Executions: the steps and the result of one Claude process, across lost connections.

import type { ClaudeProcessResult, ProcessId } from "../types.js";
import type { ProtocolError } from "./error.js";
import type { CallOptions } from "./options.js";

/** One step of an execution. The `data` of all outputs together is the result's `stdout`. */
export type ClaudeStep =
  | { readonly type: "queued"; readonly queuePosition: number; readonly message: string }
  | {
      readonly type: "running";
      readonly message: string | undefined;
      readonly progress: number | undefined;
    }
  | { readonly type: "output"; readonly data: string }
  | { readonly type: "complete"; readonly result: ClaudeProcessResult };

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

/** The side of an execution that the server's events arrive at. */
export interface Progress {
  readonly execution: ClaudeExecution;
  accept(processId: ProcessId): void;
  step(step: ClaudeStep): void;
  output(data: string): void;
  complete(result: ClaudeProcessResult): void;
  fail(error: ProtocolError): void;
  /** From now on the server tells everything again, from the beginning. */
  replay(): void;
}

/** Begins an execution, which ends a process with the given function. */
export function begin(
  cancel: (processId: ProcessId, options?: CallOptions) => Promise<unknown>,
): Progress {
  const processId = deferred<ProcessId>();
  const result = deferred<ClaudeProcessResult>();
  const steps: ClaudeStep[] = [];
  let ended = false;
  let moved = deferred<void>();
  /** Characters of the output so far, and how many of them will be told again. */
  let told = 0;
  let toldAgain = 0;

  const move = () => {
    moved.resolve();
    moved = deferred();
  };
  const step = (next: ClaudeStep) => {
    steps.push(next);
    move();
  };
  const output = (data: string) => {
    const fresh = data.slice(toldAgain);
    toldAgain -= data.length - fresh.length;
    told += fresh.length;
    if (fresh) step({ type: "output", data: fresh });
  };

  return {
    execution: {
      processId: processId.promise,
      result: result.promise,
      async cancel(options) {
        await cancel(await processId.promise, options);
      },
      async *[Symbol.asyncIterator]() {
        for (let next = 0; ;) {
          const step = steps[next];
          if (step) {
            next += 1;
            yield step;
          } else if (ended) {
            await result.promise;
            return;
          } else {
            await moved.promise;
          }
        }
      },
    },
    accept: processId.resolve,
    step,
    output,
    complete(whole) {
      // Of a process that ended while the connection was lost, only its end is told.
      toldAgain = told;
      output(whole.stdout);
      ended = true;
      step({ type: "complete", result: whole });
      result.resolve(whole);
    },
    fail(error) {
      ended = true;
      processId.reject(error);
      result.reject(error);
      move();
    },
    replay() {
      toldAgain = told;
    },
  };
}

/** A promise and its ends. Nobody has to handle its rejection. */
function deferred<Value>() {
  let resolve!: (value: Value) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<Value>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}
