// A script for Node that uses the package as it is installed. Run by `consumers.test.js`.

import { CLIENT_EVENT_NAMES, PROTOCOL_VERSION } from "@slopstudios/protocol";
import { ProtocolError, connect } from "@slopstudios/protocol/client";
import { ClaudeExecutePayload, validator } from "@slopstudios/protocol/validate";
import asyncapi from "@slopstudios/protocol/asyncapi.json" with { type: "json" };
import bundle from "@slopstudios/protocol/protocol.json" with { type: "json" };

/** @param {boolean} condition @param {string} what */
function expect(condition, what) {
  if (!condition) throw new Error(what);
}

expect(bundle.version === PROTOCOL_VERSION, "the bundle is of this version");
expect(asyncapi.info.version === PROTOCOL_VERSION, "the AsyncAPI document is of this version");
expect(CLIENT_EVENT_NAMES.includes("claude:execute"), "clients execute");
expect(!ClaudeExecutePayload["~standard"].validate({ prompt: "Hello" }).issues, "it is valid");

// Nothing listens on this port of the machine itself.
const client = connect("http://127.0.0.1:9", { validator, timeoutMs: 2000 });
/** @param {unknown} error */
const report = (error) => {
  if (!(error instanceof ProtocolError)) throw error;
  console.log(error.code);
};

await client.call("joinRoom", "").catch(report);
await client.ready.catch(report);
client.close();
console.log("done");
