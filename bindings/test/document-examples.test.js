// The document's JavaScript examples type-check under `--strict` against the socket types.

import assert from "node:assert/strict";
import { test } from "node:test";
import { check, compilers } from "./support/compiler.js";
import { blocks } from "./support/document.js";

/**
 * Events the examples listen to that the socket does not have. One that is no longer refused must
 * leave this list.
 */
const slips = [
  "projectUpdate", // The document never declares it; applications merge in their own room events.
  "reconnect", // An event of `socket.io`, the manager.
  "reconnect_failed", // The same.
];

/** The error about a call whose arguments no declaration takes. */
const NO_OVERLOAD = 2769;

/** Parameters of the document's class: JavaScript has no place for their types. */
const untypedParameters = ["url", "token", "room"];

/** What the examples take for granted. */
const surroundings = `
  import type { RootSocket } from "@slopstudios/protocol";
  import type * as typed from "./typed-io.js";

  declare global {
    const io: typeof typed.io;
    const socket: RootSocket;
    let outputBuffer: string;
    const processId: string;
    function retryRequest(): void;
  }
`;

const typedIo = `
  import type { MediaSocket, RootSocket } from "@slopstudios/protocol";
  import type { ManagerOptions, SocketOptions } from "socket.io-client";

  type Options = Partial<ManagerOptions & SocketOptions>;
  // First, as an untyped address takes the first: the document's class serves the default namespace.
  export declare function io(url: "http://localhost:3000", options?: Options): RootSocket;
  export declare function io(url: "http://localhost:3000/media", options?: Options): MediaSocket;
  export declare function io(url: string, options?: Options): RootSocket;
`;

for (const compiler of compilers) {
  test(`examples type-check, by TypeScript ${compiler.version}`, () => {
    const examples = blocks("javascript");
    assert.equal(examples.length, 20);
    const files = { "surroundings.d.ts": surroundings, "typed-io.d.ts": typedIo };
    examples.forEach((code, index) => {
      files[`example-${index + 1}.js`] = asModule(code);
    });
    const found = check(compiler, "document-examples", files);
    const untyped = found.filter(isUntypedParameter);
    assert.deepEqual(
      untyped.map(({ message }) => parameter(message)),
      untypedParameters,
    );

    const refused = found.filter(({ code }) => code === NO_OVERLOAD);
    const names = refused.map(
      ({ message }) => /Argument of type '"(\w+)"' is not/.exec(message)?.[1],
    );
    assert.deepEqual(names, slips);

    // The listener of an unknown event has untyped parameters: that is the same slip.
    const places = new Set(refused.map(({ file, line }) => `${file}:${line}`));
    const others = found.filter((one) => !untyped.includes(one) && !refused.includes(one));
    assert.deepEqual(
      others.filter(({ code, file, line }) => code !== 7006 || !places.has(`${file}:${line}`)),
      [],
    );
  });
}

/** An example as a file of its own, whose sockets have the protocol's types. */
function asModule(code) {
  if (code.startsWith("{")) {
    return `io("http://localhost:3000", ${code.trim()});\nexport {};\n`;
  }
  return code.replace(/from 'socket\.io-client'/, "from './typed-io.js'") + "export {};\n";
}

function isUntypedParameter({ code, message }) {
  return code === 7006 && untypedParameters.includes(parameter(message));
}

function parameter(message) {
  return /^Parameter '(\w+)' implicitly has an 'any' type/.exec(message)?.[1];
}
