// Schemas of all payloads and callbacks, and a validator for sockets. Nothing here makes code from
// text: pages with a strict Content Security Policy can use it.

export type { Issue, Validator } from "../validator.js";
export type { Schema, StandardSchemaV1 } from "./schema.js";
export * from "./table.js";
export { validator } from "./validator.js";
