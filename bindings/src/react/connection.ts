// The connection: made by a provider, used by all components inside it.

import type { Context, ReactElement, ReactNode } from "react";
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

// Without a default: outside of a provider, the first use of the connection fails.
const Context = (React.createContext as () => Context<Connection>)();

/**
 * Connects when it is mounted and closes the connection when it is unmounted.
 *
 * Another `url` or `token` makes a new connection. All other options are those of the time of
 * connecting: `getToken` is asked again and again, so let it read where the token is kept.
 */
export function SlopProvider(props: SlopProviderProps): ReactElement {
  const [connection, setConnection] = React.useState<Connection>({ status: "connecting" });

  React.useEffect(() => {
    let used: SlopClient;
    let stop: Unsubscribe | undefined;
    // Not at once: StrictMode unmounts what it has just mounted, and a server notices late that an
    // attempt to connect was given up.
    const timer = setTimeout(() => {
      used = props.client ?? connect(props.url, props);
      stop = used.onState((state) => setConnection({ ...state, client: used }));
      setConnection({ ...used.state, client: used });
    });
    return () => {
      stop?.();
      clearTimeout(timer);
      props.client ?? used?.close();
    };
  }, [props.url, props.token, props.client]);

  return React.createElement(Context.Provider, { value: connection }, props.children);
}

/** The state of the connection, and its client. There must be a `SlopProvider` around. */
export function useConnection(): Connection {
  return React.useContext(Context);
}

/** What ends a membership, and of what. */
export type Need = `${"leaveRoom" | "unsubscribeMedia"}${string}`;

/** How many components have a need, kept on the client: so all of its providers share the count. */
export type CountingClient = SlopClient & { [need: Need]: number };

/** An effect that needs a client, and what ends it. */
export function useClientEffect(
  effect: (client: CountingClient) => readonly (() => unknown)[] | undefined,
  ...dependencies: readonly unknown[]
): void {
  const { client } = useConnection();
  React.useEffect(() => {
    const ends = client && effect(client as CountingClient);
    return () => void ends?.map((end) => end());
  }, [client, ...dependencies]);
}
