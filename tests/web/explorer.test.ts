import { expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { examples } from '../../router/explorer.js';
import { waitFor } from '../wait-for.js';
import { storiesInBrowsers } from './web-story.js';

const story = storiesInBrowsers();
const [signUp] = examples;

/** Opens a tab: while they still move into their places, a click counts as the beginning of a drag. */
async function openTab(page: Page, name: string): Promise<void> {
  const tab = page.getByRole('tab', { name });
  await tab.waitFor();
  await waitFor(`the tab ${name} is open`, async () => {
    if ((await tab.getAttribute('aria-selected')) === 'true') return true;
    await tab.getByTitle(name).click();
    return false;
  });
}
const editor = (page: Page, where: string) => page.locator(`${where} .monaco-editor:visible`).first();

/** Puts another text into an editor, as somebody who pastes it. */
async function write(page: Page, where: string, text: string): Promise<void> {
  await editor(page, where).click();
  await page.keyboard.press('Control+A');
  // Typing would have its brackets closed for it.
  await page.evaluate((pasted) => navigator.clipboard.writeText(pasted), text);
  await page.keyboard.press('Control+V');
}

/** Variables or Headers of the tab that is open. */
async function writeBelow(page: Page, name: 'Variables' | 'Headers', value: object): Promise<void> {
  await page.locator('.graphiql-editor-tools').getByRole('button', { name }).click();
  await write(page, '.graphiql-editor-tool', JSON.stringify(value));
}

/** Presses the button of the tab, and chooses among several operations. */
async function run(page: Page, operation?: string): Promise<void> {
  await page.locator('.graphiql-execute-button').click();
  if (operation) await page.getByRole('menuitem', { name: operation }).click();
}

/** What the answer shows that fits, without spaces: its editor breaks lines where it likes. */
function answered(page: Page, pattern: RegExp): Promise<string> {
  let text = '';
  return waitFor(
    `the answer has ${String(pattern)}`,
    async () => {
      text = (await page.locator('.result-window').innerText()).replaceAll(/\s/g, '');
      const found = pattern.exec(text);
      return found ? (found[1] ?? found[0]) : null;
    },
    20_000,
    () => text,
  );
}

story('somebody signs up, sends, and sees it arrive in another window, with what the explorer shows', async (stage) => {
  const ann = await stage.visitor('Ann');
  const { page } = ann;
  await ann.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(`${stage.parley.url}/graphql`);
  await openTab(page, 'SignUp');
  // A handle of this story's own.
  const { input } = JSON.parse(signUp!.variables!) as { input: object };
  await writeBelow(page, 'Variables', { input: { ...input, handle: ann.handle, email: ann.email } });
  await run(page);
  const token = await answered(page, /"accessToken":"([^"]+)"/);
  const headers = { authorization: `Bearer ${token}` };

  await openTab(page, 'CreateGroup');
  await writeBelow(page, 'Headers', headers);
  await run(page, 'CreateGroup');
  const conversationId = await answered(page, /"id":"(cnv_\w+)"/);
  await writeBelow(page, 'Variables', { conversationId, clientMessageId: 'first' });

  // Tabs, variables and headers are there when it is opened again. Windows share what is kept, so before there is another.
  await waitFor('the explorer keeps them', () =>
    page.evaluate((wanted) => {
      const kept = JSON.parse(localStorage.getItem('graphiql:tabState') ?? '{}') as {
        tabs?: { variables: string | null }[];
      };
      return kept.tabs?.some(({ variables }) => variables?.includes(wanted));
    }, conversationId),
  );
  const other = await ann.context.newPage();
  await other.goto(`${stage.parley.url}/graphql`);
  await openTab(other, 'CreateGroup');
  await other.locator('.graphiql-editor-tools').getByRole('button', { name: 'Headers' }).click();
  await waitFor('its headers are there', async () =>
    (await editor(other, '.graphiql-editor-tool').innerText()).includes('authorization'),
  );
  expect(await other.locator('.graphiql-tab-button').count()).toBe(3);

  await openTab(other, 'Inbox');
  await writeBelow(other, 'Headers', headers);
  await run(other);
  await answered(other, /InboxCaughtUp/);

  await run(page, 'Send');
  await answered(page, /"body":"Hello"/);
  await answered(other, /"body":"Hello"/);
});

story('the reference is read on a phone, and searched', async (stage) => {
  const { page } = await stage.visitor('Ann', { viewport: { width: 360, height: 740 } });
  await page.goto(`${stage.parley.url}/docs`);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  await page.getByRole('searchbox').fill('sendMessage');
  const article = page.locator('article:visible', { hasText: 'sendMessage' }).first();
  await article.getByText('300 times in 60 s').or(article.getByText('Costs 5')).first().waitFor();
  expect(await page.locator('article:visible').count()).toBeLessThan(10);
  await article.getByRole('link', { name: 'SendMessageInput' }).click();
  expect(page.url()).toMatch(/#type-SendMessageInput$/);
  await page.getByRole('searchbox').fill('no such word anywhere');
  await page.getByText('Nothing has these words.').waitFor();
});
