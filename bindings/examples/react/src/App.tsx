// A small studio: sign in, then everything below the provider shares one connection.

import { SlopProvider } from "@slopstudios/protocol/react";
import { useState } from "react";
import { Header } from "./Header";
import { Media } from "./Media";
import { Notifications } from "./Notifications";
import { Prompt } from "./Prompt";
import { SignIn } from "./SignIn";
import type { Account } from "./SignIn";

export function App() {
  const [account, setAccount] = useState<Account>();
  if (!account) return <SignIn onSignIn={setAccount} />;

  return (
    <SlopProvider url={account.url} token={account.token}>
      <Header onSignOut={() => setAccount(undefined)} />
      <main>
        <Prompt />
        <Media />
        <Notifications />
      </main>
    </SlopProvider>
  );
}
