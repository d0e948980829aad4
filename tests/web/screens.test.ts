import { expect } from '@jest/globals';
import { violations } from './axe.js';
import { storiesInBrowsers } from './web-story.js';
import type { Visitor } from './visitor.js';

const story = storiesInBrowsers();
const dialogIsGone = (who: Visitor) => who.page.getByRole('dialog').waitFor({ state: 'detached' });

story(
  'every screen can be used by everybody, as far as axe can tell',
  async ({ visitor, people }) => {
    const found: string[] = [];
    const see = async (who: Visitor, screen: string) => void found.push(...(await violations(who.page, screen)));
    const guest = await visitor('Guest');
    for (const [path, heading] of [
      ['/', 'Welcome back'],
      ['/sign-up', 'Create your account'],
      ['/reset-password', 'A new password'],
    ] as const) {
      await guest.page.goto(guest.url + path);
      await guest.page.getByRole('heading', { name: heading }).waitFor();
      await see(guest, path);
    }
    const [ann, bob] = await people('Ann Berg', 'Bob Okafor');
    await see(ann, 'an empty list');
    await ann.press('New conversation');
    await ann.page.getByRole('dialog').waitFor();
    await see(ann, 'a new conversation');
    await ann.press('Close');
    await dialogIsGone(ann);
    await ann.createGroup('Harbour', [bob]);
    await ann.say('The first of many https://example.org');
    await bob.open('Harbour');
    await bob.at('The first', 'React');
    await bob.press('👍');
    await bob.at('The first', 'Reply');
    await bob.say('An answer');
    await ann.sees('An answer');
    await see(ann, 'a group');
    await ann.at('An answer', 'Message actions');
    await ann.page.getByRole('menu').waitFor();
    await see(ann, 'a menu');
    await ann.choose('Forward');
    await ann.page.getByRole('dialog').waitFor();
    await see(ann, 'forwarding');
    await ann.press('Close');
    await dialogIsGone(ann);
    await ann.press('Details');
    await ann.page.getByText('Invite links').waitFor();
    await see(ann, 'the details');
    await ann.press('Emoji');
    await ann.page.getByRole('gridcell').first().waitFor();
    await see(ann, 'the emoji');
    await ann.page.keyboard.press('Escape');
    for (const [part, text] of [
      ['profile', 'About you'],
      ['privacy', 'Read receipts'],
      ['notifications', 'Show who writes, and what'],
      ['devices', 'This device'],
      ['blocked', 'You have blocked nobody.'],
      ['appearance', 'Colours'],
    ] as const) {
      await ann.page.goto(`${ann.url}/settings/${part}`);
      await ann.page.getByText(text).first().waitFor();
      await see(ann, part);
    }
    await ann.page.goto(`${ann.url}/settings/bots`);
    await ann.page.getByLabel('Name of the bot').fill('Robot');
    await ann.page.getByLabel('Handle').fill(`robot_${Date.now().toString(36)}`);
    await ann.press('Make a bot');
    await ann.press('New key');
    await ann.page.getByLabel('Name of the key').fill('ci');
    await ann.page.getByRole('button', { name: /Expires/ }).click();
    await ann.page.getByRole('option', { name: 'After 30 days' }).click();
    await see(ann, 'a new key');
    await ann.press('Make the key');
    const secret = (name: string) => ann.page.getByRole('textbox', { name, exact: true });
    await secret('Key').waitFor();
    expect(await secret('Key').inputValue()).toMatch(/^parley_[\w-]{43}$/);
    await see(ann, 'the key, once');
    await ann.press('Close');
    await dialogIsGone(ann);
    await ann.page.getByText(/Not used yet · Expires on/).waitFor();

    await ann.press('New webhook');
    await ann.page.getByLabel('URL').fill('ftp://receiver.invalid/parley');
    await ann.page.getByRole('button', { name: /Conversation/ }).click();
    await ann.page.getByRole('option', { name: 'Harbour' }).click();
    await ann.page.getByText('Who joins').click();
    await ann.press('Make the webhook');
    await ann.page.getByText('The URL does not begin with https://.').waitFor();
    await ann.page.getByLabel('URL').fill('https://receiver.invalid/parley');
    await see(ann, 'a new webhook');
    await ann.press('Make the webhook');
    await secret('Secret').waitFor();
    const first = await secret('Secret').inputValue();
    await ann.press('Close');
    await dialogIsGone(ann);
    const webhook = ann.page.getByRole('listitem').filter({ hasText: 'https://receiver.invalid/parley' });
    await webhook.getByText('New messages, Who joins').waitFor();
    await webhook.getByText('Harbour').waitFor();
    await webhook.getByText('Nothing delivered yet').waitFor();
    await see(ann, 'bots');
    const chooseOf = async (choice: string) => {
      await webhook.getByRole('button', { name: /Options/ }).click();
      await ann.choose(choice);
    };
    await chooseOf('Send a test');
    await ann.page.getByText('The test was not taken. The receiver could not be reached').waitFor();
    await chooseOf('New secret');
    await ann.press('New secret');
    await secret('Secret').waitFor();
    expect(await secret('Secret').inputValue()).not.toBe(first);
    await ann.press('Close');
    await dialogIsGone(ann);
    await chooseOf('Delete');
    await ann.press('Delete');
    await webhook.waitFor({ state: 'detached' });
    await ann.press('Revoke ci');
    await ann.press('Revoke');
    await ann.page.getByText('Not used yet').waitFor({ state: 'detached' });
    await ann.press('Options for Robot');
    await ann.choose('Delete the bot');
    await ann.press('Delete the bot');
    await ann.page.getByText('Robot', { exact: true }).waitFor({ state: 'detached' });
    for (const path of ['/verify', '/no/such/place', '/invite/nothing', '/c/nothing']) {
      await ann.page.goto(ann.url + path);
      await ann.page
        .getByRole('main')
        .getByText(/Confirm|nothing|cannot be used|not there/)
        .first()
        .waitFor();
      await see(ann, path);
    }
    expect(found).toEqual([]);
  },
  180_000,
);

