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

/** Issues above which the items of a list are no longer looked at. */
const MAX_ISSUES = 20;

/** Makes a schema of a rule. The name is what sentences call the value as a whole. */
export function schema<const R extends Rule>(rule: R, name = "payload"): Schema<Kept<R>> {
  return {
    "~standard": {
      version: 1,
      vendor: "slopstudios",
      validate(value) {
        const issues: Issue[] = [];
        check(rule, { [name]: value }, name, [], issues);
        return issues[0] ? { issues } : { value: value as Kept<R> };
      },
    },
  };
}

/** A property of an object's own: what is inherited, such as `constructor`, is not sent. */
export function own<T>(holder: Readonly<Record<PropertyKey, T>>, key: PropertyKey): T | undefined {
  return Object.hasOwn(holder, key) ? holder[key] : undefined;
}

type Path = readonly PropertyKey[];

/** Reports what is wrong with a property of a value that may be anything, even a trap. */
function check(
  rule: Rule,
  holder: object,
  key: string | number,
  path: Path,
  issues: Issue[],
  isOptional?: boolean,
): void {
  let broken: string | false | void = "is required";
  try {
    const value = own<unknown>(holder as never, key);
    if (value !== undefined) broken = brokenBy(value, rule, path, issues);
    else if (isOptional) return;
  } catch {
    broken = "cannot be read";
  }
  if (broken) {
    const subject = `${key}`.replace(/^[a-z](?=[a-z]*$)/, (letter) => letter.toUpperCase());
    issues.push({ message: `${subject} ${broken}`, path });
  }
}

/** Returns the rule that a value breaks, and reports what is wrong inside it. */
function brokenBy(value: unknown, rule: Rule, path: Path, issues: Issue[]): string | false | void {
  if (typeof rule === "function") return rule(value);
  // Neither null nor a `Date`, a `Map` or another object of its own kind: JSON has none of them.
  const kind = Array.isArray(rule) ? "Array" : "Object";
  if ({}.toString.call(value) !== `[object ${kind}]`) return `must be an ${kind.toLowerCase()}`;
  if (Array.isArray(rule)) {
    const { length } = value as unknown[];
    for (let index = 0; index < length && issues.length < MAX_ISSUES; index += 1) {
      check(rule[0], value as object, index, [...path, index], issues);
    }
  } else {
    for (const field in rule) {
      const name = field.replace("?", "");
      check((rule as Fields)[field]!, value as object, name, [...path, name], issues, name !== field);
    }
  }
}

/** Text without further rules. Half a surrogate pair is not text: no server can read it. */
export const string: Leaf<string> = (value) =>
  (typeof value !== "string" || /\p{Cs}/u.test(value)) && "must be a string";

/** Text that is not empty, of at most so many characters, which are Unicode code points. */
export const text = (max: number): Leaf<string> =>
  (value) => {
    let length = 0;
    const broken = string(value);
    if (broken) return broken;
    for (const _ of value as string) if (++length > max) return `must be at most ${max} characters`;
    return !length && "must not be empty";
  };

/** Text that matches a regular expression. */
export const pattern = (source: string): Leaf<string> =>
  (value) =>
    string(value) || (!new RegExp(source, "u").test(value as string) && `must match ${source}`);

/** A date and time as RFC 3339 has it, with its leap seconds. */
export const dateTime: Leaf<string> = (value) => {
  const [, date, day, time, , second, , , offset = "Z"] = DATE_TIME.exec(value as string) ?? [];
  // Of a day that its month lacks, JavaScript makes one of the next month, or none.
  return string(value) || (!date || new Date(date).getUTCDate() !== Number(day) 
  // A leap second is the last one of a day of UTC.
 || second === "60" && !/T23:59/.test(new Date(`2000-01-01T${time}${offset}`).toJSON())
  ) && "must be a date-time"
};

const DATE_TIME =
  /^(\d{4}-\d\d-(\d\d))T(([01]\d|2[0-3]):[0-5]\d):([0-5]\d|60)(\.\d+)?(Z|([+-]([01]\d|2[0-3]):[0-5]\d))$/i;

/** A number within bounds. */
export const number = (min = -Infinity, max = Infinity, what = "a number", isOne: (value: unknown) => boolean = Number.isFinite): Leaf<number> => 
    (value) => {
      if (!isOne(value)) return `must be ${what}`;
      if ((value as number) < min) return `must be at least ${min}`;
      return (value as number) > max && `must be at most ${max}`;
    };

/** A whole number within bounds. */
export const integer = (min: number, max: number): Leaf<number> => number(min, max, "a whole number", Number.isInteger);

/** True or false. */
export const boolean: Leaf<boolean> = 
  (value) => typeof value !== "boolean" && "must be a boolean";

/** One of a closed set of texts. */
export const oneOf = <Values extends readonly string[]>(values: Values): Leaf<Values[number]> =>
    (value) => !values.includes(value as string) && `must be one of ${JSON.stringify(values)}`;

/** Null, or what the schema describes. */
export const nullable = <T>(rule: Leaf<T>): Leaf<T | null> =>
  (value) => {
    const broken = value !== null && rule(value);
    return broken && `${broken} or null`;
  };
