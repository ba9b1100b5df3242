// The session: signing in and out on all sockets of the connection at once.

import type { AuthenticateResponse } from "../types.js";
import type { Call } from "./call.js";
import type { SlopClient } from "./client.js";
import type { Connection } from "./connection.js";
import type { Accepted } from "./events.js";
import type { ConnectOptions } from "./options.js";

/** Methods about who the client is. `forget` drops what a signed-out client is not to get back. */
export function session(
  connection: Connection,
  { getToken }: ConnectOptions,
  call: Call,
  forget: () => void,
): SlopClient["session"] {
  const { sockets } = connection;
  return {
    async authenticate(token, options) {
      connection.authenticating += 1;
      try {
        const onEach = sockets.map((socket) =>
          call("authenticate", [{ token }], options, { socket }),
        );
        const [response] = await Promise.all(onEach);
        connection.signInWith(getToken ?? (() => token));
        return response as Accepted<AuthenticateResponse, "userId">;
      } finally {
        connection.authenticating -= 1;
      }
    },
    async logout(options) {
      connection.signInWith(undefined);
      forget();
      await Promise.all(sockets.map((socket) => call("logout", [], options, { socket })));
    },
    info: (options) => call("getConnectionInfo", [], options),
  };
}
