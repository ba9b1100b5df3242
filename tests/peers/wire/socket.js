// A WebSocket by hand: frames in their order, and when it closes.

import WebSocket from 'ws';
import { within } from '../../clients/support/within.js';
import { address } from './polling.js';

export class Frames {
  #frames = [];
  #wake = () => {};

  constructor(server, query = { EIO: '4', transport: 'websocket' }) {
    this.ws = new WebSocket(address(server, query).replace(/^http/, 'ws'));
    this.ws.on('error', () => {}); // `close` follows.
    this.ws.on('message', (data, isBinary) => {
      this.#frames.push(isBinary ? data : data.toString());
      this.#wake();
    });
    this.opened = new Promise((resolve) => this.ws.once('open', resolve));
    this.closed = new Promise((resolve) => this.ws.once('close', resolve));
    this.closed.then(() => this.#wake());
  }

  /** Opens the transport, and in it the main namespace. Nothing is left to be read. */
  static async connected(server) {
    const frames = new Frames(server);
    await frames.next('the handshake', (frame) => frame.startsWith('0'));
    frames.send('40');
    await frames.next('the welcome', (frame) => frame.startsWith('42["welcome"'));
    return frames;
  }

  send(frame) {
    this.ws.send(frame);
  }

  /** The next frame that matches; others are dropped, and pings are answered. */
  next(what, matches = () => true) {
    return within(what, this.#search(what, matches), { limitMs: 45_000 });
  }

  /** Waits until the server has closed it. */
  async close(what, limitMs) {
    await within(what, this.closed, { limitMs });
  }

  discard() {
    this.ws.terminate();
  }

  async #search(what, matches) {
    for (;;) {
      while (this.#frames.length > 0) {
        const frame = this.#frames.shift();
        if (matches(frame)) return frame;
        if (frame === '2') this.send('3');
      }
      if (this.ws.readyState === WebSocket.CLOSED) throw new Error(`closed before ${what}`);
      await new Promise((resolve) => (this.#wake = resolve));
    }
  }
}
