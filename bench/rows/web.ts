import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { installedBrowser, startBrowser } from '../../tests/web/browser.js';
import { bodyOf, sendMessage } from '../documents.js';
import { Parley } from '../parley.js';
import { createGroup, PASSWORD, request, signUp, type Person } from '../people.js';
import { median, type Row } from '../report.js';

const LOADS = 5;
const PER_SECOND = 50;
const TYPED_MS = 10_000;
const MESSAGES = 10_000;
const IN_FLIGHT = 16;

/** The web app in an installed Chromium, measured by the browser itself. */
export async function web(dataDir: string): Promise<Row[]> {
  const executable = installedBrowser();
  if (executable === null) throw new Error('No Chromium is installed: apt-get install chromium');
  const [parley, browser] = await Promise.all([Parley.start(dataDir), startBrowser(executable)]);
  try {
    const url = new URL('/', parley.url).href;
    const rows = [await firstLoad(browser, url)];
    const [reader, writer] = (await signUp(parley.url, 2)) as [Person, Person];
    const conversationId = await createGroup(parley.url, writer, [reader]);
    const post = async (): Promise<void> => {
      const clientMessageId = randomUUID();
      const input = { conversationId, clientMessageId, body: bodyOf(clientMessageId) };
      const send = () => request(parley.url, writer.accessToken, sendMessage, { input });
      // What is refused for now is stored once, however often it is sent.
      await send().catch(send);
    };
    const page = await signedIn(browser, url, reader.handle);
    rows.push(await interaction(page, post));
    rows.push(await memory(page, post));
    return rows;
  } finally {
    await Promise.all([browser.close(), parley.stop()]);
  }
}

/** From nothing in the cache until something of the app is painted. */
async function firstLoad(browser: Browser, url: string): Promise<Row> {
  const bare = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>bare</title><p>Welcome back</p>');
  }).listen(0, '127.0.0.1');
  await once(bare, 'listening');
  const ours: Load[] = [];
  const theirs: Load[] = [];
  for (let i = 0; i < LOADS; i++) {
    ours.push(await load(browser, url));
    theirs.push(await load(browser, `http://127.0.0.1:${(bare.address() as AddressInfo).port}/`));
  }
  bare.close();
  const of = (loads: Load[], part: keyof Load) => median(loads.map((each) => each[part]));
  return {
    name: 'web: first load, until the largest part is painted',
    unit: 'ms',
    value: of(ours, 'largestMs'),
    baseline: { name: 'a page with a word on it', value: of(theirs, 'largestMs') },
    goal: '< 2.5 s',
    met: of(ours, 'largestMs') < 2_500,
    details: { firstPaintMs: of(ours, 'firstMs'), transferredBytes: of(ours, 'bytes') },
  };
}

interface Load {
  firstMs: number;
  largestMs: number;
  bytes: number;
}

async function load(browser: Browser, url: string): Promise<Load> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(url, { waitUntil: 'load' });
    await page.getByText('Welcome back').waitFor();
    return await page.evaluate<Load>(`new Promise((resolve) => {
      new PerformanceObserver((list) => {
        const transfers = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
        resolve({
          firstMs: performance.getEntriesByName('first-contentful-paint')[0].startTime,
          largestMs: list.getEntries().at(-1).startTime,
          bytes: transfers.reduce((sum, { transferSize }) => sum + transferSize, 0),
        });
      }).observe({ type: 'largest-contentful-paint', buffered: true });
    })`);
  } finally {
    await context.close();
  }
}

async function signedIn(browser: Browser, url: string, handle: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1240, height: 800 }, locale: 'en-GB' });
  await page.goto(url);
  await page.getByLabel('E-mail or handle').fill(handle);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('navigation', { name: 'Conversations' }).getByRole('link', { name: /bench/ }).click();
  await page.getByRole('textbox', { name: 'Message', exact: true }).waitFor();
  return page;
}

/** From a key until the task after its frame: the slowest of 98 of 100, as the web vital INP has it. */
async function interaction(page: Page, post: () => Promise<void>): Promise<Row> {
  const quiet = await type(page);
  let posted = 0;
  let isOver = false;
  const startedAt = performance.now();
  const posting = (async () => {
    const underWay = new Set<Promise<void>>();
    while (!isOver) {
      const due = ((performance.now() - startedAt) / 1000) * PER_SECOND;
      for (; posted < due; posted++) {
        const sending: Promise<void> = post().finally(() => underWay.delete(sending));
        underWay.add(sending);
      }
      await new Promise((resolve) => setTimeout(resolve, 1000 / PER_SECOND));
      if (underWay.size > IN_FLIGHT * PER_SECOND) throw new Error('Parley takes no 50 messages a second here.');
    }
    await Promise.all(underWay);
  })();
  const [busy] = await Promise.all([type(page).finally(() => (isOver = true)), posting]);
  return {
    name: `web: from a key to its paint, ${PER_SECOND} messages a second arriving`,
    unit: 'ms',
    value: busy,
    baseline: { name: 'nothing arriving', value: quiet },
    goal: '< 200 ms',
    met: busy < 200,
    details: { messagesPerSecond: posted / (TYPED_MS / 1000) },
  };
}

async function type(page: Page): Promise<number> {
  const composer = page.getByRole('textbox', { name: 'Message', exact: true });
  await composer.fill('');
  // Event timing waits for a display to present the frame, and there is none.
  await page.evaluate(`(() => {
    const durations = [];
    if (!window.parleyBench)
      addEventListener('keydown', ({ timeStamp }) => requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => window.parleyBench.durations.push(performance.now() - timeStamp);
        port2.postMessage(null);
      }), true);
    window.parleyBench = { durations };
  })()`);
  const keys = Math.round(TYPED_MS / 100);
  await composer.pressSequentially('a'.repeat(keys), { delay: 100 });
  const durations = await page.evaluate<number[]>('window.parleyBench.durations');
  return durations.toSorted((a, b) => a - b)[Math.ceil(durations.length * 0.98) - 1]!;
}

/** What the page keeps, garbage collected, once 10,000 messages have come while it was open. */
async function memory(page: Page, post: () => Promise<void>): Promise<Row> {
  const before = await heapOf(page);
  let left = MESSAGES;
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      while (left-- > 0) await post();
    }),
  );
  const last = page.getByRole('article').last();
  await last.waitFor();
  const after = await heapOf(page);
  return {
    name: `web: memory of the page after ${MESSAGES.toLocaleString('en')} messages`,
    unit: 'MB',
    value: after.megabytes,
    baseline: { name: 'before them', value: before.megabytes },
    goal: '< 100 MB',
    met: after.megabytes < 100,
    details: { nodes: after.nodes, nodesBefore: before.nodes },
  };
}

async function heapOf(page: Page): Promise<{ megabytes: number; nodes: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  await session.detach();
  const of = (name: string) => metrics.find((metric) => metric.name === name)!.value;
  return { megabytes: of('JSHeapUsedSize') / 2 ** 20, nodes: of('Nodes') };
}
