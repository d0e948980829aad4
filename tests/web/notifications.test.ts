import { expect } from '@jest/globals';
import { waitFor } from '../wait-for.js';
import { violations } from './axe.js';
import { signUpBeforehand } from './signed-up.js';
import { storiesInBrowsers } from './web-story.js';
import type { Visitor } from './visitor.js';

const story = storiesInBrowsers({ hasServiceWorker: true });

const switchOf = ({ page }: Visitor, name: RegExp) => page.getByRole('switch', { name });
const picked = ({ page }: Visitor, label: RegExp) => page.getByRole('button', { name: label });

async function openNotifications(who: Visitor): Promise<void> {
  await who.page.goto(`${who.url}/settings/notifications`);
  await switchOf(who, /Push me nothing/).waitFor({ state: 'attached' });
}

/** Until Parley has answered: a page that goes at once may take what it was about to say with it. */
const saved = ({ page }: Visitor, act: () => Promise<void>) =>
  Promise.all([
    page.waitForResponse(
      (response) => !!response.request().postData()?.includes('mutation UpdateNotificationSettings'),
    ),
    act(),
  ]);

story('Ann sets quiet hours, and finds them after a reload, on another device too', async ({ visitor }) => {
  const ann = await visitor('Ann Berg', { timezoneId: 'Europe/Berlin' });
  await signUpBeforehand(ann);
  await openNotifications(ann);
  await ann.page.getByText('Push me nothing').click();
  await ann.page.getByLabel('From').fill('21:45');
  await ann.page.getByLabel('To', { exact: true }).fill('21:45');
  await ann.press('Save');
  await ann.page.getByText('from and to are the same').waitFor();
  await ann.page.getByLabel('To', { exact: true }).fill('06:30');
  await ann.press('Save');
  await ann.page.getByText('Saved').waitFor();
  expect(await violations(ann.page, 'quiet hours')).toEqual([]);
  await ann.page.reload();
  await waitFor('the times are there', async () => (await ann.page.getByLabel('From').inputValue()) === '21:45');
  expect(await ann.page.getByLabel('To', { exact: true }).inputValue()).toBe('06:30');
  await picked(ann, /Europe\/Berlin/).waitFor();

  const abroad = await visitor('Ann abroad', { timezoneId: 'Asia/Tokyo' });
  await abroad.page.goto(abroad.url);
  await abroad.page.getByLabel('E-mail or handle').fill(ann.handle);
  await abroad.page.getByLabel('Password').fill(ann.password);
  await abroad.press('Sign in');
  await abroad.page.getByRole('heading', { name: 'Chats' }).waitFor();
  await openNotifications(abroad);
  await picked(abroad, /Europe\/Berlin/).click();
  await abroad.page.getByRole('option', { name: 'Asia/Tokyo' }).click();
  await abroad.press('Save');
  await abroad.page.getByText('Saved').waitFor();
  await ann.page.reload();
  await picked(ann, /Asia\/Tokyo/).waitFor();
  await saved(ann, () => ann.page.getByText('Push me nothing').click());
  await ann.page.getByLabel('From').waitFor({ state: 'detached' });
  await ann.page.reload();
  await switchOf(ann, /Push me nothing/).waitFor({ state: 'attached' });
  expect(await ann.page.getByLabel('From').count()).toBe(0);
});

story(
  'Ann says what she is told of, and after how long she gets a letter, with the keyboard alone',
  async ({ visitor }) => {
    const ann = await visitor('Ann Berg');
    await signUpBeforehand(ann);
    await openNotifications(ann);
    const { keyboard } = ann.page;
    await picked(ann, /Push me/).focus();
    await keyboard.press('Enter');
    await ann.page.getByRole('option', { name: 'All messages' }).waitFor();
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await picked(ann, /Mentions.*Push me|Push me.*Mentions/)
      .and(ann.page.locator(':focus'))
      .waitFor();
    await keyboard.press('Tab');
    await saved(ann, () => keyboard.press('Space'));
    await ann.page.getByText('once your e-mail address is confirmed').waitFor();
    await picked(ann, /When I have been away/).focus();
    await keyboard.press('Enter');
    await ann.page.getByRole('option', { name: 'A day' }).waitFor();
    await keyboard.press('End');
    await saved(ann, () => keyboard.press('Enter'));
    await ann.page.reload();
    await picked(ann, /A day/).waitFor();
    expect(await switchOf(ann, /Show who writes/).isChecked()).toBe(true);
    expect(await picked(ann, /Push me/).innerText()).toContain('Mentions');
  },
);
