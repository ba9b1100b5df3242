// The generated AsyncAPI document is valid, by AsyncAPI's own parser.

import { DiagnosticSeverity, Parser } from "@asyncapi/parser";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { CLIENT_EVENT_NAMES, NAMESPACES, SERVER_EVENT_NAMES } from "@slopstudios/protocol";

test("schema/json/asyncapi.json has no errors and describes every event", async () => {
  const source = readFileSync(new URL("../../schema/json/asyncapi.json", import.meta.url), "utf8");
  const { document, diagnostics } = await new Parser().parse(source);
  const serious = diagnostics.filter(({ severity }) => severity <= DiagnosticSeverity.Warning);
  assert.deepEqual(serious, []);

  assert.deepEqual(
    document
      .channels()
      .all()
      .map((one) => one.address())
      .sort(),
    [...NAMESPACES],
  );
  const named = (operations) =>
    new Set(operations.flatMap((one) => one.messages().all()).map((one) => one.name()));
  assert.deepEqual(named(document.operations().filterByReceive()), new Set(CLIENT_EVENT_NAMES));
  assert.deepEqual(named(document.operations().filterBySend()), new Set(SERVER_EVENT_NAMES));
  for (const operation of document.operations().filterByReceive()) {
    assert.equal(operation.reply().messages().all().length, 1);
  }
});
