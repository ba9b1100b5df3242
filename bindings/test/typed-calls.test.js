// Every way to call a socket is typed, and wrong calls do not compile.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { check, compilers } from "./support/compiler.js";

const directory = new URL("./types/", import.meta.url);

for (const compiler of compilers) {
  for (const file of readdirSync(directory)) {
    test(`${file}, by TypeScript ${compiler.version}`, () => {
      const source = readFileSync(new URL(file, directory), "utf8");
      assert.deepEqual(check(compiler, file, { [file]: source }), []);
    });
  }
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
