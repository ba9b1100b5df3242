// Executions that do exactly what a test says: the CLI runs its prompt as a shell script.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execute } from './executions.js';
import { startServer } from './server.js';
import { until } from './within.js';

const SHELL_CLAUDE = fileURLToPath(new URL('./shell-claude.sh', import.meta.url));

/** A server whose CLI is the shell. It is stopped when the test ends. */
export async function startShellServer(t, env = {}) {
  const server = await startServer({ env: { CLAUDE_CLI_PATH: SHELL_CLAUDE, ...env } });
  t.after(() => server.stop());
  return server;
}

let gates = 0;

/** A gate that a script waits at until the test opens it; then it goes on, or never. */
export class Gate {
  /** @param {import('./server.js').Server} server its directory holds the files */
  constructor(server) {
    this.path = join(server.home, `gate-${(gates += 1)}`);
    /** Waits in a script. */
    this.wait = `touch ${this.path}.reached; until [ -e ${this.path} ]; do sleep 0.02; done`;
  }

  get isReached() {
    return existsSync(`${this.path}.reached`);
  }

  open() {
    writeFileSync(this.path, '');
  }
}

/** Executes a script that is known to run and ends when its gate opens. */
export async function occupy(client, server) {
  const gate = new Gate(server);
  const processId = await execute(client, { prompt: gate.wait });
  await until('the script to reach its gate', () => gate.isReached);
  return { processId, open: () => gate.open() };
}

/** The next final event of a process, with its name. */
export async function ending(client, processId) {
  const ends = ['claude:complete', 'claude:error'];
  return client.next(`the end of ${processId}`, ({ event, payload }) => {
    return ends.includes(event) && payload.processId === processId;
  });
}
