// The demo page in a browser: `slop-server --demo` and nothing else, as a newcomer meets it.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startServer } from '../support/server.js';
import { openPage } from './browser.js';

// Without a secret, a publish token and a claude: the demo must need nothing.
const nothing = { JWT_SECRET: undefined, PUBLISH_TOKEN: undefined, CLAUDE_CLI_PATH: undefined };
const path = '/usr/bin:/bin';
const server = await startServer({
  env: { ...nothing, PATH: path },
  args: ['--demo', '--port', '0'],
});
after(() => server.stop());

const token = () => /^ {2}token: (\S+)$/m.exec(server.stdout)?.[1];

async function signIn(page) {
  const box = page.getByLabel('Token');
  if ((await box.inputValue()) === '') await box.fill(token());
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Signed in as demo').waitFor();
}

test('the demo prints its page and a token', () => {
  assert.match(server.stdout, new RegExp(`^ {2}page: {2}${server.url}/$`, 'm'));
  assert.equal(token().split('.').length, 3);
});

test('a newcomer signs in, sends a prompt and sees the answer stream in', async (t) => {
  const { page, problems } = await openPage(t, server.url);
  await signIn(page);
  const answer = page.getByRole('log', { name: 'Answer' });
  await page.getByLabel('Prompt').fill('What is a demo?');
  await page.getByRole('button', { name: 'Execute' }).click();
  await answer.getByText(/stand-in/).waitFor();
  const early = await answer.innerText();
  await page
    .getByText(/completed/i)
    .first()
    .waitFor();
  const whole = await answer.innerText();
  assert.ok(whole.length > 0 && whole.startsWith(early.slice(0, 10)), `${early} became ${whole}`);
  assert.deepEqual(problems, []);
  if (process.env.SCREENSHOTS)
    await page.screenshot({ path: `${process.env.SCREENSHOTS}/demo.png` });
});

test('the samples of media and notifications arrive', async (t) => {
  const { page, problems } = await openPage(t, server.url);
  await signIn(page);
  await page.getByRole('log', { name: 'Media' }).getByText(/\d ?%/).first().waitFor();
  await page.getByRole('log', { name: 'Notifications' }).locator('*').first().waitFor();
  assert.deepEqual(problems, []);
});

test('a wrong token is told, and the right one still works', async (t) => {
  const { page } = await openPage(t, server.url);
  await page.getByLabel('Token').fill('not a token');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Invalid token').first().waitFor();
  await page.getByLabel('Token').fill(token());
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Signed in as demo').waitFor();
});
