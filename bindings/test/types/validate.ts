// What schemas take and give is typed. Type-checked by `typed-calls.test.js`.

import type { ClaudeErrorPayload as Failure } from "@slopstudios/protocol";
import { connect } from "@slopstudios/protocol/client";
import {
  ClaudeErrorPayload,
  ClaudeExecutePayload,
  HeartbeatResponse,
  RoomName,
  validator,
} from "@slopstudios/protocol/validate";
import type { Issue, Schema, StandardSchemaV1, Validator } from "@slopstudios/protocol/validate";
import { exactly } from "./exactly.js";
import type { Same } from "./exactly.js";

exactly<Schema<Failure>>()(ClaudeErrorPayload, true);
exactly<Schema<string>>()(RoomName, true);
exactly<Validator>()(validator, true);
connect("http://localhost:3000", { validator });
connect("http://localhost:3000", {
  // @ts-expect-error a schema checks one payload, not all events
  validator: RoomName,
});

export function results(value: unknown): void {
  const result = ClaudeExecutePayload["~standard"].validate(value);
  if (result.issues) {
    exactly<readonly Issue[]>()(result.issues, true);
    // @ts-expect-error there is no value where there are issues
    result.value.prompt;
  } else {
    exactly<string | undefined>()(result.value.model, true);
    // @ts-expect-error wrong field
    result.value.text;
  }
  // @ts-expect-error it may have issues
  result.value.prompt;
}

export const latency: Same<
  StandardSchemaV1.InferOutput<typeof HeartbeatResponse>["latency"],
  number | null
> = true;
// @ts-expect-error a schema of another payload
export const other: Schema<Failure> = ClaudeExecutePayload;
// @ts-expect-error the name of the event, then its arguments
validator.sent("joinRoom", "project-123");
