// The READMEs tell the truth: their TypeScript type-checks, their tables are complete.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { CLAUDE_ERROR_CODES, ERROR_CODES } from "@slopstudios/protocol";
import { check, compilers } from "./support/compiler.js";
import { LIMITS } from "./support/limits.js";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
const readmes = { project: read("../../README.md"), package: read("../README.md") };

/** What Node and browsers have, and the compiler is not told of. */
const globals = "declare const process: { stdout: { write(text: string): void } };";

const snippets = Object.entries(readmes).flatMap(([name, text]) =>
  [...text.matchAll(/^```(tsx?)\n(.*?)^```$/gms)].map(([, language, code], index) => [
    `${name}-${index + 1}.${language}`,
    code,
  ]),
);

test("there is TypeScript in the READMEs", () => {
  const names = snippets.map(([name]) => name.replace(/-\d+/, ""));
  assert.deepEqual([...new Set(names)], ["project.ts", "package.ts", "package.tsx"]);
});

for (const compiler of compilers) {
  test(`the READMEs' TypeScript type-checks, by TypeScript ${compiler.version}`, () => {
    const files = { ...Object.fromEntries(snippets), "globals.d.ts": globals };
    assert.deepEqual(check(compiler, "readme", files), []);
  });
}

test("the package's table of errors has every code once", () => {
  const source = read("../src/client/error.ts").split("export type ProtocolErrorCode =")[1];
  const own = [...source.split(";")[0].matchAll(/"(\w+)"/g)].map(([, code]) => code);
  assert.ok(own.length > 0, "src/client/error.ts has no codes where this test looks for them");
  const expected = new Set([...own, ...ERROR_CODES, ...CLAUDE_ERROR_CODES]);
  const table = readmes.package.split("## Errors")[1].split("##")[0];
  const found = [...table.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
  assert.deepEqual(found.sort(), [...expected].sort());
});

test("the package's README has the sizes that are tested", () => {
  for (const [subpath, bytes] of Object.entries(LIMITS)) {
    const row = new RegExp(
      `^\\| \`@slopstudios/protocol${subpath}\` .*\\| ${bytes / 1000} kB \\|$`,
      "m",
    );
    assert.match(readmes.package, row);
  }
});