story('Ann talks on her phone: one thing at a time, with a finger', async ({ visitor, people }) => {
  const [bob] = await people('Bob Okafor');
  const ann = await visitor('Ann Berg', { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true });
  await ann.signUp();
  await ann.openDirect(bob);
  await ann.composer.fill('From the tram');
  await ann.press('Send');
  await bob.open('Ann Berg');
  await bob.say('Do not miss your stop');
  await ann.sees('Do not miss your stop');
  expect(await violations(ann.page, 'a conversation on a phone')).toEqual([]);
  await ann.message('Do not miss').tap();
  await ann.message('Do not miss').getByRole('button', { name: 'React' }).tap();
  await ann.page.getByRole('button', { name: '😂' }).tap();
  await bob.message('Do not miss').getByRole('button', { name: /😂/ }).waitFor();
  const width = await ann.page.evaluate('document.documentElement.scrollWidth');
  expect(width).toBe(390);
  await ann.press('Back');
  await ann.page.getByRole('heading', { name: 'Chats' }).waitFor();
  expect(await ann.composer.count()).toBe(0);
  expect(await violations(ann.page, 'the list on a phone')).toEqual([]);
});

story('Ann needs no mouse', async ({ people }) => {
  const [ann, bob] = await people('Ann Berg', 'Bob Okafor');
  const { keyboard } = ann.page;
  await bob.openDirect(ann);
  for (const text of ['one', 'two', 'three']) await bob.say(text);
  await ann.row('Bob').getByText('three').waitFor();
  await ann.page.reload();
  await ann.row('Bob').getByText('three').waitFor();
  await keyboard.press('Tab');
  expect(await ann.page.evaluate('document.activeElement.textContent')).toBe('Skip to the conversation');
  await ann.row('Bob').getByRole('link').focus();
  await keyboard.press('Enter');
  await ann.sees('three');
  await ann.page.getByRole('article').last().focus();
  await keyboard.press('ArrowUp');
  await ann.page.locator('article:focus', { hasText: 'two' }).waitFor();
  await keyboard.press('Tab');
  await keyboard.press('Tab');
  await keyboard.press('Enter');
  await ann.page.getByText('Replying to Bob Okafor').waitFor();
  await keyboard.type('to the second');
  await keyboard.press('Enter');
  await bob.sees('to the second');
  await bob.message('to the second').getByRole('button', { name: /two/ }).waitFor();
});
