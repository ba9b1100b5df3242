// Runs a prompt and streams the answer to standard output. Ctrl-C cancels it.

import { connect, ProtocolError } from "@slopstudios/protocol/client";

const { SLOP_URL = "http://localhost:3000", SLOP_TOKEN } = process.env;
const prompt = process.argv.slice(2).join(" ");
if (!prompt || !SLOP_TOKEN) {
  console.error("usage: SLOP_TOKEN=… node execute.mjs <prompt>");
  process.exit(2);
}

const client = connect(SLOP_URL, { token: SLOP_TOKEN });
const interrupt = new AbortController();
process.once("SIGINT", () => interrupt.abort());

try {
  await client.ready;
  const execution = client.claude.execute({ prompt }, { signal: interrupt.signal });
  for await (const step of execution) {
    if (step.type === "queued") console.error(step.message);
    if (step.type === "progress") process.stdout.write(step.data ?? "");
  }
  const { parsedResponse } = await execution.result;
  console.error(`\n${parsedResponse?.usage?.totalTokens ?? 0} tokens`);
} catch (error) {
  if (!(error instanceof ProtocolError)) throw error;
  console.error(`\n${error.code}: ${error.message}`);
  process.exitCode = 1;
} finally {
  client.close();
}
