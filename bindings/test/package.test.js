// The package as it is installed: it can be imported, and its sources are formatted.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as prettier from "prettier";
import * as protocol from "@slopstudios/protocol";

const sources = ["../src/types.ts", "../src/events.ts", "../src/socket.ts", "../src/index.ts"];

for (const source of sources) {
  test(`${source} reads as formatted by hand`, async () => {
    const file = new URL(source, import.meta.url);
    const text = readFileSync(file, "utf8");
    const options = { ...(await prettier.resolveConfig(file)), parser: "typescript" };
    assert.equal(await prettier.format(text, options), text);
  });
}

test("constants are those of the bundle", () => {
  const file = new URL("../../schema/json/protocol.json", import.meta.url);
  const bundle = JSON.parse(readFileSync(file, "utf8"));
  const names = (direction) =>
    bundle.events.filter((event) => event.direction === direction).map((event) => event.name);
  assert.equal(protocol.PROTOCOL_VERSION, bundle.version);
  assert.deepEqual(
    protocol.NAMESPACES,
    bundle.namespaces.map(({ path }) => path),
  );
  assert.deepEqual(protocol.CLIENT_EVENT_NAMES, names("client"));
  assert.deepEqual(protocol.SERVER_EVENT_NAMES, names("server"));
  assert.deepEqual(protocol.CLAUDE_ERROR_CODES, bundle.$defs.ClaudeErrorCode.enum);
});
