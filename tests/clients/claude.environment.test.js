// What the Claude CLI is given: prompt, options, environment and working directory.

import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { complete, signedIn } from './support/executions.js';
import { startServer } from './support/server.js';

const place = realpathSync(mkdtempSync(join(tmpdir(), 'slop-client-tests-')));
const root = join(place, 'workspaces');
mkdirSync(join(root, 'project'), { recursive: true });
mkdirSync(join(place, 'outside'));
mkdirSync(join(place, 'workspaces-too'));
writeFileSync(join(root, 'file.txt'), '');
symlinkSync(join(root, 'project'), join(root, 'alias'));
symlinkSync(join(place, 'outside'), join(root, 'escape'));

const server = await startServer({
  env: { CLAUDE_WORKSPACE_ROOT: root, ANTHROPIC_API_KEY: 'key of the tests', UNRELATED: 'private' },
});
after(() => server.stop());
after(() => rmSync(place, { recursive: true }));

/** Runs the CLI that reports on itself: `{ argument: […], variable: […], directory: […], … }` */
async function report(client, payload = {}) {
  const { stdout } = await complete(client, { prompt: 'report yourself', ...payload });
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => /^([a-z ]+): (.*)$/s.exec(line));
  const found = {};
  for (const [, name, value] of lines.filter(Boolean)) (found[name] ??= []).push(value);
  return found;
}

test("the environment holds the key and none of the server's secrets", async (t) => {
  const { variable } = await report(await signedIn(t, server));
  assert.ok(variable.includes('ANTHROPIC_API_KEY=key of the tests'));
  const names = variable.map((line) => line.split('=')[0]);
  for (const name of ['JWT_SECRET', 'PUBLISH_TOKEN', 'UNRELATED', 'CLAUDE_WORKSPACE_ROOT']) {
    assert.equal(names.includes(name), false, name);
  }
});

test('the command keeps settings, MCP servers and tools of a directory out', async (t) => {
  const { argument } = await report(await signedIn(t, server));
  const expected = [
    '-p',
    '--output-format',
    'stream-json',
    '--include-partial-messages',
    '--tools=',
    '--setting-sources=',
    '--strict-mcp-config',
    '--disable-slash-commands',
  ];
  for (const part of expected) assert.ok(argument.includes(part), `${part} in ${argument}`);
  assert.equal(argument.includes('report yourself'), false, 'the prompt comes on stdin');
});

test('model, maxTokens and systemPrompt are handed on, the last in a private file', async (t) => {
  const systemPrompt = 'Answer in "one" word; --version $HOME';
  const payload = { model: 'claude-opus-4-8', maxTokens: 77, systemPrompt };
  const found = await report(await signedIn(t, server), payload);
  assert.ok(found.argument.includes('--model=claude-opus-4-8'), `${found.argument}`);
  assert.ok(found.variable.includes('CLAUDE_CODE_MAX_OUTPUT_TOKENS=77'));
  assert.ok(found.variable.includes('CLAUDE_CODE_DISABLE_THINKING=1'));
  assert.deepEqual(found['system prompt'], [systemPrompt]);
  assert.deepEqual(found['system prompt mode'], ['600']);
  assert.equal(existsSync(found['system prompt file'][0]), false, 'removed afterwards');
});

test('without options nothing of the kind is handed on', async (t) => {
  const found = await report(await signedIn(t, server));
  assert.deepEqual(
    found.argument.filter((one) => /^--(model|system-prompt)/.test(one)),
    [],
  );
  assert.deepEqual(
    found.variable.filter((one) => one.startsWith('CLAUDE_CODE_MAX_OUTPUT')),
    [],
  );
});

for (const prompt of [
  '--help',
  '-p',
  '$(id) `id` "quoted" \\n',
  '@/etc/hostname',
  'é🦀\u0000\nend',
]) {
  test(`the prompt ${JSON.stringify(prompt)} arrives as it is`, async (t) => {
    const { stdout } = await complete(await signedIn(t, server), { prompt });
    assert.equal(stdout.replaceAll('\u0000', ''), prompt.replaceAll('\u0000', ''));
  });
}

test('a prompt that begins with a slash is no command', async (t) => {
  const { stdout } = await complete(await signedIn(t, server), { prompt: '/heapdump' });
  assert.equal(stdout, '\n/heapdump');
});

test('without workingDirectory the CLI runs in a directory of its own', async (t) => {
  const { directory } = await report(await signedIn(t, server));
  assert.notEqual(directory[0], root);
  assert.equal(directory[0].startsWith(process.cwd()), false);
});

const INSIDE = {
  project: 'project',
  alias: 'project',
  '.': '',
  [join(root, 'project')]: 'project',
};
for (const [workingDirectory, expected] of Object.entries(INSIDE)) {
  test(`workingDirectory "${workingDirectory.replace(place, '…')}" is used`, async (t) => {
    const { directory } = await report(await signedIn(t, server), { workingDirectory });
    assert.equal(realpathSync(directory[0]), join(root, expected));
  });
}

const OUTSIDE = [
  '..',
  '../outside',
  'project/../../outside',
  'escape',
  'file.txt',
  'missing',
  '/',
  join(place, 'outside'),
  join(place, 'workspaces-too'),
  'nul\u0000byte',
];
for (const workingDirectory of OUTSIDE) {
  test(`workingDirectory ${JSON.stringify(workingDirectory.replace(place, '…'))} is refused`, async (t) => {
    await refused(await signedIn(t, server), workingDirectory);
  });
}

test('without CLAUDE_WORKSPACE_ROOT no workingDirectory is allowed', async (t) => {
  const rootless = await startServer();
  t.after(() => rootless.stop());
  const client = await signedIn(t, rootless);
  for (const directory of ['.', rootless.home, '/tmp']) await refused(client, directory);
});

async function refused(client, workingDirectory) {
  const answer = await client.call('claude:execute', { prompt: 'hello', workingDirectory });
  assert.equal(answer.success, false);
  const error = await client.waitFor('claude:error');
  assert.equal(error.code, 'INVALID_PAYLOAD');
  assert.equal(error.message, answer.error);
  assert.equal('processId' in error, false);
  const shown = workingDirectory.length > 4 && JSON.stringify(client.record);
  assert.equal(shown && shown.includes(workingDirectory), false, 'the value is not echoed');
}
