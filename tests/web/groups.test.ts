import { expect } from '@jest/globals';
import { say } from '../chat.js';
import { eventually } from '../wait-for.js';
import { violations } from './axe.js';
import { photo } from './photo.js';
import { signUpBeforehand } from './signed-up.js';
import { storiesInBrowsers } from './web-story.js';
import { openDirectTo } from './without-window.js';

const story = storiesInBrowsers();

story(
  'Ann makes a group; who is mentioned is told; she sees who has read, and decides who may do what',
  async ({ people }) => {
    const [ann, bob, cleo] = await people('Ann Berg', 'Bob Okafor', 'Cleo Marchand');
    await ann.createGroup('Harbour festival', [bob, cleo]);
    await ann.composer.pressSequentially('Who has the keys, @cl');
    await ann.page.getByRole('option', { name: /Cleo/ }).waitFor();
    await ann.composer.press('Enter');
    await ann.composer.pressSequentially('?');
    await ann.composer.press('Enter');
    await ann.sees('Who has the keys, @Cleo Marchand ?');
    await cleo.row('Harbour').getByRole('img', { name: 'You were mentioned' }).waitFor();
    await bob.row('Harbour').getByText('unread').waitFor();
    expect(await bob.row('Harbour').getByRole('img', { name: 'You were mentioned' }).count()).toBe(0);
    await cleo.open('Harbour');
    await cleo.sees('Who has the keys');

    const receipts = ann.page.getByRole('dialog');
    // It shows how things stood when it was opened, and receipts go out in batches.
    await eventually(async () => {
      await ann.menu('Who has the keys', 'Who has read it');
      const read = receipts.getByRole('heading', { name: 'Read', exact: true }).waitFor({ timeout: 2_000 });
      await read.catch(async (error: unknown) => {
        await ann.page.keyboard.press('Escape');
        throw error;
      });
    }, 30_000);
    await receipts.getByText('Cleo Marchand').waitFor();
    await ann.press('Close');

    await ann.press('Details');
    await ann.press('Options for Cleo Marchand');
    await ann.choose('Make admin');
    await ann.page.getByText(/Admin$/).waitFor();
    const details = ann.page.getByRole('complementary');
    await details.getByRole('button', { name: 'Edit', exact: true }).click();
    await ann.page.getByLabel('Choose a picture').setInputFiles(await photo('harbour.png'));
    await ann.page.getByText('The picture is there.').waitFor();
    expect(await violations(ann.page, 'a picture for a group')).toEqual([]);
    await ann.press('Save');
    for (const each of [ann, bob, cleo]) await each.row('Harbour').locator('img').waitFor();
    await cleo.press('Details');
    await cleo.press('Options for Bob Okafor');
    await cleo.choose('Remove');
    await bob.row('Harbour').waitFor({ state: 'detached' });
    await ann.page.getByText('Cleo Marchand removed Bob Okafor').waitFor();

    await cleo.press('Options for Ann Berg');
    await cleo.choose('Profile');
    await cleo.page
      .getByRole('dialog')
      .getByText(/On Parley since/)
      .waitFor();
    expect(await violations(cleo.page, 'a profile')).toEqual([]);
    await cleo.press('Message');
    await cleo.isIn('Ann Berg');
  },
);

story('Dan comes by an invite link that needs approval', async ({ people }) => {
  const [ann, dan] = await people('Ann Berg', 'Dan Roth');
  await ann.press('New conversation');
  await ann.press('New channel');
  await ann.page.getByRole('textbox', { name: 'Name', exact: true }).fill('Sailors');
  await ann.press('Create');
  await ann.press('Details');
  await ann.page.getByText('Admins approve who comes by it').click();
  await ann.press('New link');
  const code = await ann.page.getByRole('complementary').locator('code').innerText();
  await dan.page.goto(`${dan.url}/invite/${code}`);
  await dan.page.getByRole('heading', { name: 'Sailors' }).waitFor();
  await dan.press('Ask to join');
  await dan.page.getByText('as soon as an admin agrees').waitFor();
  await ann.press('Close');
  await ann.press('Details');
  await ann.press('Let in');
  await dan.open('Sailors');
  await dan.say('Ahoy');
  await ann.sees('Ahoy');
  await ann.page.getByRole('complementary').getByRole('button', { name: 'Edit', exact: true }).click();
  await ann.page.getByRole('button', { name: /Who can write/ }).click();
  await ann.page.getByRole('option', { name: 'Admins' }).click();
  await ann.press('Save');
  await dan.page.getByText('Only admins can write here.').waitFor();
});

