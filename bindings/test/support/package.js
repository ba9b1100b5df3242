// The package as users get it: packed, and installed in a project of its own.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the package's own manifest lies. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Packs the package as it was built.
 *
 * @param {string} name of the directory to put the tarball in
 * @returns {{ tarball: string, size: number, files: string[] }}
 */
export function pack(name) {
  const directory = emptied(name);
  const options = ["--ignore-scripts", "--json", "--offline", "--pack-destination", directory];
  const output = execFileSync("npm", ["pack", ...options], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [{ filename, size, files }] = JSON.parse(output);
  return { tarball: join(directory, filename), size, files: files.map(({ path }) => path) };
}

/**
 * Makes a project that has the package installed. Everything else that it imports is found where
 * the workspace has it.
 *
 * @param {string} name of the project's directory
 * @param {string} tarball
 * @param {Record<string, string>} files of the project by path
 * @returns {string} the directory
 */
export function project(name, tarball, files) {
  const directory = emptied(name);
  const installed = join(directory, "node_modules/@slopstudios/protocol");
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "-C", installed, "--strip-components", "1"]);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  return directory;
}

/** The package's manifest. */
export const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

function emptied(name) {
  const directory = join(root, "test/.work", name);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  return directory;
}
