// The Claude CLI as a child process: the only place that starts and ends one.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Output } from './output.js';

const ARGUMENTS = [
  ...['-p', '--bare', '--output-format', 'stream-json', '--verbose'],
  ...['--include-partial-messages', '--tools=', '--setting-sources=', '--strict-mcp-config'],
  ...['--disable-slash-commands', '--no-session-persistence'],
];

/** How long the CLI may take to end when it is asked to. */
const PATIENCE_MS = 2000;
/** How long output may still come after the end, from children that kept the pipe. */
const LAST_WORDS_MS = 200;

/**
 * Starts the CLI. `onEnd` is called once, when it is gone.
 * @param {object} settings
 * @param {object} payload of `claude:execute`
 * @param {string | undefined} cwd an empty directory when there is none
 */
export function runCli(settings, payload, cwd, { onData, onEnd }) {
  // Empty, private, and removed at the end.
  const own = mkdtempSync(join(tmpdir(), 'peer-claude-'));
  mkdirSync(join(own, 'work'));
  const child = spawn(settings.claudeCliPath, argumentsFor(payload, own), {
    cwd: cwd ?? join(own, 'work'),
    env: environmentFor(settings, payload, own),
    detached: true,
  });
  const output = new Output(onData);
  let isStopped = false;
  child.stdout.on('data', (bytes) => output.write(bytes));
  child.stderr.on('data', (bytes) => output.writeError(bytes));
  child.stdin.on('error', () => {}); // It may end without reading.
  // A slash at the beginning would make the prompt a command of the CLI.
  child.stdin.end(payload.prompt.startsWith('/') ? `\n${payload.prompt}` : payload.prompt);

  const ended = gone(child).then(({ exitCode, error }) => {
    rmSync(own, { recursive: true, force: true });
    output.end();
    const failure = error ? 'Claude CLI could not be started' : output.failure(exitCode);
    const { stderr, parsedResponse } = output;
    onEnd({ exitCode: isStopped ? null : exitCode, failure, stderr, parsedResponse });
  });

  return {
    ended,
    stop() {
      isStopped = true;
      signal(child, 'SIGTERM');
      const impatient = setTimeout(() => signal(child, 'SIGKILL'), PATIENCE_MS);
      ended.then(() => clearTimeout(impatient));
    },
  };
}

/** Resolves when the CLI has ended, its process group too, and its output has been read. */
function gone(child) {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ exitCode: null, error }));
    child.once('exit', (exitCode) => {
      signal(child, 'SIGKILL');
      const enough = setTimeout(() => resolve({ exitCode }), LAST_WORDS_MS);
      child.once('close', () => {
        clearTimeout(enough);
        resolve({ exitCode });
      });
    });
  });
}

/** To the whole process group. */
function signal({ pid }, name) {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch {
    // Nothing of it is left.
  }
}

function argumentsFor({ model, systemPrompt }, own) {
  const args = [...ARGUMENTS];
  if (model !== undefined) args.push(`--model=${model}`);
  if (systemPrompt !== undefined) {
    const file = join(own, 'system-prompt');
    writeFileSync(file, systemPrompt, { mode: 0o600 });
    args.push('--system-prompt-file', file);
  }
  return args;
}

function environmentFor({ anthropicApiKey, anthropicBaseUrl }, { maxTokens }, own) {
  const tokens = {
    CLAUDE_CODE_MAX_OUTPUT_TOKENS: `${maxTokens}`,
    CLAUDE_CODE_DISABLE_THINKING: '1',
  };
  return {
    PATH: process.env.PATH,
    HOME: own,
    DISABLE_TELEMETRY: '1',
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CLAUDE_CODE_DISABLE_ATTACHMENTS: '1',
    CLAUDE_CODE_MAX_RETRIES: '2',
    ...(anthropicApiKey && { ANTHROPIC_API_KEY: anthropicApiKey }),
    ...(anthropicBaseUrl && { ANTHROPIC_BASE_URL: anthropicBaseUrl }),
    ...(maxTokens !== undefined && tokens),
  };
}
