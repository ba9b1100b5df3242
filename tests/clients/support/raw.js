// A raw connection: Engine.IO frames over a WebSocket, written by hand, well-formed or not.

import WebSocket from 'ws';
import { within } from './within.js';

export class Raw {
  /** @param {import('./server.js').Server} server */
  constructor(server) {
    this.frames = [];
    this.ws = new WebSocket(
      `${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`,
    );
    this.closed = new Promise((resolve) => this.ws.once('close', resolve));
    this.ws.on('error', () => {});
    this.ws.on('message', (data) => {
      const frame = data.toString();
      // A client that does not answer the heartbeat of Engine.IO is dropped.
      if (frame === '2') return this.send('3');
      this.frames.push(frame);
    });
  }

  /** Opens the transport and then the namespace `/`, as every client does. */
  static async connected(server) {
    const raw = new Raw(server);
    await raw.frame('the handshake of Engine.IO', (frame) => frame.startsWith('0{'));
    raw.send('40');
    await raw.frame('the reply to CONNECT', (frame) => frame.startsWith('40'));
    return raw;
  }

  /** The first frame that matches, past or future; `undefined` when the connection closed. */
  frame(what, matches) {
    const found = new Promise((resolve) => {
      const look = () => {
        const frame = this.frames.find(matches);
        if (frame !== undefined) resolve(frame);
      };
      this.ws.on('message', look);
      this.closed.then(() => resolve(undefined));
      look();
    });
    return within(what, found, {
      details: () => `Received: ${this.frames.join(' ').slice(0, 500)}`,
    });
  }

  get isOpen() {
    return this.ws.readyState === WebSocket.OPEN;
  }

  /** @param {string | Buffer} frame */
  send(frame) {
    if (this.isOpen) this.ws.send(frame);
  }

  async close() {
    this.ws.terminate();
    await within('the close of a raw connection', this.closed);
  }
}
