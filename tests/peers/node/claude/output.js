// Output: what the CLI prints, as the text of its answer. Lines of JSON are read; other text is
// passed on as it is.

import { StringDecoder } from 'node:string_decoder';

export class Output {
  stderr = '';
  #line = '';
  /** Text that is no JSON, passed on in one piece. */
  #plain = '';
  #texts = new StringDecoder('utf8');
  #errors = new StringDecoder('utf8');
  #answer = new Answer();

  /** @param {(data: string) => void} onData is given each chunk of the answer */
  constructor(onData) {
    this.onData = onData;
  }

  write(bytes) {
    const [first, ...more] = this.#texts.write(bytes).split('\n');
    this.#line += first;
    for (const next of more) {
      this.#take(`${this.#line}\n`);
      this.#line = next;
    }
    // What cannot become JSON need not wait for the end of its line.
    if (!this.#line.startsWith('{')) {
      this.#plain += this.#line;
      this.#line = '';
    }
    this.#passOn();
  }

  writeError(bytes) {
    this.stderr += this.#errors.write(bytes);
  }

  end() {
    this.#line += this.#texts.end();
    this.stderr += this.#errors.end();
    if (this.#line !== '') this.#take(this.#line);
    this.#passOn();
  }

  /** Why it failed; `undefined` when it did not. */
  failure(exitCode) {
    const { result } = this.#answer;
    if (exitCode === 0 && this.#answer.isBrokenOff) return 'Claude CLI broke off its answer';
    if (exitCode === 0 && !result?.is_error) return undefined;
    const said = result?.is_error && (result.result || result.errors?.[0]);
    return said || this.stderr.trim() || `Claude CLI exited with code ${exitCode}`;
  }

  get parsedResponse() {
    return this.#answer.parsed();
  }

  #take(line) {
    const message = typedObject(line);
    if (!message) {
      this.#plain += line;
      return;
    }
    const data = this.#answer.read(message);
    if (data === '') return;
    this.#passOn();
    this.onData(data);
  }

  #passOn() {
    if (this.#plain !== '') this.onData(this.#plain);
    this.#plain = '';
  }
}

/** A line that is a JSON object with a type; `undefined` when it is not. */
function typedObject(line) {
  if (!line.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(line);
    return typeof value.type === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The answer that the lines of JSON tell piece by piece. */
class Answer {
  result = undefined;
  #model = undefined;
  #content = '';
  /** The message whose pieces are coming, as far as they have come. */
  #message = { id: undefined, text: '', isOpen: false };
  /** What of it has been passed on. When the stream broke off, it begins anew, and this stays. */
  #sent = '';

  /** Whether the last message never came to its end. */
  get isBrokenOff() {
    return !this.result && this.#message.isOpen;
  }

  /** The text that a line adds to the output. */
  read(message) {
    if (message.type === 'result') this.result = message;
    if (message.parent_tool_use_id) return '';
    if (message.type === 'assistant') return this.#readWhole(message.message);
    if (message.type !== 'stream_event') return '';
    const { type, delta, message: opened } = message.event;
    if (type === 'message_start') this.#begin(opened?.id);
    if (type === 'message_stop') this.#message.isOpen = false;
    if (type !== 'content_block_delta' || delta?.type !== 'text_delta') return '';
    this.#message.text += delta.text;
    return this.#unsent();
  }

  parsed() {
    if (!this.result) return undefined;
    const usage = this.#usage();
    const stopReason = this.result.stop_reason;
    return {
      content: this.#content,
      ...(usage && { usage }),
      ...(this.#model !== undefined && { model: this.#model }),
      ...(typeof stopReason === 'string' && { stopReason }),
    };
  }

  /** A whole message. Its text has been passed on already, unless the stream broke off. */
  #readWhole({ id, model, content }) {
    if (model === '<synthetic>') return '';
    const texts = content.filter((block) => block.type === 'text').map((block) => block.text);
    const text = texts.join('');
    this.#model = model;
    this.#content += text;
    if (text === '' || this.#message.id === undefined || this.#message.id === id) return '';
    this.#message = { id, text, isOpen: false };
    return this.#unsent();
  }

  #begin(id) {
    if (!this.#message.isOpen) this.#sent = '';
    this.#message = { id, text: '', isOpen: true };
  }

  /** What the message says beyond what has been passed on; all of it when it says otherwise. */
  #unsent() {
    const { text } = this.#message;
    if (this.#sent.startsWith(text)) return '';
    const isLonger = text.startsWith(this.#sent);
    const unsent = isLonger ? text.slice(this.#sent.length) : `\n${text}`;
    this.#sent = text;
    return unsent;
  }

  #usage() {
    const models = Object.values(this.result.modelUsage ?? {});
    const { usage } = this.result;
    if (models.length === 0 && !usage) return undefined;
    const sum = (field) => models.reduce((total, model) => total + (model[field] ?? 0), 0);
    const inputTokens = models.length > 0 ? sum('inputTokens') : usage.input_tokens;
    const outputTokens = models.length > 0 ? sum('outputTokens') : usage.output_tokens;
    return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
  }
}
