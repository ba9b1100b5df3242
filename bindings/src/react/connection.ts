// The connection: made by a provider, used by all components inside it.

import type { ReactElement, ReactNode } from "react";
import { connect } from "../client/index.js";
import type { ConnectionState, ConnectOptions, SlopClient, Unsubscribe } from "../client/index.js";
import { React } from "./react.js";

/** The state of the connection, and the client for all that has no hook. */
export interface Connection extends ConnectionState {
  /** `undefined` in the first moment, and when rendered on a server. */
  readonly client?: SlopClient;
}

/** Where and how to connect, or a client that is there already. */
export interface SlopProviderProps extends ConnectOptions {
  /** Of the server, like `http://localhost:3000`; the page's own when absent. */
  readonly url?: string | undefined;
  /** A client to use instead of connecting. Whoever made it closes it. */
  readonly client?: SlopClient | undefined;
  readonly children?: ReactNode;
}

const Context = React.createContext<Connection | undefined>(undefined);

/**
 * Connects when it is mounted and closes the connection when it is unmounted.
 *
 * Another `url` or `token` makes a new connection. All other options are those of the time of
 * connecting: `getToken` is asked again and again, so let it read where the token is kept.
 */
export function SlopProvider(props: SlopProviderProps): ReactElement {
  const { client, url, token } = props;
  const [connection, setConnection] = React.useState<Connection>({ status: "connecting" });

  React.useEffect(() => {
    let used: SlopClient;
    let stop: Unsubscribe | undefined;
    // Not at once: StrictMode unmounts what it has just mounted, and a server notices late that an
    // attempt to connect was given up.
    const timer = setTimeout(() => {
      used = client ?? connect(url, props);
      stop = used.onState((state) => setConnection({ ...state, client: used }));
      setConnection({ ...used.state, client: used });
    });
    return () => {
      clearTimeout(timer);
      stop?.();
      client ?? used?.close();
    };
  }, [client, url, token]);

  return React.createElement(Context.Provider, { value: connection }, props.children);
}

/** The state of the connection, and its client. Throws when there is no provider around. */
export function useConnection(): Connection {
  return React.useContext(Context)!;
}

/** An effect that needs a client, and what ends it. */
export function useClientEffect(
  effect: (client: SlopClient) => readonly (() => void)[] | undefined,
  ...dependencies: readonly unknown[]
): void {
  const { client } = useConnection();
  React.useEffect(() => {
    const ends = client && effect(client);
    return () => ends?.forEach((end) => end());
  }, [client, ...dependencies]);
}
