import { afterAll, beforeAll, expect } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { packageRoot } from '../../platform/config/package-root.js';
import { readWebApp, serveWebApp } from '../../router/web-app.js';
import { waitFor } from '../wait-for.js';
import { storiesInBrowsers } from './web-story.js';

const story = storiesInBrowsers({ hasServiceWorker: true });
const built = join(packageRoot, 'web/dist');
const NEXT = 'index-next.js';
let next: string;
let serving: FastifyInstance | null = null;
let port = 0;

/** The web app alone, on the port of the time before. */
async function serve(folder: string): Promise<string> {
  await serving?.close();
  serving = Fastify({ forceCloseConnections: true });
  serveWebApp(serving, (await readWebApp(folder))!, [], (reply) => reply.code(404).send());
  const url = await serving.listen({ host: '127.0.0.1', port });
  port = Number(new URL(url).port);
  return url;
}

/** As another build would be: its first script has another name, and its service worker knows. */
async function nextBuild(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-next-'));
  await cp(built, folder, { recursive: true, filter: (path) => !/\.(br|gz)$/.test(path) });
  const [, entry] = /assets\/(index-[\w-]+\.js)/.exec(await readFile(join(folder, 'index.html'), 'utf8'))!;
  for (const file of await readdir(folder, { recursive: true })) {
    if (!/\.(js|html)$/.test(file)) continue;
    const text = await readFile(join(folder, file), 'utf8');
    const changed = text.replaceAll(entry!, NEXT).replace(/version:"\w{16}"/, 'version:"next"');
    if (changed !== text) await writeFile(join(folder, file), changed);
  }
  await rename(join(folder, 'assets', entry!), join(folder, 'assets', NEXT));
  return folder;
}

const isNext = (page: Page) => page.evaluate(`document.scripts[0].src.endsWith('/${NEXT}')`);
const starts = (page: Page) => page.getByRole('heading', { name: 'Welcome back' }).waitFor();
const worker = (page: Page, expression: string) =>
  page.evaluate(`navigator.serviceWorker.ready.then(async (registration) => ${expression})`);

beforeAll(async () => {
  next = await nextBuild();
});
afterAll(async () => {
  await serving?.close();
  await rm(next, { recursive: true, force: true });
});

story('the app starts without a network, and after an update it is the new one', async ({ visitor }) => {
  const ann = await visitor('Ann Berg');
  const url = await serve(built);
  await ann.page.goto(url);
  await worker(ann.page, 'undefined');
  await ann.context.setOffline(true);
  await ann.page.goto(`${url}/c/cnv_1`);
  await starts(ann.page);
  expect(await isNext(ann.page)).toBe(false);
  await ann.context.setOffline(false);

  await serve(next);
  await ann.page.reload();
  await starts(ann.page);
  expect(await isNext(ann.page)).toBe(true);
  await waitFor('the next worker', () => worker(ann.page, 'registration.waiting !== null'));
  // It takes over once nobody uses the one before, some time after that.
  const takesOver = async () => {
    await ann.page.goto('about:blank');
    await ann.page.goto(url);
    return (await worker(ann.page, 'String(await caches.keys())')) === 'shell-next';
  };
  await waitFor('the old files are gone', takesOver, 20_000);
  await ann.context.setOffline(true);
  await ann.page.reload();
  await starts(ann.page);
  expect(await isNext(ann.page)).toBe(true);
});
