// Runs the TypeScript compilers that the package supports on files of a test.

import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const testDirectory = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);

const named = (name) => {
  const manifest = require.resolve(`${name}/package.json`);
  return {
    version: require(manifest).version,
    executable: join(dirname(manifest), "bin", "tsc"),
  };
};

/** The newest compiler, and the oldest supported one. */
export const compilers = ["typescript", "typescript-5.4"].map(named);

/** With the last one that is written in JavaScript, which many projects have. */
export const allCompilers = [...compilers, named("typescript-5.9")];

/**
 * Type-checks files under `--strict`. Inside them, `@slopstudios/protocol` is this package.
 *
 * @param {{ executable: string, version: string }} compiler
 * @param {string} name of the directory to put them in
 * @param {Record<string, string>} files by path
 * @returns {{ file: string, line: number, code: number, message: string }[]} what it says
 */
export function check(compiler, name, files) {
  const directory = join(testDirectory, ".work", `${name}-${compiler.version}`);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), content);
  }
  writeFileSync(join(directory, "tsconfig.json"), JSON.stringify(configuration));
  return diagnosticsOf(compiler, directory);
}

/** What a compiler says about the project in a directory. */
export function diagnosticsOf(compiler, directory) {
  const { status, stdout, stderr } = run(compiler, directory);
  const found = diagnostics(stdout);
  if (status !== 0 && !found.length) throw new Error(`tsc failed: ${stdout}${stderr}`);
  return found;
}

const configuration = {
  compilerOptions: {
    strict: true,
    noEmit: true,
    allowJs: true,
    checkJs: true,
    skipLibCheck: true,
    target: "es2022",
    module: "esnext",
    moduleResolution: "bundler",
    jsx: "react-jsx",
    lib: ["es2022", "dom"],
    types: [],
  },
};

function run({ executable }, directory) {
  const args = [executable, "--project", directory, "--pretty", "false"];
  return spawnSync(process.execPath, args, { cwd: directory, encoding: "utf8" });
}

function diagnostics(output) {
  const found = [];
  for (const line of output.split("\n")) {
    const match =
      /^(?<file>[^(\s]+)\((?<line>\d+),\d+\): error TS(?<code>\d+): (?<message>.*)$/.exec(line);
    if (match) {
      const { file, line, code, message } = match.groups;
      found.push({ file, line: Number(line), code: Number(code), message });
    } else if (/^ +\S/.test(line)) {
      // The reason, indented below what it explains.
      found.at(-1).message += `\n${line}`;
    } else if (/^error /.test(line)) {
      throw new Error(line);
    }
  }
  return found;
}