story('Ann mutes Bob, then blocks him, and takes it back', async ({ pair }) => {
  const [ann, bob] = await pair('Ann Berg', 'Bob Okafor');
  await bob.say('Buy my boat');
  await ann.sees('Buy my boat');
  await ann.press('Details');
  await ann.press('Mute Bob Okafor');
  await ann.page.getByText('You get no notifications for what they send').waitFor();
  await ann.page.getByRole('button', { name: 'Unmute Bob Okafor' }).waitFor();
  await ann.press('Block');
  await ann.page.getByRole('dialog').getByRole('button', { name: 'Block', exact: true }).click();
  await ann.page.getByRole('complementary').getByRole('button', { name: 'Unblock' }).waitFor();
  await bob.say('Please?');
  await bob.message('Please?').getByText('Not sent').waitFor();
  await ann.press('Settings');
  await ann.page.getByRole('link', { name: 'Blocked and muted' }).click();
  await ann.press('Unblock');
  await ann.page.getByText('You have blocked nobody.').waitFor();
  await ann.press('Unmute');
  await ann.page.getByText('You have muted nobody.').waitFor();
  await bob.message('Please?').getByRole('button', { name: 'Send again' }).click();
  await ann.open('Bob Okafor');
  await ann.sees('Please?');
});

story('Ann forwards what was said, hands the group over and leaves', async ({ pair }) => {
  const [ann, bob] = await pair('Ann Berg', 'Bob Okafor');
  await ann.createGroup('Regatta', [bob]);
  await bob.open('Regatta');
  await bob.say('We start at nine');
  await ann.menu('We start at nine', 'Forward');
  await ann.page.getByRole('dialog').getByRole('button', { name: 'Bob Okafor' }).click();
  await ann.page.getByText('Forwarded', { exact: true }).first().waitFor();
  await bob.open('Ann Berg');
  await bob.sees('We start at nine');
  await bob.message('We start at nine').getByText('Forwarded').waitFor();
  await bob.open('Regatta');

  await ann.press('Details');
  const details = ann.page.getByRole('complementary');
  await details.getByRole('button', { name: 'Options for Bob Okafor' }).click();
  await ann.choose('Hand ownership over');
  await bob.page.getByText('Bob Okafor is now the owner').last().waitFor();
  await details.getByRole('button', { name: 'Leave', exact: true }).click();
  await ann.page.getByRole('dialog').getByRole('button', { name: 'Leave', exact: true }).click();
  await ann.row('Regatta').waitFor({ state: 'detached' });
  await bob.page.getByText('Ann Berg left').last().waitFor();
  await bob.page.getByText('1 member', { exact: true }).waitFor();
});

let chiefs = 0;
story('Ann reports what Eve writes; a moderator sees it, and takes it away', async ({ visitor, people, others }) => {
  const [ann] = await people('Ann Berg');
  const [eve] = await others('Eve Holt');
  const { handle } = eve.person;
  // A story that is told again needs somebody who is not there yet.
  const chief = await visitor('Chief', {}, `chief_${++chiefs}`);
  await signUpBeforehand(chief);
  await say(eve, await openDirectTo(eve, ann), `Cheap pills from ${handle}`);
  await ann.open('Eve Holt');
  await ann.menu('Cheap pills', 'Report');
  const dialog = ann.page.getByRole('dialog');
  await dialog.getByRole('button', { name: /What is wrong/ }).click();
  await ann.page.getByRole('option', { name: 'Spam' }).click();
  await dialog.getByLabel('What moderators should know').fill('The third time today');
  expect(await violations(ann.page, 'a report')).toEqual([]);
  await dialog.getByRole('button', { name: 'Report', exact: true }).click();
  await ann.page.getByText('Thank you. Moderators will look at it.').waitFor();

  await chief.page.goto(`${chief.url}/settings`);
  await chief.page.getByRole('link', { name: 'Reports' }).click();
  const report = chief.page
    .getByRole('main')
    .getByRole('listitem')
    .filter({ hasText: `from ${handle}` });
  await report.getByText('Spam: Eve Holt').waitFor();
  await report.getByText('The third time today').waitFor();
  await report.getByText('Reported by Ann Berg').waitFor();
  expect(await violations(chief.page, 'the reports')).toEqual([]);
  await report.getByRole('button', { name: 'Remove the content' }).click();
  await report.waitFor({ state: 'detached' });
  await ann.message('Cheap pills').waitFor({ state: 'detached' });
});
