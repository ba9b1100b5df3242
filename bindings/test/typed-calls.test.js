// Everything that the package exports is typed, and what is wrong does not compile.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { allCompilers, check } from "./support/compiler.js";

const directory = new URL("./types/", import.meta.url);
const read = (file) => [file, readFileSync(new URL(file, directory), "utf8")];
const files = Object.fromEntries(readdirSync(directory).map(read));

for (const compiler of allCompilers) {
  test(`what is right compiles, what is wrong does not, by TypeScript ${compiler.version}`, () => {
    assert.deepEqual(check(compiler, "types", files), []);
  });
}

test("the sources hold no any, no enum, no bigint, no field both optional and nullable", () => {
  const sources = new URL("../src/", import.meta.url);
  const files = readdirSync(sources, { recursive: true }).filter((file) => file.endsWith(".ts"));
  assert.ok(files.includes("types.ts") && files.includes("events.ts"));
  for (const file of files) {
    const text = readFileSync(new URL(file, sources), "utf8");
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    assert.doesNotMatch(code, /\b(any|enum|bigint)\b/, file);
    assert.doesNotMatch(code, /\?:[^;]*\bnull\b/, file);
  }
});
