// Validators: what checks payloads where they enter and leave a program. `./validate` has one.

/** A broken rule: a sentence, and where in the value. Never the value itself. */
export interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Checks what is sent and received. Each method gives `undefined` for what breaks no rule. */
export interface Validator {
  /** The arguments of an event that a client sends, without the callback. */
  sent(event: string, args: readonly unknown[]): readonly Issue[] | undefined;
  /** The arguments of an event that the server sends. */
  received(event: string, args: readonly unknown[]): readonly Issue[] | undefined;
  /** What an event that a client sent was called back with. */
  response(event: string, response: unknown): readonly Issue[] | undefined;
}
