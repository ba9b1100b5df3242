// The tarball: what is in it, how large it is, and what the linters of packages say about it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { manifest, pack, root } from "./support/package.js";

const MAX_BYTES = 120_000;

const { tarball, size, files } = pack("tarball");

test("it holds what was built, and nothing else", () => {
  const sources = readdirSync(join(root, "src"), { recursive: true }).filter((path) =>
    /\.tsx?$/.test(path),
  );
  const modules = sources.map((path) => path.replace(/\.tsx?$/, ""));
  const expected = [
    "LICENSE",
    "README.md",
    "package.json",
    "dist/asyncapi.json",
    "dist/protocol.json",
    ...modules.flatMap((path) => [`dist/${path}.js`, `dist/${path}.d.ts`]),
  ];
  const repair = "something is missing in or left over from a build; run: npm run build";
  assert.deepEqual(files.sort(), expected.sort(), repair);
});

test(`it has at most ${MAX_BYTES} bytes`, () => {
  assert.ok(size <= MAX_BYTES, `${size} bytes`);
});

test("it brings no dependencies, and says what it needs", () => {
  assert.equal(manifest.dependencies, undefined, "everything it needs is a peer");
  assert.deepEqual(Object.keys(manifest.peerDependencies), ["react", "socket.io-client"]);
  assert.deepEqual(manifest.peerDependenciesMeta, { react: { optional: true } });
  assert.equal(manifest.sideEffects, false);
});

test("publint finds nothing", () => {
  run("publint", "run", tarball, "--strict");
});

test("Are The Types Wrong finds nothing", () => {
  run("attw", tarball, "--profile", "esm-only", "--no-color", "--no-emoji");
});

/** Runs an installed tool on the tarball; what it says is the failure. */
function run(tool, ...args) {
  try {
    const options = { cwd: root, encoding: "utf8", stdio: "pipe" };
    execFileSync("npm", ["exec", "--offline", "--no", "--", tool, ...args], options);
  } catch ({ stdout, stderr }) {
    assert.fail(`${tool} ${args.join(" ")}:\n${stdout}${stderr}`);
  }
}
