// What `./validate` says of values, those that are no JSON included.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as schemas from "@slopstudios/protocol/validate";

const { ClaudeExecutePayload, ConnectionInfoResponse, HeartbeatResponse, validator } = schemas;

/** What is wrong with a value: the path and the sentence of each issue. */
function issues(schema, value) {
  const result = schema["~standard"].validate(value);
  return (result.issues ?? []).map(({ path, message }) => [path.join("."), message]);
}

test("a value that keeps the rules is returned itself, unknown fields included", () => {
  const payload = Object.freeze({ prompt: "Hello", aFieldOfANewerProtocol: [1] });
  const result = ClaudeExecutePayload["~standard"].validate(payload);
  assert.equal(result.value, payload);
  assert.deepEqual(Object.keys(result), ["value"]);
});

test("sentences are the server's", () => {
  const sentences = [
    [{}, "prompt", "Prompt is required"],
    [{ prompt: "" }, "prompt", "Prompt must not be empty"],
    [{ prompt: 7 }, "prompt", "Prompt must be a string"],
    [{ prompt: "x".repeat(100_001) }, "prompt", "Prompt must be at most 100000 characters"],
    [{ prompt: "x", timeoutMs: 0 }, "timeoutMs", "timeoutMs must be at least 1"],
    [{ prompt: "x", timeoutMs: 1.5 }, "timeoutMs", "timeoutMs must be a whole number"],
    [{ prompt: "x", timeoutMs: 2 ** 53 }, "timeoutMs", `timeoutMs must be at most ${2 ** 53 - 1}`],
    [{ prompt: "x", model: "a b" }, "model", "Model must match ^[!-~]{1,128}$"],
    [["x"], "", "Payload must be an object"],
    [undefined, "", "Payload is required"],
  ];
  for (const [payload, path, message] of sentences) {
    assert.deepEqual(issues(ClaudeExecutePayload, payload), [[path, message]]);
  }
  assert.deepEqual(issues(schemas.RoomName, 7), [["", "Room must be a string"]]);
});

test("everything wrong is told, with its place", () => {
  const rooms = ["a", 1, undefined];
  assert.deepEqual(
    issues(ConnectionInfoResponse, { connected: "yes", rooms, connectedAt: "now" }),
    [
      ["socketId", "socketId is required"],
      ["connected", "Connected must be a boolean"],
      ["rooms.1", "1 must be a string"],
      ["rooms.2", "2 is required"],
      ["authenticated", "Authenticated is required"],
      ["connectedAt", "connectedAt must be a date-time"],
    ],
  );
  const response = { timestamp: 1, serverTime: "2026-01-31T12:00:00.000Z", latency: "1" };
  assert.deepEqual(issues(HeartbeatResponse, response), [
    ["latency", "Latency must be a whole number or null"],
  ]);
});

test("a list of many wrong items is told in part, and at once", () => {
  const rooms = new Array(2 ** 32 - 1);
  assert.ok(issues(ConnectionInfoResponse, { rooms }).length <= 25);
});

test("issues never hold the value", () => {
  const secret = "marker-of-the-value";
  const payloads = [secret, { prompt: [secret] }, { model: `${secret} ` }, { prompt: { secret } }];
  for (const payload of payloads) {
    const result = ClaudeExecutePayload["~standard"].validate(payload);
    assert.ok(result.issues.length > 0);
    assert.ok(!JSON.stringify(result).includes(secret));
  }
});

test("lengths count code points", () => {
  const room = "\u{1f600}".repeat(128);
  assert.deepEqual(issues(schemas.RoomName, room), []);
  assert.equal(issues(schemas.RoomName, `${room}x`).length, 1);
});

test("half a surrogate pair is no text: the server could not read it", () => {
  assert.deepEqual(issues(ClaudeExecutePayload, { prompt: "\ud83d" }), [
    ["prompt", "Prompt must be a string"],
  ]);
});

test("a field that is undefined is absent", () => {
  assert.deepEqual(issues(ClaudeExecutePayload, { prompt: "x", model: undefined }), []);
  assert.deepEqual(issues(ClaudeExecutePayload, { prompt: undefined }), [
    ["prompt", "Prompt is required"],
  ]);
});

test("inherited fields are absent", () => {
  const inherited = [
    Object.create({ prompt: "x" }),
    new (class {
      get prompt() {
        return "x";
      }
    })(),
  ];
  for (const payload of inherited) {
    assert.deepEqual(issues(ClaudeExecutePayload, payload), [["prompt", "Prompt is required"]]);
  }
  const bare = Object.assign(Object.create(null), { prompt: "x" });
  assert.deepEqual(issues(ClaudeExecutePayload, bare), []);
});

