// The demo page in a browser: `slop-server --demo` and nothing else, as a newcomer meets it.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startServer } from '../support/server.js';
import { openPage } from './browser.js';

// No secret, no publish token, no claude: the demo must need nothing.
const nothing = { JWT_SECRET: undefined, PUBLISH_TOKEN: undefined, CLAUDE_CLI_PATH: undefined };
const server = await startServer({ env: nothing, args: ['--demo', '--port', '0'] });
after(() => server.stop());

/** Sends a prompt once the page has signed in. */
async function run(page, prompt) {
  await page.getByText(/signed in as demo/i).waitFor();
  await page.getByLabel('Prompt').fill(prompt);
  await page.getByRole('button', { name: 'Run' }).click();
}

/** Counts how often text is added to the answer. */
function countChunks(answer) {
  return answer.evaluate((element) => {
    globalThis.chunks = 0;
    const count = (changes) => (globalThis.chunks += changes.length);
    new MutationObserver(count).observe(element, { childList: true });
  });
}

test('the demo prints its page and a token', () => {
  assert.match(server.stdout, new RegExp(`^ +page: +${server.url}/$`, 'm'));
  assert.match(server.stdout, /^ +token: [\w-]+\.[\w-]+\.[\w-]+$/m);
});

test('a newcomer is signed in, sends a prompt and sees the answer stream in', async (t) => {
  const { page, problems } = await openPage(t, server.url);
  const answer = page.getByLabel('Answer');
  await countChunks(answer);
  await run(page, 'What is a demo?');
  await page.getByText(/^completed in \d+ ms/).waitFor();
  assert.match(await answer.innerText(), /stand-in/, 'the stand-in says what it is');
  assert.ok((await page.evaluate(() => globalThis.chunks)) > 2, 'the answer came in parts');
  assert.equal(await page.getByRole('button', { name: 'Run' }).isEnabled(), true);
  if (process.env.SCREENSHOTS)
    await page.screenshot({ path: `${process.env.SCREENSHOTS}/demo.png` });
  assert.deepEqual(problems, []);
});

test('a second prompt replaces the first answer', async (t) => {
  const { page } = await openPage(t, server.url);
  for (const _ of ['first', 'second']) {
    await run(page, 'What is a demo?');
    await page.getByRole('button', { name: 'Cancel' }).and(page.locator(':enabled')).waitFor();
    await page.getByText(/^completed in \d+ ms/).waitFor();
  }
  const text = await page.getByLabel('Answer').innerText();
  assert.equal(text.split('stand-in').length, 2, text);
});

test('a running prompt is cancelled', async (t) => {
  const { page, problems } = await openPage(t, server.url);
  await run(page, 'Tell me a long story.');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('CANCELLED: Process was cancelled by user').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Run' }).isEnabled(), true);
  assert.deepEqual(problems, []);
});

test('the samples of media and notifications arrive', async (t) => {
  const { page, problems } = await openPage(t, server.url);
  await page.getByText(/: \d+ %$/).waitFor();
  await page.getByRole('listitem').first().waitFor();
  assert.deepEqual(problems, []);
});

test('the page signs in again when the connection breaks', async (t) => {
  const { page } = await openPage(t, server.url);
  await page.getByText(/signed in as demo/i).waitFor();
  await page.context().setOffline(true);
  await page.getByText(/connecting/i).waitFor({ timeout: 60_000 });
  await page.context().setOffline(false);
  await page.getByText(/signed in as demo/i).waitFor();
});
