// The examples with a page, in a browser: what a newcomer copies works, with React and without.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startServer } from '../support/server.js';
import { tokenFor } from '../support/tokens.js';
import * as example from './example-page.js';

const sites = { vanilla: await example.serveExample('vanilla') };
sites.react = await example.serveExample('react');
const server = await startServer();
after(async () => {
  for (const site of Object.values(sites)) site.close();
  await server.stop();
});

const SIGNED_IN = 'Signed in as ann';

async function run(page, prompt) {
  await page.getByText(SIGNED_IN).waitFor();
  await page.getByLabel('Prompt').fill(prompt);
  await page.getByRole('button', { name: 'Run' }).click();
}

for (const [name, site] of Object.entries(sites)) {
  const open = (t, to = server, options) => example.signIn(t, site, to, options);

  test(`${name}: an answer streams in`, async (t) => {
    const { page, problems } = await open(t);
    const answer = page.getByLabel('Answer');
    const changes = await example.countChanges(answer);
    await run(page, 'hello slowly');
    await page.getByText(/^Completed in \d+\.\d s/).waitFor();
    assert.equal(await answer.textContent(), 'Hello from the mock API.');
    assert.ok((await changes()) > 1, 'the answer came in parts');
    await run(page, 'hello');
    await page.getByRole('button', { name: 'Run' }).and(page.locator(':enabled')).waitFor();
    await page.getByText(/^Completed in \d+\.\d s/).waitFor();
    assert.equal(await answer.textContent(), 'Hello from the mock API.', 'the first is gone');
    await example.screenshot(page, `${name}-answer`);
    assert.deepEqual(problems, []);
  });

  test(`${name}: a running prompt is cancelled`, async (t) => {
    const { page, problems } = await open(t);
    await run(page, 'sleep');
    await page.getByText('Started.').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Process was cancelled by user').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Run' }).isEnabled(), true);
    assert.equal(await page.getByRole('button', { name: 'Cancel' }).isEnabled(), false);
    assert.deepEqual(problems, []);
  });

  test(`${name}: a prompt that fails says why`, async (t) => {
    const { page } = await open(t);
    await run(page, 'exit 3');
    await page.getByText(/the disk is full/).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Run' }).isEnabled(), true);
  });

  test(`${name}: media progress and notifications arrive`, async (t) => {
    const { page, problems } = await open(t);
    await page.getByText(SIGNED_IN).waitFor();
    const half = { mediaId: 'demo', progress: 50, stage: 'rendering' };
    await example.publishMedia(server, 'mediaProgress', half);
    await page.getByText('rendering').waitFor();
    assert.equal(await page.getByRole('progressbar').getAttribute('value'), '50');
    await example.notify(server, { id: '1', title: 'Ready', message: 'Your film is there' });
    await page.getByRole('listitem').filter({ hasText: 'Your film is there' }).waitFor();
    await example.screenshot(page, `${name}-media`);
    const url = 'https://media.example.com/demo.mp4';
    await example.publishMedia(server, 'mediaComplete', { mediaId: 'demo', url });
    await page.getByText(/ready/i).first().waitFor();
    assert.equal(await page.getByRole('progressbar').getAttribute('value'), '100');
    assert.deepEqual(problems, []);
  });

  test(`${name}: a token that is no good is told`, async (t) => {
    const { page } = await open(t, server, { token: tokenFor('ann', { exp: 1 }) });
    await page.getByText(/Token has expired/).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Run' }).isEnabled(), false);
    await example.screenshot(page, `${name}-refused`);
  });

  test(`${name}: the page goes on when the server comes back`, async (t) => {
    let other = await startServer();
    t.after(() => other.stop());
    const { page } = await open(t, other);
    await page.getByText(SIGNED_IN).waitFor();
    const port = new URL(other.url).port;
    await other.stop();
    await page.getByText(SIGNED_IN).waitFor({ state: 'detached' });
    await example.screenshot(page, `${name}-reconnecting`);
    other = await startServer({ args: ['--port', port] });
    await page.getByText(SIGNED_IN).waitFor({ timeout: 30_000 });
    const half = { mediaId: 'demo', progress: 30, stage: 'encoding' };
    await example.publishMedia(other, 'mediaProgress', half);
    await page.getByText('encoding').waitFor();
  });
}
