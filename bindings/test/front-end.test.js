// A front end that spells event names and fields by hand, and one that is right. With Socket.IO's
// own types both compile; with the protocol's, each line that drifts is an error, and no other is.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { allCompilers, check } from "./support/compiler.js";

const handSpelled = sources("hand-spelled");
const typed = sources("typed");

/** What is replaced: the imports of Socket.IO's type. Lines stay where they are. */
const REPLACEMENTS = [
  ["{ Socket }", "{ RootSocket as Socket }"],
  ["{ Socket as MediaSocket }", "{ MediaSocket }"],
  ["{ Socket as NotificationsSocket }", "{ NotificationsSocket }"],
].map(([from, to]) => [
  `import type ${from} from "socket.io-client";`,
  `import type ${to} from "@slopstudios/protocol";`,
]);

const drifts = marked(handSpelled, /\/\/ drift$/);

test("the front end drifts in many places and ways", () => {
  assert.ok(drifts.length >= 100, `${drifts.length} lines are marked`);
});

test("with Socket.IO's own types nothing is noticed", () => {
  assert.deepEqual(check(allCompilers[0], "front-end-untyped", handSpelled), []);
});

for (const compiler of allCompilers) {
  test(`with the protocol's types every drift is an error, by TypeScript ${compiler.version}`, () => {
    const found = check(compiler, "front-end", { ...replaced(handSpelled), ...typed });
    const places = new Set(found.map(({ file, line }) => `${file}:${line}`));
    const missed = drifts.filter((place) => !places.has(place));
    assert.deepEqual(missed, [], "marked `// drift`, but they compile");
    const surplus = found.filter(({ file, line }) => !drifts.includes(`${file}:${line}`));
    assert.deepEqual(surplus, [], "errors on lines that are right");
  });
}

test("what is right needs no cast, no any, no assertion", () => {
  const withoutImports = ([name, text]) => [name, text.replaceAll(/^import [^;]*;$/gms, "")];
  const code = Object.fromEntries(Object.entries(typed).map(withoutImports));
  assert.deepEqual(marked(code, /\b(as|any|unknown|satisfies)\b|[\w)\]]!(?!=)|@ts-/), []);
});

/** The files of a front end by path. */
function sources(name) {
  const directory = new URL(`./front-end/${name}/`, import.meta.url);
  const read = (file) => [`${name}/${file}`, readFileSync(new URL(file, directory), "utf8")];
  return Object.fromEntries(readdirSync(directory).map(read));
}

/** The same front end with the protocol's socket types instead of Socket.IO's. */
function replaced(files) {
  const replace = (text) => REPLACEMENTS.reduce((all, [from, to]) => all.replace(from, to), text);
  return Object.fromEntries(Object.entries(files).map(([file, text]) => [file, replace(text)]));
}

/** The places, as `file:line`, of the lines that match. */
function marked(files, pattern) {
  return Object.entries(files).flatMap(([file, text]) =>
    text.split("\n").flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}`] : [])),
  );
}
