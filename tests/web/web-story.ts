import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { openDirect, signUp } from '../chat.js';
import type { Device } from '../client.js';
import { startParley } from '../story.js';
import type { RunningParley } from '../running-parley.js';
import { installedShell, startBrowser } from './browser.js';
import { signUpBeforehand } from './signed-up.js';
import { Visitor } from './visitor.js';

export interface WebStage {
  parley: RunningParley;
  /** Somebody who opens a browser of their own. Their handle is one that nobody has, where none is given. */
  visitor: (name: string, options?: BrowserContextOptions, handle?: string) => Promise<Visitor>;
  /** New people, who have the app open and are signed in. */
  people: <Names extends string[]>(...names: Names) => Promise<{ [Index in keyof Names]: Visitor }>;
  /** Two more of them, who have their direct conversation open. */
  pair: (first: string, second: string) => Promise<[Visitor, Visitor]>;
  /** New people without a browser: what they do matters, and what they see is not told. */
  others: <Names extends string[]>(...names: Names) => Promise<{ [Index in keyof Names]: Device }>;
}

export interface WebSettings {
  /** Of the Parley that the stories are told on. */
  environment?: Record<string, string>;
  executable?: string | null;
  /** Whether pages have the app's service worker. It fetches all of the app: a tenth of what a page costs. */
  hasServiceWorker?: boolean;
}

export type WebStory = (name: string, tell: (stage: WebStage) => Promise<void>, limit?: number) => void;

// Nothing moves: it would cost CPU, and clicks wait until what they are meant for stands still.
const desktop = {
  viewport: { width: 1240, height: 800 },
  locale: 'en-GB',
  reducedMotion: 'reduce',
} satisfies BrowserContextOptions;

/**
 * Stories told in a browser, where one is installed; with CI=true it has to be. A story fails where a page prints an error,
 * too: one that its policy has refused something, for one.
 */
export function storiesInBrowsers(settings: WebSettings = {}): WebStory {
  const { environment, executable = installedShell(), hasServiceWorker = false } = settings;
  if (executable === null) {
    test('there is a Chromium for the stories of the web app', () => {
      if (process.env.CI) throw new Error('No Chromium is installed: apt-get install chromium');
    });
    return (name) => test.skip(`${name} (needs an installed Chromium)`, () => undefined);
  }
  // A browser on a busy machine is late now and then; what failed first is printed.
  jest.retryTimes(2, { logErrorsBeforeRetry: true });
  const serviceWorkers = hasServiceWorker ? 'allow' : 'block';
  let parley: RunningParley;
  let browser: Browser;
  beforeAll(async () => {
    [parley, browser] = await Promise.all([startParley(environment), startBrowser(executable)]);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await parley?.remove();
  }, 60_000);
  return (name, tell, limit = 120_000) =>
    test(
      name,
      async () => {
        const visitors: Visitor[] = [];
        const visitor: WebStage['visitor'] = async (called, options, handle) => {
          const context = await browser.newContext({ ...desktop, serviceWorkers, ...options });
          const made = new Visitor(called, parley.url, context, await context.newPage(), handle);
          visitors.push(made);
          return made;
        };
        const person = async (called: string) => {
          const made = await visitor(called);
          await signUpBeforehand(made);
          await made.openApp();
          return made;
        };
        const people = ((...called: string[]) => Promise.all(called.map(person))) as WebStage['people'];
        const pair: WebStage['pair'] = async (...called) => {
          const both = await Promise.all(called.map((each) => visitor(each)));
          const [one, other] = await Promise.all(both.map(signUpBeforehand));
          const conversationId = await openDirect(one!, other!);
          const [first, second] = [both[0]!, both[1]!];
          await Promise.all([
            first.openConversation(conversationId, second.name),
            second.openConversation(conversationId, first.name),
          ]);
          return [first, second];
        };
        const devices: Device[] = [];
        const other = async (called: string) => {
          const made = await signUp(parley.url, called);
          devices.push(made);
          return made;
        };
        const others = ((...called: string[]) => Promise.all(called.map(other))) as WebStage['others'];
        try {
          await tell({ parley, visitor, people, pair, others });
          expect(visitors.flatMap(({ complaints }) => complaints)).toEqual([]);
        } catch (error) {
          throw new Error(`${String(error)}\n\n${await seenBy(visitors)}`, { cause: error });
        } finally {
          for (const device of devices) device.close();
          await Promise.all(visitors.map(({ context }) => context.close()));
        }
      },
      limit,
    );
}

async function seenBy(visitors: readonly Visitor[]): Promise<string> {
  const seen = await Promise.all(
    visitors.map(async ({ name, page, complaints }) => {
      const text = await page.locator('body').innerText({ timeout: 1_000 }).catch(String);
      return `${name} sees, at ${page.url()}:\n${text.slice(0, 1_500)}\n${complaints.join('\n')}`;
    }),
  );
  return seen.join('\n\n');
}
