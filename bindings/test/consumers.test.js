// Projects that install the tarball: TypeScript projects of each supported compiler and kind, a
// script for Node, and a page built by Vite.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { build } from "vite";
import { allCompilers, diagnosticsOf } from "./support/compiler.js";
import { pack, project, root } from "./support/package.js";

const { tarball } = pack("consumers");

const [current, oldest, last] = allCompilers;
const bundler = { module: "esnext", moduleResolution: "bundler" };
const nodenext = { module: "nodenext", moduleResolution: "nodenext" };

/** Compilers, and how a project of theirs finds packages. */
const PROJECTS = [
  [current, bundler],
  [current, nodenext],
  [last, bundler],
  [oldest, nodenext],
];

const script = readFileSync(new URL("./consumers/script.js", import.meta.url), "utf8");
const page = readFileSync(new URL("./consumers/page.tsx", import.meta.url), "utf8");

for (const [compiler, resolution] of PROJECTS) {
  const name = `${resolution.moduleResolution}-${compiler.version}`;
  test(`a project with moduleResolution ${name} checks all declarations`, () => {
    const directory = project(`consumer-${name}`, tarball, {
      "package.json": '{ "type": "module" }',
      "script.js": script,
      "page.tsx": page,
      "tsconfig.json": JSON.stringify({ compilerOptions: { ...strictest, ...resolution } }),
    });
    assert.deepEqual(diagnosticsOf(compiler, directory), []);
  });
}

const strictest = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
  noPropertyAccessFromIndexSignature: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  skipLibCheck: false,
  // The compiler's own declarations take most of the time.
  skipDefaultLibCheck: true,
  noEmit: true,
  allowJs: true,
  checkJs: true,
  resolveJsonModule: true,
  target: "es2022",
  lib: ["es2022", "dom", "dom.iterable"],
  jsx: "react-jsx",
  types: ["react"],
};

test("Node runs all subpaths", () => {
  const directory = project("consumer-node", tarball, {
    "package.json": '{ "type": "module" }',
    "script.js": script,
  });
  const options = { cwd: directory, encoding: "utf8", timeout: 20_000 };
  const output = execFileSync(process.execPath, ["--no-warnings", "script.js"], options);
  assert.deepEqual(output.trim().split("\n"), ["INVALID_PAYLOAD", "UNREACHABLE", "done"]);
});

test("the React example type-checks, and Vite bundles one copy of each library", async () => {
  const directory = project("consumer-vite", tarball, filesIn("examples/react"));
  assert.deepEqual(diagnosticsOf(current, directory), []);

  const modules = new Set();
  const collect = { name: "collect", moduleParsed: ({ id }) => void modules.add(id) };
  await build({ root: directory, logLevel: "error", plugins: [collect] });
  const assets = join(directory, "dist/assets");
  const scripts = readdirSync(assets).filter((name) => name.endsWith(".js"));
  assert.equal(scripts.length, 1);
  assert.match(readFileSync(join(assets, scripts[0]), "utf8"), /claude:execute/);

  for (const library of ["react", "react-dom", "socket.io-client", "@slopstudios/protocol"]) {
    const copies = new Set([...modules].flatMap((id) => copyOf(library, id)));
    assert.equal(copies.size, 1, `${library} is bundled from: ${[...copies].join(", ")}`);
  }
  const own = [...modules].flatMap((id) => id.split("/@slopstudios/protocol/dist/")[1] ?? []);
  assert.ok(own.includes("react/index.js") && own.includes("client/index.js"), own.join(", "));
  assert.ok(!own.some((id) => id.startsWith("validate/")), "it did not import ./validate");
});

/** The files that the repository has below a directory of the package, by path. */
function filesIn(path) {
  const directory = join(root, path);
  const names = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .filter((name) => !/^(node_modules|dist)\b/.test(name));
  return Object.fromEntries(names.map((it) => [it, readFileSync(join(directory, it), "utf8")]));
}

/** The directory of the copy of a library that a module belongs to. */
function copyOf(library, id) {
  const at = id.lastIndexOf(`/node_modules/${library}/`);
  return at < 0 ? [] : [id.slice(0, at)];
}
