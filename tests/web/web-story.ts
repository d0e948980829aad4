import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { startParley } from '../story.js';
import type { RunningParley } from '../running-parley.js';
import { installedShell, startBrowser } from './browser.js';
import { Visitor } from './visitor.js';

export interface WebStage {
  parley: RunningParley;
  /** Somebody who has just opened the app, in a browser of their own. Their handle is one that nobody has, where none is given. */
  visitor: (name: string, options?: BrowserContextOptions, handle?: string) => Promise<Visitor>;
  /** New people, signed in. */
  people: <Names extends string[]>(...names: Names) => Promise<{ [Index in keyof Names]: Visitor }>;
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
 * too: one that its policy has refused something, for one. `environment`: of the Parley that they are told on.
 */
export function storiesInBrowsers(environment: Record<string, string> = {}, executable = installedShell()): WebStory {
  if (executable === null) {
    test('there is a Chromium for the stories of the web app', () => {
      if (process.env.CI) throw new Error('No Chromium is installed: apt-get install chromium');
    });
    return (name) => test.skip(`${name} (needs an installed Chromium)`, () => undefined);
  }
  // A browser on a busy machine is late now and then; what failed first is printed.
  jest.retryTimes(2, { logErrorsBeforeRetry: true });
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
          const context = await browser.newContext({ ...desktop, ...options });
          const made = new Visitor(called, parley.url, context, await context.newPage(), handle);
          visitors.push(made);
          return made;
        };
        const person = async (called: string) => {
          const made = await visitor(called);
          await made.signUp();
          return made;
        };
        const people = ((...called: string[]) => Promise.all(called.map(person))) as WebStage['people'];
        try {
          await tell({ parley, visitor, people });
          expect(visitors.flatMap(({ complaints }) => complaints)).toEqual([]);
        } catch (error) {
          throw new Error(`${String(error)}\n\n${await seenBy(visitors)}`, { cause: error });
        } finally {
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
