// The validator that a socket is given: it finds an event's schemas by the event's name.

import type { Issue, Validator } from "../validator.js";
import { clientEvents, serverEvents } from "./events.js";
import { own } from "./interpreter.js";
import type { Schema } from "./schema.js";

type Issues = readonly Issue[] | undefined;

/**
 * Checks the events of the protocol, by the rules of the server. Events that the protocol does not
 * declare are refused where the client sends them; the server may send them, to rooms.
 */
export const validator: Validator = {
  sent(event, args) {
    const found = own(clientEvents, event);
    if (!found) return [{ message: "Unknown event", path: [] }];
    return args.length || !found[2] ? issuesOf(found[1], args[0]) : undefined;
  },
  received: (event, args) => issuesOf(own(serverEvents, event), args[0]),
  response: (event, response) => issuesOf(own(clientEvents, event)?.[0], response),
};

function issuesOf(schema: Schema<unknown> | undefined, value: unknown): Issues {
  return schema?.["~standard"].validate(value).issues;
}
