// The browser: Debian's Chromium or any other found on the PATH, without a window.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts the browser. It is closed when the test ends. @param {import('node:test').TestContext} t */
export async function openPage(t, url) {
  const browser = await chromium.launch({ executablePath: find(), headless: true, args: QUIET });
  t.after(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
  page.setDefaultTimeout(15_000);
  const problems = [];
  page.on('pageerror', (error) => problems.push(`exception: ${error.message}`));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('requestfailed', (request) => problems.push(`not loaded: ${request.url()}`));
  await page.goto(url);
  return { page, problems };
}

function find() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const directories = (process.env.PATH ?? '').split(delimiter);
  const places = NAMES.flatMap((name) => directories.map((directory) => join(directory, name)));
  const found = places.find(isExecutable);
  if (!found) throw new Error('no Chromium on the PATH; please install the package chromium');
  return found;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
