// Settings: the environment variables of the decisions page and a few more, each of them also a
// flag.

import { parseArgs } from 'node:util';

/** Name, default, and how the text is read. */
const SETTINGS = {
  HOST: ['127.0.0.1', String],
  PORT: ['3000', wholeNumber],
  JWT_SECRET: [undefined, String],
  JWT_ISSUER: [undefined, String],
  JWT_AUDIENCE: [undefined, String],
  PING_INTERVAL_MS: ['25000', wholeNumber],
  PING_TIMEOUT_MS: ['20000', wholeNumber],
  CORS_ORIGIN: [undefined, (text) => text.split(',').map((origin) => origin.trim())],
  PUBLISH_TOKEN: [undefined, String],
  CLAUDE_CLI_PATH: ['claude', String],
  CLAUDE_MAX_CONCURRENT_PROCESSES: ['5', wholeNumber],
  CLAUDE_MAX_QUEUE_SIZE: ['100', wholeNumber],
  CLAUDE_PROCESS_TIMEOUT_MS: ['300000', wholeNumber],
  CLAUDE_MAX_TIMEOUT_MS: ['3600000', wholeNumber],
  CLAUDE_QUEUE_TIMEOUT_MS: ['600000', wholeNumber],
  CLAUDE_PROCESS_TTL_SECONDS: ['86400', wholeNumber],
  CLAUDE_RATE_LIMIT_MAX: ['10', wholeNumber],
  CLAUDE_RATE_LIMIT_WINDOW_MS: ['60000', wholeNumber],
  CLAUDE_WORKSPACE_ROOT: [undefined, String],
  ANTHROPIC_API_KEY: [undefined, String],
  ANTHROPIC_BASE_URL: [undefined, String],
};

const MIN_SECRET_BYTES = 32;

const flagOf = (name) => name.toLowerCase().replaceAll('_', '-');

/** `CLAUDE_CLI_PATH` is found as `claudeCliPath`. */
const fieldOf = (name) => flagOf(name).replace(/-(.)/g, (_, letter) => letter.toUpperCase());

/**
 * Reads flags and environment; flags win. Throws an error whose message names the setting.
 * @param {string[]} args
 * @param {Record<string, string | undefined>} env
 */
export function readSettings(args, env) {
  const names = Object.keys(SETTINGS);
  const options = Object.fromEntries(names.map((name) => [flagOf(name), { type: 'string' }]));
  const flags = parseArgs({ args, options }).values;
  const settings = {};
  for (const [name, [standard, read]] of Object.entries(SETTINGS)) {
    const text = flags[flagOf(name)] ?? env[name] ?? standard;
    if (text !== undefined) settings[fieldOf(name)] = read(text, name);
  }
  if (Buffer.byteLength(settings.jwtSecret ?? '') < MIN_SECRET_BYTES) {
    throw new Error(`JWT_SECRET must have at least ${MIN_SECRET_BYTES} bytes`);
  }
  return settings;
}

function wholeNumber(text, name) {
  if (!/^\d+$/.test(text)) throw new Error(`${name} must be a whole number`);
  return Number(text);
}
