// The session: signing in and out on all sockets of a client at once.

import type { CallOptions } from "./options.js";

/** Who a client is. */
export interface Session {
  /** Signs in on all namespaces, now and whenever the client connects again. */
  authenticate(token: string, options?: CallOptions): Promise<void>;
  /** Signs out on all namespaces. Nothing is brought back when the client connects again. */
  logout(options?: CallOptions): Promise<void>;
}
