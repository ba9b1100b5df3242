// A page that uses the package as it is installed. Type-checked by `consumers.test.js`.

import { createRoot } from "react-dom/client";
import type { ClaudeErrorCode, RootSocket } from "@slopstudios/protocol";
import type { SlopClient } from "@slopstudios/protocol/client";
import { SlopProvider, useClaude } from "@slopstudios/protocol/react";

export const advice: Partial<Record<ClaudeErrorCode, string>> = { CANCELLED: "Run it again." };
export const root = (client: SlopClient): RootSocket => client.sockets["/"];

function Prompt() {
  const claude = useClaude();
  return <pre>{JSON.stringify(claude)}</pre>;
}

createRoot(document.body).render(
  <SlopProvider url="http://localhost:3000">
    <Prompt />
  </SlopProvider>,
);
