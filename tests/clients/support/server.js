// The server under test: one process of the real binary on a free port, stopped at the end.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SECRET } from './tokens.js';
import { within } from './within.js';

const BUILT = fileURLToPath(new URL('../../../target/debug/slop-server', import.meta.url));
export const BINARY = process.env.SLOP_SERVER ?? BUILT;

export const PUBLISH_TOKEN = 'the publish token of the test suites';
export const SCRIPTED_CLAUDE = fileURLToPath(new URL('./scripted-claude.sh', import.meta.url));

const left = new Set();
process.on('exit', () => left.forEach((server) => server.discard()));
// The test runner ends a file that takes too long with a signal, and `exit` follows only if asked.
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(1));

export class Server {
  /** @param {import('node:child_process').ChildProcess} child @param {string} home */
  constructor(child, home) {
    this.child = child;
    this.home = home;
    this.stdout = '';
    this.stderr = '';
    this.url = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (this.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (this.stderr += text));
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    left.add(this);
  }

  /** Sends SIGTERM and waits for the end. @returns {Promise<{ code: number | null }>} */
  async stop() {
    this.child.kill('SIGTERM');
    try {
      return await within('the server to stop after SIGTERM', this.exited);
    } finally {
      this.discard();
    }
  }

  /** Ends it at once and removes what it wrote. */
  discard() {
    left.delete(this);
    this.child.kill('SIGKILL');
    rmSync(this.home, { recursive: true, force: true });
  }

  /** @param {string} path @param {RequestInit} [init] */
  fetch(path, init) {
    return within(`an answer to ${path}`, fetch(this.url + path, init));
  }

  /** POST /publish. @param {unknown} body */
  async publish(body, { token = PUBLISH_TOKEN } = {}) {
    const response = await this.fetch('/publish', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, text, body: text.startsWith('{') ? JSON.parse(text) : null };
  }
}

/**
 * Starts a process without waiting for it to be ready.
 * @param {{ env?: Record<string, string | undefined>, args?: string[], program?: string }} [options]
 */
export function spawnServer({ env = {}, args = ['--port', '0'], program = BINARY } = {}) {
  if (!existsSync(program))
    throw new Error(`no server at ${program}; run: cargo build -p slop-server`);
  const home = mkdtempSync(join(tmpdir(), 'slop-client-tests-'));
  const settings = { JWT_SECRET: SECRET, PUBLISH_TOKEN, CLAUDE_CLI_PATH: SCRIPTED_CLAUDE, ...env };
  const child = spawn(program, args, {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, TMPDIR: home, LOG_LEVEL: 'info', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Server(child, home);
}

/** Starts a server and waits for the line that says it is ready. */
export async function startServer(options) {
  const server = spawnServer(options);
  const ready = new Promise((resolve, reject) => {
    server.child.stdout.on('data', () => {
      const line = /^slop-server listening on (http:\S+)$/m.exec(server.stdout);
      if (line) resolve(line[1]);
    });
    server.exited.then(({ code }) =>
      reject(new Error(`the server ended with ${code}: ${server.stderr}`)),
    );
  });
  server.url = await within('the server to be ready', ready, { details: () => server.stderr });
  return server;
}
