// The Node example as a process, and all examples as their type checker sees them.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startServer } from '../support/server.js';
import { tokenFor } from '../support/tokens.js';
import { within } from '../support/within.js';

const EXAMPLES = fileURLToPath(new URL('../../../bindings/examples/', import.meta.url));
const server = await startServer();
after(() => server.stop());

/** Starts the script. */
function execute(t, prompt, { token = tokenFor('ann'), url = server.url } = {}) {
  const env = { PATH: process.env.PATH, SLOP_URL: url, SLOP_TOKEN: token };
  const child = spawn(process.execPath, [join(EXAMPLES, 'node/execute.mjs'), prompt], { env });
  t.after(() => child.kill('SIGKILL'));
  const script = { child, stdout: '', stderr: '', chunks: 0 };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    script.stdout += text;
    script.chunks += 1;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => (script.stderr += text));
  const closed = new Promise((resolve) => child.once('close', resolve));
  script.end = () => within('the script to end', closed, { details: () => script.stderr });
  return script;
}

test('the Node example streams an answer to standard output', async (t) => {
  const script = execute(t, 'hello slowly');
  assert.equal(await script.end(), 0, script.stderr);
  assert.equal(script.stdout, 'Hello from the mock API.');
  assert.ok(script.chunks > 1, 'it came in parts');
  assert.match(script.stderr, /^17 tokens$/m);
});

test('Ctrl-C cancels the prompt of the Node example', async (t) => {
  const script = execute(t, 'sleep');
  await within('output', new Promise((resolve) => script.child.stdout.once('data', resolve)));
  script.child.kill('SIGINT');
  assert.equal(await script.end(), 1);
  assert.match(script.stderr, /^CANCELLED: Process was cancelled by user$/m);
  const metrics = await (await server.fetch('/metrics')).text();
  assert.match(metrics, /executions_running 0$/m);
});

test('the Node example says what is wrong', async (t) => {
  const failures = [
    [execute(t, 'exit 3'), /^EXECUTION_ERROR: /m],
    [execute(t, 'hello', { token: 'none' }), /^UNAUTHORIZED: Invalid token/m],
    [execute(t, 'hello', { url: 'http://127.0.0.1:9' }), /^UNREACHABLE: /m],
  ];
  for (const [script, sentence] of failures) {
    assert.equal(await script.end(), 1);
    assert.match(script.stderr, sentence);
  }
});

test('the Node example says how it is used', async (t) => {
  const script = execute(t, '');
  assert.equal(await script.end(), 2);
  assert.match(script.stderr, /^usage: /);
});

const require = createRequire(new URL('../../../bindings/package.json', import.meta.url));
const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');

for (const name of ['node', 'react', 'vanilla']) {
  test(`the example ${name} is well typed`, async () => {
    const project = ['--project', join(EXAMPLES, name), '--pretty', 'false'];
    const checked = promisify(execFile)(process.execPath, [compiler, ...project]);
    const { stdout } = await checked.catch((failure) => failure);
    assert.equal(stdout, '');
  });
}

test('the hooks can be imported and rendered without a browser', async () => {
  const { createElement } = await import('react');
  const { renderToString } = await import('react-dom/server');
  const { SlopProvider, useConnection, useClaude } = await import('@slopstudios/protocol/react');
  const Page = () => `${useConnection().status}, ${useClaude().status}`;
  const provider = createElement(SlopProvider, { url: server.url }, createElement(Page));
  assert.equal(renderToString(provider), 'connecting, idle');
  assert.throws(() => renderToString(createElement(Page)), TypeError);
});
