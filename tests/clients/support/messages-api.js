// A stand-in of the Messages API on a free port of the loopback: answers as a test scripts it, and
// keeps every request.

import { createServer } from 'node:http';

const MODEL = 'claude-opus-4-8';
const USAGE = { input_tokens: 11, output_tokens: 6 };

/** Starts the stand-in. Requests that no script is left for get the last script again. */
export async function startMessagesApi() {
  const api = new MessagesApi();
  await new Promise((resolve) => api.http.listen(0, '127.0.0.1', resolve));
  api.url = `http://127.0.0.1:${api.http.address().port}`;
  return api;
}

export class MessagesApi {
  #scripts = [];

  constructor() {
    this.url = '';
    /** `{ method, path, headers, text, body }` of everything that was asked for. */
    this.requests = [];
    this.http = createServer((request, response) => this.#take(request, response));
  }

  /** What the next requests are answered with, in order. Forgets the requests before. */
  script(...scripts) {
    this.#scripts = scripts;
    this.requests = [];
  }

  /** The bodies of the requests for a message. */
  get asked() {
    const isMessage = ({ path }) => path.startsWith('/v1/messages');
    return this.requests.filter(isMessage).map(({ body }) => body);
  }

  stop() {
    this.http.closeAllConnections();
    this.http.close();
  }

  async #take(request, response) {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const { method, url: path, headers } = request;
    const body = text.startsWith('{') ? JSON.parse(text) : undefined;
    this.requests.push({ method, path, headers, text, body });
    if (method !== 'POST' || !path.startsWith('/v1/messages')) {
      response.writeHead(404).end();
      return;
    }
    const script = this.#scripts.length > 1 ? this.#scripts.shift() : this.#scripts[0];
    await script(response, body);
  }
}

/** All text that a request for a message carries: what the user said, and the system prompt. */
export function spoken(body) {
  const text = (content) =>
    typeof content === 'string' ? content : content.map((block) => block.text ?? '').join('\n');
  const user = body.messages.filter((message) => message.role === 'user');
  return {
    user: user.map((message) => text(message.content)).join('\n'),
    system: text(body.system ?? ''),
  };
}

let messages = 0;

/**
 * A streamed answer.
 * @param {string[]} parts
 * @param {{
 *   id?: string, model?: string, stopReason?: string, pauseMs?: number,
 *   cut?: boolean, hang?: boolean,
 * }} [options] `cut` drops the connection after the last part, `hang` falls silent
 */
export function answer(parts, options = {}) {
  const { model = MODEL, stopReason = 'end_turn', pauseMs = 0, cut, hang } = options;
  return async (response) => {
    const id = options.id ?? `msg_${(messages += 1)}`;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (type, fields) =>
      response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);
    const message = { id, type: 'message', role: 'assistant', model, content: [] };
    const usage = { ...USAGE, output_tokens: 1 };
    send('message_start', { message: { ...message, stop_reason: null, usage } });
    send('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
    for (const text of parts) {
      send('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    if (hang) return;
    if (cut) return void setTimeout(() => response.destroy(), 100);
    send('content_block_stop', { index: 0 });
    const delta = { stop_reason: stopReason, stop_sequence: null };
    send('message_delta', { delta, usage: { output_tokens: USAGE.output_tokens } });
    send('message_stop', {});
    response.end();
  };
}

/** An error of the API. @param {number} status @param {string} type @param {string} message */
export function refusal(status, type, message, headers = {}) {
  return async (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ type: 'error', error: { type, message } }));
  };
}
