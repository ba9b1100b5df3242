// Checks values: what `table.ts` is made of. The rules and the sentences are those of the server.

import type { Issue } from "../validator.js";
import type { Check, Place, Schema, StandardSchemaV1 } from "./schema.js";

/** Schemas of fields by name. */
export type Fields = Readonly<Record<string, Schema<unknown>>>;

/** An object with required and optional fields. */
type ObjectOf<Required extends Fields, Optional extends Fields> = {
  [Name in keyof Required]: StandardSchemaV1.InferOutput<Required[Name]>;
} & { [Name in keyof Optional]?: StandardSchemaV1.InferOutput<Optional[Name]> };

/** Issues above which the items of an array are no longer looked at. */
const MAX_ISSUES = 20;

/** Reports what is wrong with a property of a value that may be anything, even a trap. */
export function checkProperty(
  { "~check": check }: Schema<unknown>,
  holder: object,
  key: PropertyKey,
  place: Place,
  isOptional?: unknown,
): void {
  let broken: ReturnType<Check> = "is required";
  try {
    // What is inherited, such as `constructor`, is not sent.
    const value: unknown = Object.hasOwn(holder, key) ? Reflect.get(holder, key) : undefined;
    if (value !== undefined) broken = check(value, place);
    else if (isOptional) return;
  } catch {
    broken = "cannot be read";
  }
  if (broken) {
    const { name, path } = place;
    const subject = /^[a-z]+$/.test(name) ? name[0]!.toUpperCase() + name.slice(1) : name;
    place.issues.push({ message: `${subject} ${broken}`, path });
  }
}

function schema<T>(check: Check): Schema<T> {
  const self: Schema<T> = {
    "~standard": {
      version: 1,
      vendor: "slopstudios",
      validate(value) {
        const issues: Issue[] = [];
        checkProperty(self, [value], 0, { name: "payload", path: [], issues });
        return issues.length ? { issues } : { value: value as T };
      },
    },
    "~check": check,
  };
  return self;
}

/** Text without further rules. Half a surrogate pair is not text: JSON cannot carry it. */
export const string: Schema<string> = /* @__PURE__ */ schema(isNoString);

function isNoString(value: unknown): string | false {
  if (typeof value !== "string") return "must be a string";
  return /\p{Surrogate}/u.test(value) && "must be well-formed Unicode";
}

function textThat(broken: (text: string) => string | false): Schema<string> {
  return schema((value) => isNoString(value) || broken(value as string));
}

/** Text of some length in characters, which are Unicode code points. */
export function text(min: number, max: number): Schema<string> {
  return textThat((text) => {
    let length = 0;
    for (const _ of text) if (++length > max) return `must be at most ${max} characters`;
    if (length >= min) return false;
    return min > 1 ? `must be at least ${min} characters` : "must not be empty";
  });
}

/** Text that matches a regular expression. */
export function pattern(source: string): Schema<string> {
  const expression = new RegExp(source, "u");
  return textThat((text) => !expression.test(text) && `must match ${source}`);
}

/** A date and time as RFC 3339 has it, with its leap seconds. */
export const dateTime: Schema<string> = /* @__PURE__ */ textThat(
  (text) => !isDateTime(text) && "must be a date-time",
);

const DATE_TIME =
  /^(\d{4}-\d\d-(\d\d))T(([01]\d|2[0-3]):[0-5]\d):([0-5]\d|60)(\.\d+)?(Z|([+-]([01]\d|2[0-3]):[0-5]\d))$/i;

function isDateTime(text: string): boolean {
  const [, date, day, time, , second, , , offset = "Z"] = DATE_TIME.exec(text) ?? [];
  // Of a day that its month lacks, JavaScript makes one of the next month, or none.
  if (!date || new Date(date).getUTCDate() !== Number(day)) return false;
  // A leap second is the last one of a day of UTC.
  const minute = () => new Date(`2000-01-01T${time}${offset}`).toISOString().slice(11, 16);
  return second !== "60" || minute() === "23:59";
}

/** A number within bounds. */
export function number(min = -Infinity, max = Infinity): Schema<number> {
  return schema((value) => isNoNumber(value, Number.isFinite, "a number", min, max));
}

/** A whole number within bounds. */
export function integer(min: number, max: number): Schema<number> {
  return schema((value) => isNoNumber(value, Number.isInteger, "a whole number", min, max));
}

function isNoNumber(
  value: unknown,
  isOne: (value: unknown) => boolean,
  what: string,
  min: number,
  max: number,
): string | false {
  if (!isOne(value)) return `must be ${what}`;
  if ((value as number) < min) return `must be at least ${min}`;
  return (value as number) > max && `must be at most ${max}`;
}

/** True or false. */
export const boolean: Schema<boolean> = /* @__PURE__ */ schema(
  (value) => typeof value !== "boolean" && "must be a boolean",
);

/** One of a closed set of texts. */
export function oneOf<Values extends readonly string[]>(values: Values): Schema<Values[number]> {
  return schema(
    (value) => !values.includes(value as string) && `must be one of ${JSON.stringify(values)}`,
  );
}

/** Null, or what the schema describes. */
export function nullable<T>({ "~check": check }: Schema<T>): Schema<T | null> {
  return schema((value, place) => {
    const broken = value !== null && check(value, place);
    return broken && `${broken} or null`;
  });
}

/** A list of any length. */
export function array<T>(items: Schema<T>): Schema<T[]> {
  return schema((value, { path, name, issues }) => {
    if (!Array.isArray(value)) return "must be an array";
    for (let index = 0; index < value.length && issues.length < MAX_ISSUES; index += 1) {
      const place = { path: [...path, index], name: `${name}[${index}]`, issues };
      checkProperty(items, value, index, place);
    }
  });
}

/** An object; fields that are not named may hold anything. */
export function object<Required extends Fields, Optional extends Fields = {}>(
  required: Required,
  optional?: Optional,
): Schema<ObjectOf<Required, Optional>> {
  const fields: Fields = { ...required, ...optional };
  return schema((value, { path, issues }) => {
    // Neither null nor an array, and no `Date` or other object that JSON has no object for.
    if ({}.toString.call(value) !== "[object Object]") return "must be an object";
    for (const name in fields) {
      const place = { path: [...path, name], name, issues };
      checkProperty(fields[name]!, value as object, name, place, !(name in required));
    }
  });
}

/** An object of which nothing is known. */
export const anyObject: Schema<Record<string, unknown>> = /* @__PURE__ */ object({});
