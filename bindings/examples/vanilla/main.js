// A small studio without a framework: sign in, run prompts, follow media, read notifications.

import { connect, ProtocolError } from "@slopstudios/protocol/client";

/** @type {import("@slopstudios/protocol/client").SlopClient | undefined} */
let client;
/** @type {import("@slopstudios/protocol/client").ClaudeExecution | undefined} */
let execution;

const ask = form("ask");
const run = button("run");
const cancel = button("cancel");

// Sign in: one connection for everything. It is kept up until `close()`.
form("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  const { url, token } = fields(form("sign-in"));
  client?.close();
  client = connect(url, { token });

  client.onState(({ status, user, error }) => {
    run.disabled = !user || Boolean(execution);
    if (status === "connected" && user) show("connection", `Signed in as ${user.userId}`);
    else show("connection", error?.message ?? "Connecting …");
  });

  client.on("notification", ({ title, message }) => {
    const item = document.createElement("li");
    item.textContent = `${title}: ${message}`;
    element("notifications").prepend(item);
  });

  client.on("mediaProgress", ({ stage, progress }) => showMedia(stage, progress));
  client.on("mediaComplete", ({ url }) => showMedia(`Ready: ${url}`, 100));
  client.on("mediaError", ({ error }) => showMedia(error, 0));
  client.call("subscribeMedia", "demo").catch((error) => showMedia(error.message, 0));
});

// Run a prompt: the steps come as they happen, whatever the connection does meanwhile.
ask.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!client) return;
  execution = client.claude.execute({ prompt: fields(ask).prompt ?? "" });
  run.disabled = true;
  cancel.disabled = false;
  show("answer", "");
  show("status", "Sending …");
  try {
    for await (const step of execution) {
      if (step.type === "queued") show("status", step.message);
      if (step.type === "progress") {
        show("status", "Running …");
        element("answer").append(step.data ?? "");
      }
    }
    const { durationMs } = await execution.result;
    show("status", `Completed in ${(durationMs / 1000).toFixed(1)} s`);
  } catch (error) {
    show("status", error instanceof ProtocolError ? error.message : String(error));
  }
  execution = undefined;
  run.disabled = false;
  cancel.disabled = true;
});

cancel.addEventListener("click", () => {
  execution?.cancel().catch((error) => show("status", error.message));
});

/** @param {string} text @param {number} percent */
function showMedia(text, percent) {
  show("stage", text);
  element("progress").setAttribute("value", String(percent));
}

/** @param {string} id @param {string} text */
function show(id, text) {
  element(id).textContent = text;
}

/** @param {string} id */
function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return found;
}

/** @param {string} id */
function form(id) {
  const found = element(id);
  if (!(found instanceof HTMLFormElement)) throw new Error(`#${id} is no form`);
  return found;
}

/** @param {string} id */
function button(id) {
  const found = element(id);
  if (!(found instanceof HTMLButtonElement)) throw new Error(`#${id} is no button`);
  return found;
}

/** The text of a form's fields. @param {HTMLFormElement} form @returns {Record<string, string>} */
function fields(form) {
  const entries = [...new FormData(form)].map(([name, value]) => [name, String(value)]);
  return Object.fromEntries(entries);
}
