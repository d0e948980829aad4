import { expect } from '@jest/globals';
import { say, sayAll } from '../chat.js';
import { violations } from './axe.js';
import { signUpBeforehand } from './signed-up.js';
import { storiesInBrowsers } from './web-story.js';
import { findable, type Visitor } from './visitor.js';
import { openDirectTo } from './without-window.js';

const story = storiesInBrowsers();
const dialogIsGone = (who: Visitor) => who.page.getByRole('dialog').waitFor({ state: 'detached' });

story(
  'every screen can be used by everybody, as far as axe can tell',
  async ({ visitor, others }) => {
    const found: string[] = [];
    const see = async (who: Visitor, screen: string) => void found.push(...(await violations(who.page, screen)));
    const ann = await visitor('Ann Berg');
    for (const [path, heading] of [
      ['/', 'Welcome back'],
      ['/sign-up', 'Create your account'],
      ['/reset-password', 'A new password'],
    ] as const) {
      await ann.page.goto(ann.url + path);
      await ann.page.getByRole('heading', { name: heading }).waitFor();
      await see(ann, path);
    }
    const [bob] = await others('Bob Okafor');
    await ann.signUp();
    await see(ann, 'an empty list');
    await ann.press('New conversation');
    await ann.page.getByRole('dialog').waitFor();
    await see(ann, 'a new conversation');
    await ann.press('Close');
    await dialogIsGone(ann);
    await ann.createGroup('Harbour', [findable(bob)]);
    await ann.say('The first of many https://example.org');
    await ann.at('The first', 'React');
    await ann.press('👍');
    await say(bob, ann.page.url().split('/').at(-1)!, 'Who else comes?');
    await ann.sees('Who else comes?');
    await ann.at('Who else comes?', 'Reply');
    await ann.say('An answer');
    await ann
      .message('An answer')
      .getByRole('button', { name: /Who else comes/ })
      .waitFor();
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
    await ann.press('Settings');
    const openPart = (part: string) => ann.page.locator(`a[href="/settings/${part}"]`).click();
    for (const [part, text] of [
      ['profile', 'About you'],
      ['privacy', 'Read receipts'],
      ['notifications', 'Show who writes, and what'],
      ['devices', 'This device'],
      ['blocked', 'You have blocked nobody.'],
      ['appearance', 'Colours'],
    ] as const) {
      await openPart(part);
      await ann.page.getByText(text).first().waitFor();
      await see(ann, part);
    }
    await openPart('bots');
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
    for (const [path, text] of [
      ['/verify', 'Confirm'],
      ['/no/such/place', 'nothing at this address'],
      ['/invite/nothing', 'cannot be used'],
      ['/c/nothing', 'not there'],
    ] as const) {
      // As by a link.
      await ann.page.evaluate(`history.pushState(null, '', ${JSON.stringify(path)})`);
      await ann.page.getByRole('main').getByText(text).first().waitFor();
      await see(ann, path);
    }
    expect(found).toEqual([]);
  },
  180_000,
);

story('Ann talks on her phone: one thing at a time, with a finger', async ({ visitor, others }) => {
  const [bob] = await others('Bob Okafor');
  const ann = await visitor('Ann Berg', { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true });
  await ann.signUp();
  await ann.openDirect(findable(bob));
  await ann.composer.fill('From the tram');
  await ann.press('Send');
  await ann.sees('From the tram');
  await say(bob, await openDirectTo(bob, ann), 'Do not miss your stop');
  await ann.sees('Do not miss your stop');
  expect(await violations(ann.page, 'a conversation on a phone')).toEqual([]);
  await ann.message('Do not miss').tap();
  await ann.message('Do not miss').getByRole('button', { name: 'React' }).tap();
  await ann.page.getByRole('button', { name: '😂' }).tap();
  await ann.message('Do not miss').getByRole('button', { name: '😂, 1 reaction, yours among them' }).waitFor();
  const width = await ann.page.evaluate('document.documentElement.scrollWidth');
  expect(width).toBe(390);
  await ann.press('Back');
  await ann.page.getByRole('heading', { name: 'Chats' }).waitFor();
  expect(await ann.composer.count()).toBe(0);
  expect(await violations(ann.page, 'the list on a phone')).toEqual([]);
});

story('Ann needs no mouse', async ({ visitor, others }) => {
  const ann = await visitor('Ann Berg');
  await signUpBeforehand(ann);
  const [bob] = await others('Bob Okafor');
  const { keyboard } = ann.page;
  await sayAll(bob, await openDirectTo(bob, ann), ['one', 'two', 'three']);
  await ann.openApp();
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
  await ann.message('to the second').getByRole('button', { name: /two/ }).waitFor();
});
