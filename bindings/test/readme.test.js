// The TypeScript in the project's README type-checks.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { check, compilers } from "./support/compiler.js";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const snippets = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);

for (const compiler of compilers) {
  test(`the README's TypeScript type-checks, by TypeScript ${compiler.version}`, () => {
    assert.equal(snippets.length, 1);
    const globals = "declare const process: { stdout: { write(text: string): void } };";
    const files = { "readme.ts": snippets[0], "globals.d.ts": globals };
    assert.deepEqual(check(compiler, "readme", files), []);
  });
}
