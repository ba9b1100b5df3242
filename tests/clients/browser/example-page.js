// Pages of the package: built as their users build them, served on a free port, opened signed in.

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { tokenFor } from '../support/tokens.js';
import { until } from '../support/within.js';
import { openPage } from './browser.js';

const EXAMPLES = new URL('../../../bindings/examples/', import.meta.url);
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** Builds an example and serves it until the tests of the file end. @param {string} name */
export function serveExample(name, options) {
  const root = fileURLToPath(new URL(name, EXAMPLES));
  return serveBuilt({ root, ...options });
}

/** Builds a page with Vite and serves it. @param {import('vite').InlineConfig} config */
export async function serveBuilt(config) {
  const outDir = mkdtempSync(join(tmpdir(), 'slop-example-'));
  await build({ logLevel: 'warn', ...config, build: { outDir, emptyOutDir: true } });
  const server = createServer(async ({ url = '/' }, response) => {
    const path = normalize(new URL(url, 'http://page').pathname);
    const file = join(outDir, path === '/' ? 'index.html' : path);
    try {
      const content = await readFile(file);
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain' });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close() {
      server.close();
      server.closeAllConnections();
      rmSync(outDir, { recursive: true, force: true });
    },
  };
}

/** Opens an example's page and signs in at the server. */
export async function signIn(t, site, server, { token = tokenFor('ann') } = {}) {
  const opened = await openPage(t, site.url);
  await opened.page.getByLabel('Server').fill(server.url);
  await opened.page.getByLabel('Token').fill(token);
  await opened.page.getByRole('button', { name: 'Sign in' }).click();
  return opened;
}

/** Publishes until somebody listens. */
export async function publish(server, body) {
  await until(`a listener of ${body.event}`, async () => {
    const response = await server.publish(body);
    return response.body.delivered > 0;
  });
}

/** Publishes an event of a media item. */
export function publishMedia(server, event, payload) {
  const { mediaId } = payload;
  return publish(server, { namespace: '/media', mediaId, event, payload });
}

/** Publishes a notification. */
export function notify(server, payload, userId = 'ann') {
  const complete = { type: 'info', timestamp: new Date().toISOString(), ...payload };
  const event = 'notification';
  return publish(server, { namespace: '/notifications', userId, event, payload: complete });
}

/** Counts how often the text of an element changes, from now on. */
export async function countChanges(locator) {
  await locator.evaluate((element) => {
    globalThis.changes = 0;
    const count = () => (globalThis.changes += 1);
    const all = { childList: true, characterData: true, subtree: true };
    new MutationObserver(count).observe(element, all);
  });
  return () => locator.evaluate(() => globalThis.changes);
}

/** Takes a screenshot when `SCREENSHOTS` names a directory. */
export async function screenshot(page, name) {
  const { SCREENSHOTS } = process.env;
  if (SCREENSHOTS) await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}
