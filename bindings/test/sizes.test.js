// What a page downloads for each subpath, minified and compressed, is at most what the README says.

import { build } from "esbuild";
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { LIMITS } from "./support/limits.js";
import { manifest, root } from "./support/package.js";

const { name } = manifest;

for (const [subpath, limit] of Object.entries(LIMITS)) {
  test(`${name}${subpath} has at most ${limit} bytes`, async (t) => {
    // A page that uses `./react` has the client already; it is counted once.
    const shared = subpath === "/react" ? ["../client/*"] : [];
    const code = await bundle(`export * from "${name}${subpath}";`, ...shared);
    const bytes = gzipSync(code, { level: 9 }).length;
    t.diagnostic(`${bytes} bytes`);
    assert.ok(bytes <= limit, `${bytes} bytes; find what grew with: esbuild --analyze`);
  });
}

test("types cost nothing", async () => {
  const code = await bundle(`
    import type { RootSocket } from "${name}";
    import type { SlopClient } from "${name}/client";
    export type Sockets = RootSocket | SlopClient["sockets"]["/"];
  `);
  assert.equal(code, "");
});

test("one constant brings itself alone", async () => {
  const code = await bundle(`
    import { MEDIA_NAMESPACE } from "${name}";
    console.log(MEDIA_NAMESPACE);
  `);
  assert.match(code, /^(var|const) \w+="\/media";console\.log\(\w+\);\n$/);
});

/** The program as a page would load it, without the peers and the imports that match a pattern. */
async function bundle(program, ...without) {
  const result = await build({
    stdin: { contents: program, loader: "ts", resolveDir: root },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    external: [...Object.keys(manifest.peerDependencies), "react/*", ...without],
    write: false,
    legalComments: "none",
  });
  return result.outputFiles[0].text;
}
