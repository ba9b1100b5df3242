// The validator that a socket is given: it finds an event's schemas by the event's name.

import type { Issue, Validator } from "../validator.js";
import { checkProperty } from "./interpreter.js";
import type { Schema } from "./schema.js";
import { clientEvents, serverEvents } from "./table.js";

/** What the table says of an event. */
interface Event {
  readonly argument?: Schema<unknown>;
  /** Name of the argument, where it is not `payload`. */
  readonly name?: string;
  readonly isOptional?: boolean;
  readonly response?: Schema<unknown>;
}

type Events = Readonly<Record<string, Event>>;

/**
 * Checks the events of the protocol, by the rules of the server. Events that the protocol does not
 * declare are refused where the client sends them; the server may send them, to rooms.
 */
export const validator: Validator = {
  sent: (event, args) => checkArgument(find(clientEvents, event), args),
  received: (event, args) => checkArgument(find(serverEvents, event) ?? {}, args),
  response: (event, response) => {
    const found = find(clientEvents, event);
    return check(found, found?.response, [response], "response");
  },
};

function find(events: Events, name: string): Event | undefined {
  return Object.hasOwn(events, name) ? events[name] : undefined;
}

function checkArgument(event: Event | undefined, args: readonly unknown[]): Issues {
  // Socket.IO sends `undefined` as null.
  const first = args.slice(0, 1).map((argument) => argument ?? null);
  return check(event, event?.argument, first, event?.name ?? "payload");
}

type Issues = readonly Issue[] | undefined;

function check(
  event: Event | undefined,
  schema: Schema<unknown> | undefined,
  values: readonly unknown[],
  name: string,
): Issues {
  const place = { path: [], name, issues: new Array<Issue>() };
  if (!event) return [{ message: "Unknown event", path: [] }];
  if (schema) checkProperty(schema, values, 0, place, event.isOptional);
  return place.issues.length ? place.issues : undefined;
}
