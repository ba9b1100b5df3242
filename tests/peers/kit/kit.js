// The conformance kit as a program: asks a server all stories of some areas.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PUBLISH_TOKEN, startServer } from '../../clients/support/server.js';
import { SECRET } from '../../clients/support/tokens.js';

const BUILT = fileURLToPath(new URL('../../../target/debug/conformance', import.meta.url));
const KIT = process.env.CONFORMANCE_KIT ?? BUILT;
if (!existsSync(KIT)) throw new Error(`no kit at ${KIT}; run: cargo build -p conformance`);

/** Runs of the kit take as long as what they wait for; none waits longer than this. */
const LIMIT_MS = 300_000;
/** What the kit asks of a server that its stories share: room for all of them. */
const USUAL = { CLAUDE_MAX_CONCURRENT_PROCESSES: '100' };

/** Settings that some stories need, by the name of the configuration, as the kit lists them. */
export const CONFIGURATIONS = await configurations();

/**
 * Starts a server, and one more for each configuration.
 * @param {import('node:test').TestContext} t ends them
 * @param {{ program: string, env?: Record<string, string>, configured?: string[] }} options
 */
export async function startServers(t, { program, env = {}, configured = [] }) {
  const start = async (settings) => {
    const server = await startServer({ program, env: { ...settings, ...env } });
    t.after(() => server.discard());
    return server;
  };
  const others = configured.map(async (name) => [name, await start(CONFIGURATIONS[name])]);
  const [server, ...named] = await Promise.all([start(USUAL), ...others]);
  return { server, others: Object.fromEntries(named) };
}

/**
 * Asks the stories of these areas; all when there are none.
 * @returns {Promise<{ code: number, stories: { story: string, outcome: string }[] }>}
 */
export async function replay({ server, others }, areas = [], options = []) {
  const args = ['replay', ...areas, '--json', '--claude', '--url', server.url, ...options];
  args.push('--secret', SECRET, '--publish-token', PUBLISH_TOKEN);
  for (const [name, { url }] of Object.entries(others)) args.push('--config-url', `${name}=${url}`);
  const { code, stdout, stderr } = await run(args);
  if (code !== 0 && code !== 1) throw new Error(`the kit ended with ${code}: ${stderr}`);
  return { code, stories: JSON.parse(stdout).stories };
}

async function configurations() {
  const { code, stdout, stderr } = await run(['configurations']);
  if (code !== 0) throw new Error(`the kit ended with ${code}: ${stderr}`);
  const lines = stdout.trim().split('\n');
  return Object.fromEntries(
    lines
      .map((line) => line.split(': '))
      .map(([name, settings]) => {
        const pairs = settings.split(' ').map((pair) => pair.split('='));
        return [name, Object.fromEntries(pairs)];
      }),
  );
}

function run(args) {
  return new Promise((resolve) => {
    const options = { timeout: LIMIT_MS, maxBuffer: 64 * 1024 * 1024 };
    execFile(KIT, args, options, (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, stdout, stderr });
    });
  });
}
