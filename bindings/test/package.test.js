// The package's own files: they are formatted, and their constants are those of the protocol.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as protocol from "@slopstudios/protocol";
import { root } from "./support/package.js";

test("its files read as formatted by hand", () => {
  const files = "{src,scripts,test,examples}/**/*.{js,mjs,ts,tsx,css,html}";
  const args = ["exec", "--offline", "--no", "--", "prettier", "--list-different", files];
  const { stdout, status } = spawnSync("npm", args, { cwd: root, encoding: "utf8" });
  assert.equal(stdout, "", "run, in bindings/: npx prettier --write <the files>");
  assert.equal(status, 0);
});

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
