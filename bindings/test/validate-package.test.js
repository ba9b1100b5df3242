// `./validate` as bundlers, browsers with a strict policy and other libraries take it.

import { build } from "esbuild";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as prettier from "prettier";
import { check, compilers } from "./support/compiler.js";

const sources = new URL("../src/validate/", import.meta.url);
const built = new URL(import.meta.resolve("@slopstudios/protocol/validate"));

/** What a page downloads for some of the exports. */
async function bundle(exports) {
  const result = await build({
    stdin: {
      contents: `export ${exports} from ${JSON.stringify(fileURLToPath(built))};`,
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  return result.outputFiles[0].text;
}

const gzipped = (code) => gzipSync(code, { level: 9 }).length;

test("all of it is at most 2.5 kB, and one schema brings little of the others", async () => {
  const all = gzipped(await bundle("*"));
  assert.ok(all <= 2500, `${all} bytes`);
  const one = await bundle("{ RoomCallback }");
  assert.ok(gzipped(one) <= 750, `${gzipped(one)} bytes`);
  assert.doesNotMatch(one, /prompt|INVALID_PAYLOAD/);
});

test("nothing makes code from text", async () => {
  const code = await bundle("*");
  assert.doesNotMatch(code, /\beval\b|\bFunction\b|\bimport\(/);
  const program = `
    ${code.replace(/export\{.*\};?\s*$/s, "")}
    const { validator } = await import(${JSON.stringify(built.href)});
    console.log(validator.sent("joinRoom", [""])[0].message);`;
  const options = ["--disallow-code-generation-from-strings", "--input-type=module", "--eval"];
  const output = execFileSync(process.execPath, [...options, program], { encoding: "utf8" });
  assert.equal(output, "Room must not be empty\n");
});

for (const name of readdirSync(sources)) {
  test(`validate/${name} reads as formatted by hand`, async () => {
    const filepath = fileURLToPath(new URL(name, sources));
    const text = readFileSync(filepath, "utf8");
    const options = { ...(await prettier.resolveConfig(filepath)), filepath };
    assert.equal(await prettier.format(text, options), text);
  });
}

const types = `
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { ClaudeExecutePayload as Payload, RoomName as Name } from "@slopstudios/protocol";
import {
  ClaudeExecutePayload,
  RoomName,
  validator,
  type StandardSchemaV1 as Own,
  type Validator,
} from "@slopstudios/protocol/validate";

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

export const schema: StandardSchemaV1<Payload, Payload> = ClaudeExecutePayload;
export const name: StandardSchemaV1<string> = RoomName;
export const checked: Validator = validator;
export const output: Same<StandardSchemaV1.InferOutput<typeof ClaudeExecutePayload>, Payload> = true;
export const input: Same<StandardSchemaV1.InferInput<typeof RoomName>, Name> = true;
export const own: Same<Own.InferOutput<typeof ClaudeExecutePayload>, Payload> = true;

// A consumer that knows the specification only.
export async function parse<Of extends StandardSchemaV1>(
  of: Of,
  value: unknown,
): Promise<StandardSchemaV1.InferOutput<Of>> {
  const result = await of["~standard"].validate(value);
  if (result.issues) throw new Error(result.issues[0]?.message);
  return result.value;
}
export const prompt: Promise<string> = parse(ClaudeExecutePayload, {}).then((it) => it.prompt);

// One that knows these schemas: the answer is there at once.
const result = ClaudeExecutePayload["~standard"].validate({});
export const model: string | undefined = result.issues ? undefined : result.value.model;
// @ts-expect-error the value is there only when there are no issues
export const unchecked: Payload = result.value;
`;

for (const compiler of compilers) {
  test(`schemas are Standard Schemas, by TypeScript ${compiler.version}`, () => {
    assert.deepEqual(check(compiler, "validate", { "validate.ts": types }), []);
  });
}
