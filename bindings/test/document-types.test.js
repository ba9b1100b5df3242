// Each generated type is deep-equal to the document's own declaration of it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { check, compilers } from "./support/compiler.js";
import { declarations } from "./support/document.js";

/** Fields whose type is narrower than the document's on purpose. */
const narrowedFields = new Map([
  // The document lists the eight codes in prose and writes `string`.
  ["ClaudeErrorPayload", "code"],
]);

/** Interfaces that the document does not have. */
const additions = [
  "ClaudeUsage", // The document writes it inline, as the type of `usage`.
  "ErrorDetail",
  "ErrorPayload", // The document does not say what the server's `error` event holds.
  "HandshakeAuth", // The document shows its token; the version is an addition.
];

const equality = `
  import type * as Document from "./document.js";
  import type * as Generated from "@slopstudios/protocol";

  type Plain<T> = T extends object ? { [Key in keyof T]: Plain<T[Key]> } : T;
  type Same<A, B> =
    (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
  type Equal<A, B> = Same<Plain<A>, Plain<B>>;
`;

for (const compiler of compilers) {
  test(`types equal the document's, by TypeScript ${compiler.version}`, () => {
    const documented = declarations();
    assert.ok(documented.size > 20, `only ${documented.size} declarations found`);
    const lines = [...documented.keys()].flatMap(equalityOf);
    const found = check(compiler, "document-types", {
      "document.ts": [...documented.values()].map((code) => `export ${code}`).join("\n"),
      "equal.ts": equality + lines.join("\n"),
    });
    assert.deepEqual(found, []);
  });
}

test("interfaces that the document lacks are listed", () => {
  const source = readFileSync(new URL("../src/types.ts", import.meta.url), "utf8");
  const generated = [...source.matchAll(/^export interface (\w+)/gm)].map(([, name]) => name);
  const documented = declarations();
  const extra = generated.filter((name) => !documented.has(name));
  assert.deepEqual(extra.sort(), additions);
});

function equalityOf(name) {
  const field = narrowedFields.get(name);
  const [documented, generated] = [`Document.${name}`, `Generated.${name}`];
  if (!field) {
    return [`export const ${name}: Equal<${documented}, ${generated}> = true;`];
  }
  return [
    `export const ${name}: Equal<${documented}, ${generated}> = false;`,
    `export const ${name}_otherwise: ` +
      `Equal<Omit<${documented}, "${field}">, Omit<${generated}, "${field}">> = true;`,
    `export const ${name}_narrower: ` +
      `${generated}["${field}"] extends ${documented}["${field}"] ? true : false = true;`,
  ];
}
