// What a schema of the protocol is: an object as Standard Schema version 1 describes it
// (https://standardschema.dev), which forms, routers and other libraries take as it is.

import type { Issue } from "../validator.js";

/** A Standard Schema, version 1. */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  readonly "~standard": StandardSchemaV1.Props<Input, Output>;
}

export declare namespace StandardSchemaV1 {
  /** What stands under `~standard`. */
  interface Props<Input = unknown, Output = Input> {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Result<Output> | Promise<Result<Output>>;
    /** For the compiler only. */
    readonly types?: Types<Input, Output> | undefined;
  }

  interface Types<Input = unknown, Output = Input> {
    readonly input: Input;
    readonly output: Output;
  }

  type Result<Output> = SuccessResult<Output> | FailureResult;

  interface SuccessResult<Output> {
    readonly value: Output;
    readonly issues?: undefined;
  }

  interface FailureResult {
    readonly issues: readonly Issue[];
  }

  type InferInput<Of extends StandardSchemaV1> = NonNullable<Of["~standard"]["types"]>["input"];

  type InferOutput<Of extends StandardSchemaV1> = NonNullable<Of["~standard"]["types"]>["output"];
}

/**
 * A schema of the protocol: a Standard Schema that answers at once and changes nothing.
 *
 * It accepts what the server's JSON Schema accepts of the value as JSON carries it: a field that is
 * `undefined` or inherited is absent, and fields without a rule may hold anything. Where there is a
 * rule, values that JSON lacks are refused, also those that `JSON.stringify` would turn into
 * something else or leave out: `NaN`, half a surrogate pair, functions, symbols, `Date`, `Map`.
 * No value makes it throw.
 */
export interface Schema<T> extends StandardSchemaV1<T> {
  readonly "~standard": Props<T>;
}

/** What stands under `~standard`. */
export interface Props<T> extends StandardSchemaV1.Props<T> {
  readonly vendor: "slopstudios";
  /** Returns the value itself, or all that is wrong with it. */
  readonly validate: (value: unknown) => StandardSchemaV1.Result<T>;
}
