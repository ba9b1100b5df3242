// Checks values by rules: what `table.ts` is made of. The rules and the sentences are the server's.

import type { Issue } from "../validator.js";
import type { Schema } from "./schema.js";

/** What a value must be: one thing, a list of things, or an object with the fields named. */
export type Rule = Leaf<unknown> | readonly [Rule] | Fields;

/** Returns the rule that a value breaks, as the end of a sentence. */
export interface Leaf<T> {
  (value: unknown): string | false;
  /** For the compiler only. */
  readonly type?: T;
}

/** Rules of fields by name; a question mark after the name lets the field be absent. */
export interface Fields {
  readonly [name: string]: Rule;
}

/** The type of the values that keep a rule. */
export type Kept<R> =
  R extends Leaf<infer T>
    ? T
    : R extends readonly [infer Item]
      ? Kept<Item>[]
      : keyof R extends never
        ? Record<string, unknown>
        : { [Name in keyof R as Name extends `${string}?` ? never : Name]: Kept<R[Name]> } & {
            [Name in keyof R as Name extends `${infer Field}?` ? Field : never]?: Kept<R[Name]>;
          };

/** Issues that are reported at most. */
const MAX_ISSUES = 20;

/** Makes a schema of a rule. The name is what sentences call the value as a whole. */
export const schema = <const R extends Rule>(rule: R, name = "payload"): Schema<Kept<R>> => ({
  "~standard": {
    version: 1,
    vendor: "slopstudios",
    validate(value) {
      const issues: Issue[] = [];
      check(rule, { [name]: value }, name, [], issues);
      return issues[0] ? { issues } : { value: value as Kept<R> };
    },
  },
});

/** A property of an object's own: what is inherited, such as `constructor`, is not sent. */
export const own = <T>(
  holder: Readonly<Record<PropertyKey, T>>,
  key: PropertyKey,
): T | undefined => (Object.hasOwn(holder, key) ? holder[key] : undefined);

type Path = readonly PropertyKey[];

/** Reports what is wrong with a property of a value that may be anything, even a trap. */
function check(
  rule: Rule,
  holder: unknown,
  key: string | number,
  path: Path,
  issues: Issue[],
  isOptional?: boolean,
): void {
  let broken: string | false | void = "is required";
  try {
    const value = own(holder as Record<PropertyKey, unknown>, key);
    if (value === undefined && isOptional) return;
    if (value !== undefined) {
      broken = typeof rule === "function" ? rule(value) : checkInside(rule, value, path, issues);
    }
  } catch {
    broken = "cannot be read";
  }
  if (!broken) return;
  // Words begin a sentence with a capital, names in camel case stay as they are.
  const message = `${key} ${broken}`.replace(/^[a-z](?=[a-z]* )/, (letter) => letter.toUpperCase());
  issues.push({ message, path });
}

/** Returns the rule that a list or an object breaks, and reports what is wrong inside it. */
function checkInside(
  rule: readonly [Rule] | Fields,
  value: unknown,
  path: Path,
  issues: Issue[],
): string | void {
  const items = Array.isArray(rule) ? rule[0] : undefined;
  const kind = items ? "Array" : "Object";
  // Neither null nor a `Date`, a `Map` or another object of its own kind: JSON has none of them.
  if ({}.toString.call(value) !== `[object ${kind}]`) return `must be an ${kind.toLowerCase()}`;
  for (const field of Object.keys(items ? (value as object) : rule)) {
    const name = items ? Number(field) : field.replace("?", "");
    if (issues.length >= MAX_ISSUES) return;
    check(
      items ?? (rule as Fields)[field]!,
      value,
      name,
      [...path, name],
      issues,
      `${name}` !== field,
    );
  }
}

/** Text without further rules. Half a surrogate pair is not text: no server can read it. */
export const string: Leaf<string> = (value) =>
  (typeof value !== "string" || /\p{Cs}/u.test(value)) && "must be a string";

const textThat =
  (broken: (text: string) => string | false): Leaf<string> =>
  (value) =>
    string(value) || broken(value as string);

/** Text that is not empty, of at most so many characters, which are Unicode code points. */
export const text = (max: number): Leaf<string> =>
  textThat((text) => {
    let length = 0;
    // Stops early: the text may be of any length.
    for (const _ of text) if (++length > max) return `must be at most ${max} characters`;
    return !length && "must not be empty";
  });

/** Text that matches a regular expression. */
export const pattern = (source: string): Leaf<string> =>
  textThat((text) => !RegExp(source, "u").test(text) && `must match ${source}`);

/** A date and time as RFC 3339 has them, leap seconds included. */
export const dateTime: Leaf<string> = /* @__PURE__ */ textThat((text) => {
  const [, date, day, time, , second, , , offset = "Z"] = DATE_TIME.exec(text) ?? [];
  const isReal =
    // Of a day that its month lacks, JavaScript makes one of the next month, or none.
    new Date(date!).getUTCDate() === Number(day) &&
    // A leap second stands in the last minute of a day of UTC.
    (second !== "60" || Date.parse(`2000-01-01T${time}${offset}`) % 86_400_000 === 86_340_000);
  return !isReal && "must be a date-time";
});

const DATE_TIME =
  /^(\d{4}-\d\d-(\d\d))T(([01]\d|2[0-3]):[0-5]\d):([0-5]\d|60)(\.\d+)?(Z|([+-]([01]\d|2[0-3]):[0-5]\d))$/i;

/** A number within bounds. No number lies beyond a bound that is absent. */
export const number =
  (min?: number, max?: number, what = "a number", isOne = Number.isFinite): Leaf<number> =>
  (value) => {
    const one = value as number;
    if (!isOne(one)) return `must be ${what}`;
    if (one < min!) return `must be at least ${min}`;
    return one > max! && `must be at most ${max}`;
  };

/** A whole number within bounds. */
export const integer = (min: number, max: number): Leaf<number> =>
  number(min, max, "a whole number", Number.isInteger);

/** True or false. */
export const boolean: Leaf<boolean> = (value) => typeof value !== "boolean" && "must be a boolean";

/** One of a closed set of texts. */
export const oneOf =
  <Values extends readonly string[]>(values: Values): Leaf<Values[number]> =>
  (value) =>
    !values.includes(value as string) && `must be one of ${JSON.stringify(values)}`;

/** Null, or what the schema describes. */
export const nullable =
  <T>(rule: Leaf<T>): Leaf<T | null> =>
  (value) => {
    const broken = value !== null && rule(value);
    return broken && `${broken} or null`;
  };
