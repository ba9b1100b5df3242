// Where the server is, and who is using it.

import { useState } from "react";
import type { SubmitEvent } from "react";

export interface Account {
  url: string;
  token: string;
}

export function SignIn({ onSignIn }: { onSignIn: (account: Account) => void }) {
  const [url, setUrl] = useState("http://localhost:3000");
  const [token, setToken] = useState("");

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onSignIn({ url, token });
  };

  return (
    <main className="sign-in">
      <form className="card" onSubmit={submit}>
        <h1>Slop Studio</h1>
        <label>
          Server
          <input type="url" required value={url} onChange={(e) => setUrl(e.target.value)} />
        </label>
        <label>
          Token
          <input
            type="password"
            required
            autoComplete="off"
            value={token}
            onChange={(e) => setToken(e.target.value)}
          />
        </label>
        <p className="hint">
          <code>slop-server --demo</code> prints a token to paste here.
        </p>
        <button>Sign in</button>
      </form>
    </main>
  );
}
