// Whether there is a connection, who is signed in, and what is wrong.

import { useConnection } from "@slopstudios/protocol/react";

export function Header({ onSignOut }: { onSignOut: () => void }) {
  const { status, user, error } = useConnection();

  return (
    <header>
      <h1>Slop Studio</h1>
      <p role="status">
        <span className={`dot ${status}`} aria-hidden="true" />
        {status === "connecting" && "Connecting …"}
        {status === "closed" && "Connection closed"}
        {status === "connected" && (user ? `Signed in as ${user.userId}` : "Not signed in")}
      </p>
      <button className="quiet" onClick={onSignOut}>
        Sign out
      </button>
      {error && <p role="alert">{error.message}</p>}
    </header>
  );
}
