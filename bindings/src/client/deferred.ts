// Promises that are settled from outside.

/** A promise, what resolves it and what rejects it. Nobody has to handle its rejection. */
export function deferred<Value>() {
  let ends!: [resolve: (value: Value) => void, reject: (error: unknown) => void];
  const promise = new Promise<Value>((...both) => {
    ends = both;
  });
  promise.catch(() => {});
  return [promise, ...ends] as const;
}
