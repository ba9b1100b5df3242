// Builds the package into `dist`: the modules and, beside them, the documents generated from the
// protocol's table, which the repository keeps in one place only.

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const compiler = createRequire(import.meta.url).resolve("typescript/package.json");

const DOCUMENTS = ["protocol.json", "asyncapi.json"];

mkdirSync(dist, { recursive: true });
for (const name of DOCUMENTS) copyFileSync(join(root, "../schema/json", name), join(dist, name));
copyFileSync(join(root, "../LICENSE"), join(root, "LICENSE"));

const command = [join(dirname(compiler), "bin", "tsc"), "--build", root];
const { status } = spawnSync(process.execPath, command, { stdio: "inherit" });
removeLeftovers();
process.exitCode = status ?? 1;

/** What the compiler made of sources that exist no more would be published otherwise. */
function removeLeftovers() {
  const modules = filesIn(join(root, "src")).map((name) => name.replace(/\.tsx?$/, ""));
  const made = modules.flatMap((name) => [`${name}.js`, `${name}.d.ts`]);
  const wanted = new Set([...made, ...DOCUMENTS]);
  for (const name of filesIn(dist)) {
    if (!wanted.has(name)) rmSync(join(dist, name), { force: true });
  }
}

/** All files below a directory, by their paths from there. */
function filesIn(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)));
}
