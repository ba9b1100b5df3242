// `./validate` gives the verdicts of the server's validator, and names the places it names.

import { Ajv2020 } from "ajv/dist/2020.js";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as schemas from "@slopstudios/protocol/validate";

const file = new URL("../../schema/json/protocol.json", import.meta.url);
const { events, $defs: definitions } = JSON.parse(readFileSync(file, "utf8"));
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, validateFormats: false });
const seed = process.env.VALUES_SEED ?? String(Date.now() % 2 ** 32);

test("each payload and callback has a schema, and nothing else has", () => {
  const uses = events.flatMap((event) => [event.arguments[0], event.callback]);
  const names = uses.flatMap((use) => use?.schema.$ref.replace("#/$defs/", "") ?? []);
  const expected = [...new Set(names), "validator"];
  assert.deepEqual(Object.keys(schemas).sort(), expected.sort());
});

test(`verdicts and places are the server's (VALUES_SEED=${seed})`, () => {
  const verdicts = new Map();
  for (const line of cases(seed)) {
    const { type, value, valid, paths } = JSON.parse(line, abbreviations);
    const { issues = [] } = schemas[type]["~standard"].validate(value);
    const pointers = new Set(issues.map(({ path }) => path.map((key) => `/${key}`).join("")));
    assert.deepEqual([...pointers].sort(), paths.sort(), line);
    // Ajv has formats in a package of its own, which takes more for a time than RFC 3339 does.
    const isOnlyTimes = issues.every(({ message }) => message.endsWith("must be a date-time"));
    assert.equal(ajvOf(type)(value), isOnlyTimes, line);
    const counts = verdicts.get(type) ?? { valid: 0, invalid: 0 };
    counts[valid ? "valid" : "invalid"] += 1;
    verdicts.set(type, counts);
  }
  assertBothVerdicts(verdicts);
});

function cases(seed) {
  const program = process.env.SLOP_VALIDATION_CASES;
  const repair = "run: cargo xtask test --only build --only bindings";
  assert.ok(program, `SLOP_VALIDATION_CASES is not the path of validation_cases; ${repair}`);
  const options = { encoding: "utf8", maxBuffer: 2 ** 30 };
  return execFileSync(program, [seed], options).trimEnd().split("\n");
}

/** A long text of one repeated character is written as `{"$repeat": [character, times]}`. */
function abbreviations(_key, value) {
  return value?.$repeat ? value.$repeat[0].repeat(value.$repeat[1]) : value;
}

const compiled = new Map();

function ajvOf(type) {
  if (!compiled.has(type)) {
    const schema = { $ref: `#/$defs/${type}`, $defs: definitions };
    compiled.set(type, ajv.compile(schema));
  }
  return compiled.get(type);
}

/** Neither verdict may become rare, or the comparison says little. */
function assertBothVerdicts(verdicts) {
  assert.deepEqual([...verdicts.keys(), "validator"].sort(), Object.keys(schemas).sort());
  let total = 0;
  for (const [type, { valid, invalid }] of verdicts) {
    total += valid + invalid;
    assert.ok(Math.min(valid, invalid) > (valid + invalid) / 10, `${type}: ${valid}, ${invalid}`);
  }
  assert.ok(total >= 100_000, `${total} values`);
}
