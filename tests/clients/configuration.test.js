// Configuration: a wrong value stops the start with one clear line; the help tells everything.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from './support/client.js';
import { spawnServer, startServer } from './support/server.js';
import { tokenFor } from './support/tokens.js';
import { within } from './support/within.js';

const WRONG = {
  'no secret': [{ JWT_SECRET: undefined }, /JWT_SECRET/],
  'an empty secret': [{ JWT_SECRET: '' }, /JWT_SECRET/],
  'a short secret': [{ JWT_SECRET: 'only-31-bytes-long-0123456789ab' }, /JWT_SECRET.*32/s],
  'a port that is no number': [{ PORT: 'http' }, /PORT/i, []],
  'a port out of range': [{ PORT: '65536' }, /PORT/i, []],
  'a host that is none': [{ HOST: 'not a host' }, /HOST/i],
  'no concurrency at all': [
    { CLAUDE_MAX_CONCURRENT_PROCESSES: '0' },
    /CLAUDE_MAX_CONCURRENT_PROCESSES|concurrent/i,
  ],
  'a negative timeout': [{ CLAUDE_PROCESS_TIMEOUT_MS: '-5' }, /CLAUDE_PROCESS_TIMEOUT_MS|timeout/i],
  'a workspace root that is missing': [
    { CLAUDE_WORKSPACE_ROOT: '/no/such/root' },
    /WORKSPACE_ROOT/i,
  ],
  'an unknown log format': [{ LOG_FORMAT: 'xml' }, /LOG_FORMAT|log-format/i],
  'a log level that is none': [{ LOG_LEVEL: 'verbose' }, /LOG_LEVEL/],
  'an unknown flag': [{}, /--no-such-flag/, ['--no-such-flag']],
};

for (const [what, [env, line, args]] of Object.entries(WRONG)) {
  test(`${what} stops the start with a line that names the setting`, async (t) => {
    const server = spawnServer({ env, args: args ?? ['--port', '0'] });
    t.after(() => server.discard());
    const { code } = await within('the start to fail', server.exited);
    assert.ok(code > 0, `ended with ${code}`);
    assert.match(server.stderr, line);
    assert.equal(server.stderr.includes('panicked'), false, server.stderr);
    assert.equal(server.stderr.includes('only-31-bytes-long'), false, 'the secret is not printed');
  });
}

const SETTINGS = [
  'HOST',
  'PORT',
  'JWT_SECRET',
  'JWT_ISSUER',
  'JWT_AUDIENCE',
  'REDIS_URL',
  'CORS_ORIGIN',
  'PUBLISH_TOKEN',
  'CLAUDE_CLI_PATH',
  'CLAUDE_MAX_CONCURRENT_PROCESSES',
  'CLAUDE_MAX_QUEUE_SIZE',
  'CLAUDE_PROCESS_TIMEOUT_MS',
  'CLAUDE_MAX_TIMEOUT_MS',
  'CLAUDE_QUEUE_TIMEOUT_MS',
  'CLAUDE_WORKSPACE_ROOT',
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_BASE_URL',
  'LOG_LEVEL',
  'LOG_FORMAT',
];

test('--help documents every setting, and prints no secret', async (t) => {
  const server = spawnServer({ env: { ANTHROPIC_API_KEY: 'key of the tests' }, args: ['--help'] });
  t.after(() => server.discard());
  assert.equal((await within('the help', server.exited)).code, 0);
  for (const name of SETTINGS) {
    assert.match(server.stdout, new RegExp(`\\b${name}\\b`));
    const flag = `--${name.toLowerCase().replaceAll('_', '-')}`;
    assert.ok(server.stdout.includes(flag), `${flag} is missing`);
  }
  for (const secret of ['key of the tests', 'a secret of the test suites', 'the publish token']) {
    assert.equal(server.stdout.includes(secret), false, `${secret} is printed`);
  }
});

test('flags work like variables, and win over them', async (t) => {
  const secret = 'a secret given as a flag, longer than 32 bytes';
  const args = ['--port', '0', '--jwt-secret', secret, '--publish-token', 'given as a flag'];
  const server = await startServer({ args });
  t.after(() => server.stop());
  const client = await connect(t, server, { token: tokenFor('ada') });
  assert.equal((await client.waitFor('authError')).message, 'Invalid token');
  assert.equal((await server.publish({}, { token: 'given as a flag' })).status, 400);
  assert.equal((await server.publish({})).status, 401);
});

test('a port that is taken stops the start with a clear line', async (t) => {
  const first = await startServer();
  t.after(() => first.stop());
  const second = spawnServer({ args: ['--port', new URL(first.url).port] });
  t.after(() => second.discard());
  const { code } = await within('the start to fail', second.exited);
  assert.ok(code > 0);
  assert.match(second.stderr, /in use/i);
});

test('LOG_FORMAT=json writes one JSON object a line', async (t) => {
  const server = await startServer({ env: { LOG_FORMAT: 'json', LOG_LEVEL: 'debug' } });
  await connect(t, server);
  await server.stop();
  const lines = server.stderr.trimEnd().split('\n');
  assert.ok(lines.length > 1);
  for (const line of lines) assert.equal(typeof JSON.parse(line), 'object');
});