test("names of Object's own properties are no events", () => {
  for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty", "valueOf"]) {
    assert.deepEqual(validator.sent(name, []), [{ message: "Unknown event", path: [] }]);
    assert.equal(validator.received(name, [1]), undefined);
    assert.equal(validator.response(name, 1), undefined);
  }
});

test("a polluted prototype neither adds nor hides anything", () => {
  Object.prototype.prompt = "x";
  Object.prototype["model?"] = () => "is spoilt";
  try {
    assert.deepEqual(issues(ClaudeExecutePayload, {}), [["prompt", "Prompt is required"]]);
    assert.deepEqual(issues(ClaudeExecutePayload, JSON.parse('{"__proto__":{"prompt":"x"}}')), [
      ["prompt", "Prompt is required"],
    ]);
    assert.deepEqual(issues(ClaudeExecutePayload, { prompt: "x" }), []);
  } finally {
    delete Object.prototype.prompt;
    delete Object.prototype["model?"];
  }
});

test("what JSON cannot carry is refused without an exception", () => {
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  const trap = () => {
    throw new Error("trap");
  };
  const trapped = new Proxy({}, { get: trap, getOwnPropertyDescriptor: trap, has: trap });
  const others = [
    NaN,
    Infinity,
    1n,
    Symbol("x"),
    () => {},
    new Date(),
    new Map(),
    new Uint8Array(1),
  ];
  const objects = [new String("x"), revoked, trapped];
  for (const value of [...others, ...objects, null]) {
    for (const [name, schema] of Object.entries(schemas).filter(([name]) => name !== "validator")) {
      assert.ok(issues(schema, value).length > 0, `${name}: ${typeof value}`);
    }
    assert.equal(issues(ClaudeExecutePayload, { prompt: value }).length, 1);
    assert.equal(issues(ClaudeExecutePayload, { prompt: "x", maxTokens: value }).length, 1);
  }
  const getter = {
    prompt: "x",
    get model() {
      return trap();
    },
  };
  assert.deepEqual(issues(ClaudeExecutePayload, getter), [["model", "Model cannot be read"]]);
});

test("cycles and depth do not matter where no rule leads", () => {
  const cyclic = { prompt: "x" };
  cyclic.self = cyclic;
  assert.deepEqual(issues(ClaudeExecutePayload, cyclic), []);
  const result = { parsedResponse: cyclic };
  result.parsedResponse.usage = result;
  assert.ok(issues(schemas.ClaudeCompletePayload, { result }).length > 0);
});

test("the validator checks the first argument of events that are sent", () => {
  assert.equal(validator.sent("joinRoom", ["lobby", "surplus"]), undefined);
  assert.deepEqual(validator.sent("joinRoom", [""]), [
    { message: "Room must not be empty", path: [] },
  ]);
  assert.deepEqual(validator.sent("joinRoom", []), [{ message: "Room is required", path: [] }]);
  assert.deepEqual(validator.sent("claude:execute", [{}]), [
    { message: "Prompt is required", path: ["prompt"] },
  ]);
  assert.equal(validator.sent("ping", ["surplus"]), undefined);
  assert.deepEqual(validator.sent("joinRooms", ["lobby"]), [
    { message: "Unknown event", path: [] },
  ]);
});

test("an argument that may be left out may be left out, but not be anything", () => {
  assert.equal(validator.sent("heartbeat", []), undefined);
  assert.equal(validator.sent("heartbeat", [{ timestamp: 1 }]), undefined);
  // Socket.IO sends `undefined` as null, which the server refuses.
  for (const argument of [undefined, null, 7]) {
    assert.equal(validator.sent("heartbeat", [argument])?.length, 1);
  }
});

test("the validator checks what is received, but not the events of rooms", () => {
  assert.equal(validator.received("pong", [{ timestamp: 1 }]), undefined);
  assert.equal(validator.received("pong", [{ timestamp: -1 }])?.length, 1);
  assert.equal(validator.received("pong", [])?.length, 1);
  assert.equal(validator.received("projectUpdate", [null]), undefined);
  assert.equal(validator.response("joinRoom", { success: true }), undefined);
  assert.deepEqual(validator.response("joinRoom", {}), [
    { message: "Success is required", path: ["success"] },
  ]);
});
