// Patience: a promise that ends by itself, after a time or when its signal is aborted.

import { ProtocolError } from "./error.js";
import type { CallOptions } from "./options.js";

/** What is awaited: its name in sentences, and the error of having waited too long. */
export interface Awaited {
  what: string;
  late: (timeoutMs: number) => ProtocolError;
}

/** How long calls wait when nobody says how long, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Starts something and waits for it: as long as the options say, and not at all when their signal
 * is aborted already. What `start` returns undoes it, whatever the end was.
 */
export function patiently<Value>(
  { what, late }: Awaited,
  { timeoutMs = DEFAULT_TIMEOUT_MS, signal }: CallOptions,
  start: (resolve: (value: Value) => void, reject: (error: ProtocolError) => void) => () => void,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    let undo: (() => void) | undefined;
    const ending =
      <Result>(settle: (result: Result) => void) =>
      (result: Result) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
        undo?.();
        settle(result);
      };
    const fail = ending(reject);
    const abort = () => {
      fail(new ProtocolError("ABORTED", `${what} was aborted`, { cause: signal?.reason }));
    };
    const timer = setTimeout(() => fail(late(timeoutMs)), timeoutMs);
    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort);
    undo = start(ending(resolve), fail);
  });
}
