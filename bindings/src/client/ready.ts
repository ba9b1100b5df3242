// Readiness: the outcome of an attempt to connect and to sign in.

import type { Connection } from "./connection.js";
import { ProtocolError, closed } from "./error.js";
import type { CallOptions } from "./options.js";
import { patiently } from "./patience.js";

/** Waits until the client is connected and signed in, or until that has failed. */
export function ready({ state, onState }: Connection, options: CallOptions): Promise<void> {
  const before = state();
  const late = (waitedMs: number) =>
    state().error ?? new ProtocolError("TIMEOUT", `Not connected in ${waitedMs} ms`);

  return patiently({ what: "Connecting", late }, options, (resolve, reject) => {
    const look = () => {
      const { status, error } = state();
      if (status === "closed") reject(error ?? closed());
      else if (status === "connected") error ? reject(error) : resolve();
      else if (error && error !== before.error) reject(error);
    };
    const stop = onState(look);
    look();
    return stop;
  });
}
