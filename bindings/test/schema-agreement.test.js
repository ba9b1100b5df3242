// TypeScript and JSON Schema accept the same values, and a second validator reads the schemas.

import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { check, compilers } from "./support/compiler.js";
import { mutated, randomness, valueOf } from "./support/values.js";

const file = new URL("../../schema/json/protocol.json", import.meta.url);
const { $defs: definitions } = JSON.parse(readFileSync(file, "utf8"));

/** Values of each kind for each type. */
const VALUES_PER_TYPE = 40;

test("every schema compiles under the strictest settings of Ajv", () => {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  formats.default(ajv);
  for (const name of Object.keys(definitions)) {
    const validate = ajv.compile({ $ref: `#/$defs/${name}`, $defs: definitions });
    assert.equal(validate(Symbol("no JSON value")), false, name);
  }
});

const seed = Number(process.env.VALUES_SEED ?? Date.now() % 2 ** 32);

for (const compiler of compilers) {
  test(`values agree, by TypeScript ${compiler.version} (VALUES_SEED=${seed})`, () => {
    const { lines, accepted, refused } = statements(randomness(seed));
    const found = check(compiler, "schema-agreement", { "values.ts": lines.join("\n") });
    const disagreements = found.map(({ line, message }) => {
      const text = [lines[line - 1], lines[line]].join("\n");
      return `${message}\n${text}`;
    });
    assert.deepEqual(disagreements, []);
    assert.ok(accepted > 1000 && refused > 1000, `${accepted} accepted, ${refused} refused`);
  });
}

/** One constant for each value; one that the schema refuses is expected not to compile. */
function statements(random) {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  const shapes = shapesOf(definitions);
  const lines = ['import type * as Protocol from "@slopstudios/protocol";'];
  const counts = { accepted: 0, refused: 0 };
  for (const [name, schema] of Object.entries(definitions)) {
    const validate = ajv.compile({ $ref: `#/$defs/${name}`, $defs: shapes });
    for (let index = 0; index < VALUES_PER_TYPE; index += 1) {
      const value = valueOf(schema, definitions, random);
      assert.ok(validate(value), `made for ${name}: ${JSON.stringify(value)}`);
      for (const candidate of [value, mutated(value, random)]) {
        const accepted = validate(candidate);
        counts[accepted ? "accepted" : "refused"] += 1;
        if (!accepted) lines.push("// @ts-expect-error refused by the schema");
        const constant = `${name}_${lines.length}: Protocol.${name}`;
        lines.push(`export const ${constant} = ${JSON.stringify(candidate)};`);
      }
    }
  }
  return { lines, ...counts };
}

/** A schema without what TypeScript cannot say: bounds, formats, whole numbers. */
function shapeOf(schema) {
  if (Array.isArray(schema)) return schema.map(shapeOf);
  if (schema === null || typeof schema !== "object") return schema;
  const shape = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "type") {
      shape.type = [value].flat().map((name) => (name === "integer" ? "number" : name));
    } else if (key === "properties") {
      shape.properties = shapesOf(value);
    } else if (!bounds.includes(key)) {
      shape[key] = shapeOf(value);
    }
  }
  return shape;
}

function shapesOf(schemas) {
  const entries = Object.entries(schemas).map(([name, schema]) => [name, shapeOf(schema)]);
  return Object.fromEntries(entries);
}

const bounds = ["minimum", "maximum", "minLength", "maxLength", "pattern", "format"];
