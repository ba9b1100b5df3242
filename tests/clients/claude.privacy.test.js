// Whose execution it is: what one user's execution says and where it runs is nobody else's choice.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from './support/client.js';
import { execute, signedIn } from './support/executions.js';
import { ending, occupy, startShellServer } from './support/shell.js';
import { tokenFor } from './support/tokens.js';

test('who signs in on the socket of another user hears nothing of their executions', async (t) => {
  const server = await startShellServer(t);
  const shared = await connect(t, server, { token: tokenFor('alice') });
  const witness = await connect(t, server, { token: tokenFor('alice') });
  const { processId, open } = await occupy(shared, server);
  await witness.call('claude:status', processId);

  await shared.call('logout');
  await shared.call('authenticate', { token: tokenFor('bob') });
  const heardBefore = shared.record.length;
  open();
  await ending(witness, processId);
  // Its answer comes after whatever the server would have sent before.
  await shared.call('ping');

  const heard = shared.record.slice(heardBefore).map(({ event }) => event);
  assert.deepEqual(
    heard.filter((event) => event?.startsWith('claude:')),
    [],
  );
});

test('a directory that was swapped while the execution waited is not run in', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'slop-workspace-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'project'));
  const server = await startShellServer(t, {
    CLAUDE_WORKSPACE_ROOT: root,
    CLAUDE_MAX_CONCURRENT_PROCESSES: '1',
  });
  const client = await signedIn(t, server);
  const first = await occupy(client, server);
  const waiting = await execute(client, { prompt: 'pwd', workingDirectory: 'project' });

  renameSync(join(root, 'project'), join(root, 'project-before'));
  symlinkSync('/etc', join(root, 'project'));
  first.open();

  const { event, payload } = await ending(client, waiting);
  assert.equal(event, 'claude:error', JSON.stringify(payload));
  assert.equal(payload.code, 'EXECUTION_ERROR');
});
