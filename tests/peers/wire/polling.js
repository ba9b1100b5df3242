// HTTP long-polling by hand: one request at a time, packets as they stand on the wire.

import { within } from '../../clients/support/within.js';

const SEPARATOR = '\x1e';

/** The address of a transport. @param {Record<string, string>} query */
export function address(server, query) {
  return `${server.url}/socket.io/?${new URLSearchParams(query)}`;
}

export class LongPolling {
  #packets = [];

  constructor(server, handshake) {
    this.handshake = handshake;
    this.sid = handshake.sid;
    this.address = address(server, { EIO: '4', transport: 'polling', sid: handshake.sid });
  }

  /** Opens a session of Engine.IO. */
  static async open(server) {
    const response = await fetch(address(server, { EIO: '4', transport: 'polling' }));
    const text = await response.text();
    return new LongPolling(server, JSON.parse(text.slice(1)));
  }

  /** Opens one, and in it the main namespace. Nothing is left to be polled. */
  static async connected(server) {
    const session = await LongPolling.open(server);
    await session.push('40');
    await session.packet('the welcome', (packet) => packet.startsWith('42["welcome"'));
    return session;
  }

  /** Sends packets. @returns {Promise<Response>} */
  push(...packets) {
    const body = packets.join(SEPARATOR);
    return within('the answer to a push', fetch(this.address, { method: 'POST', body }));
  }

  /** One request for packets. @param {RequestInit} [init] @returns {Promise<Response>} */
  poll(init) {
    return fetch(this.address, init);
  }

  /** The next packet that matches, by as many requests as it takes; others are dropped. */
  packet(what, matches) {
    return within(what, this.#search(matches));
  }

  async #search(matches) {
    for (;;) {
      while (this.#packets.length > 0) {
        const packet = this.#packets.shift();
        if (matches(packet)) return packet;
        if (packet === '2') await this.push('3');
      }
      const response = await this.poll();
      if (response.status !== 200) throw new Error(`the session ended: ${response.status}`);
      this.#packets.push(...(await response.text()).split(SEPARATOR));
    }
  }
}
