// A Redis of the test's own: started on a free port without files, stopped at the end.

import { execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { within } from '../support/within.js';

export class Redis {
  /** @param {import('node:test').TestContext} t */
  static async start(t) {
    const redis = new Redis(await freePort());
    t.after(() => redis.stop());
    await redis.resume();
    return redis;
  }

  constructor(port) {
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
    process.on('exit', () => this.child?.kill('SIGKILL'));
  }

  /** Starts it, or starts it again on the same port, empty. */
  async resume() {
    const settings = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    this.child = spawn('redis-server', ['--port', `${this.port}`, ...settings]);
    this.exited = new Promise((resolve) => this.child.once('exit', resolve));
    let log = '';
    const ready = new Promise((resolve) => {
      this.child.stdout.setEncoding('utf8').on('data', (text) => {
        log += text;
        if (/ready to accept connections/i.test(log)) resolve();
      });
    });
    await within('redis-server to be ready', ready, { details: () => log });
  }

  async stop() {
    this.child.kill('SIGKILL');
    await within('redis-server to end', this.exited);
  }

  /** What redis-cli answers. */
  ask(...command) {
    const cli = ['-p', `${this.port}`, ...command];
    return execFileSync('redis-cli', cli, { encoding: 'utf8', timeout: 5000 }).trim();
  }
}

/** A port that was free a moment ago. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
