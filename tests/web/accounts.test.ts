import { expect } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningParley } from '../running-parley.js';
import { waitFor } from '../wait-for.js';
import { violations } from './axe.js';
import { photo } from './photo.js';
import type { Visitor } from './visitor.js';
import { storiesInBrowsers } from './web-story.js';

const story = storiesInBrowsers({ hasServiceWorker: true });

/** An img element. */
interface Picture {
  naturalWidth: number;
}

/** The text of the newest letter to somebody with that subject. */
function letterTo({ dataDir }: RunningParley, { email }: Visitor, subject: string): Promise<string> {
  const folder = join(dataDir, 'mail');
  return waitFor(`a letter to ${email}`, () => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.eml'));
    const letters = files.sort().map((file) => readFileSync(join(folder, file), 'utf8'));
    return letters.findLast((text) => text.includes(`To: ${email}`) && text.includes(subject));
  });
}

const isRefused = ({ page }: Visitor, field: string) =>
  waitFor(`${field} is marked`, async () => (await page.getByLabel(field).getAttribute('aria-invalid')) === 'true');

story('Ann signs up, confirms her address, changes her name, signs out and in again', async ({ parley, visitor }) => {
  const ann = await visitor('Ann Berg');
  await ann.signUp();
  await ann.page.getByRole('link', { name: 'Enter the code' }).click();
  await ann.page.getByLabel('Code').fill('AAAA-AAAA');
  await ann.press('Confirm');
  await isRefused(ann, 'Code');
  const code = /^([0-9A-Z]{4}-[0-9A-Z]{4})\r$/m.exec(await letterTo(parley, ann, 'code'))![1]!;
  await ann.page.getByLabel('Code').fill(code);
  await ann.press('Confirm');
  await ann.page.getByRole('link', { name: 'Enter the code' }).waitFor({ state: 'detached' });

  await ann.press('Settings');
  await ann.page.getByText(`${ann.email}, confirmed`).waitFor();
  const avatar = ann.page.getByRole('main').locator('img');
  await ann.page.getByLabel('Choose a picture').setInputFiles(await photo('me.png'));
  await waitFor(
    'her picture is there',
    async () =>
      (await avatar.count()) === 1 &&
      (await avatar.evaluate((image) => (image as unknown as Picture).naturalWidth)) === 128,
    20_000,
  );
  expect(await violations(ann.page, 'a profile with a picture')).toEqual([]);
  await ann.press('Remove');
  await avatar.waitFor({ state: 'detached' });
  await ann.page.getByLabel('Name', { exact: true }).fill('Ann Bergström');
  await ann.press('Save');
  await ann.page.getByText('Saved').waitFor();
  await ann.page.reload();
  await waitFor(
    'the new name is kept',
    async () => (await ann.page.getByLabel('Name', { exact: true }).inputValue()) === 'Ann Bergström',
  );
  await ann.page.getByRole('link', { name: 'Notifications' }).click();
  await ann.page.getByRole('button', { name: /Write me a letter/ }).click();
  await ann.page.getByRole('option', { name: 'Nothing' }).click();
  await ann.page.reload();
  await ann.page
    .getByRole('button', { name: /Write me a letter.*|Nothing.*/ })
    .filter({ hasText: 'Nothing' })
    .waitFor();
  await ann.page.getByRole('link', { name: 'Profile' }).click();
  await ann.press('Sign out');
  await ann.signIn();
  await ann.page.getByRole('heading', { name: 'Settings' }).waitFor();
});

story('what is wrong with a field stands at the field', async ({ visitor, others }) => {
  const [ann] = await others('Ann Berg');
  const bob = await visitor('Bob Okafor');
  await bob.page.goto(`${bob.url}/sign-up`);
  await bob.page.getByLabel('Your name').fill('Bob');
  await bob.page.getByLabel('Handle').fill(ann.person.handle);
  await bob.page.getByLabel('E-mail').fill(bob.email);
  await bob.page.getByLabel('Password').fill(bob.password);
  await bob.press('Create an account');
  await isRefused(bob, 'Handle');
  await bob.page.goto(bob.url);
  await bob.signIn();
  await isRefused(bob, 'Password');
});

story(
  'Ann forgot her password: a letter leads back in, and signs out her other browser',
  async ({ parley, visitor, people }) => {
    const [ann] = await people('Ann Berg');
    const elsewhere = await visitor('Ann elsewhere');
    await elsewhere.page.goto(elsewhere.url);
    await elsewhere.page.getByRole('link', { name: 'Forgot your password?' }).click();
    await elsewhere.page.getByLabel('E-mail').fill(ann.email);
    await elsewhere.press('Send the link');
    await elsewhere.page.getByText('a letter is on its way').waitFor();
    const [, link] = /(\/reset-password#token=\S+)/.exec(await letterTo(parley, ann, 'password'))!;
    await elsewhere.page.goto('about:blank');
    await elsewhere.page.goto(`${elsewhere.url}${link}`);
    await elsewhere.page.getByLabel('New password').fill('another horse entirely');
    await elsewhere.press('Set the password and sign in');
    await elsewhere.page.getByRole('heading', { name: 'Chats' }).waitFor();
    await ann.page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    expect(elsewhere.page.url()).not.toContain('token');
  },
);

story('Ann signs her other device out, and keeps to herself what she reads', async ({ visitor, people }) => {
  const [ann] = await people('Ann Berg');
  const phone = await visitor('Ann Berg', {}, ann.handle);
  await phone.page.goto(phone.url);
  await phone.signIn();
  await phone.page.getByText('No conversations yet').waitFor();
  await ann.press('Settings');
  await ann.page.getByRole('link', { name: 'Devices' }).click();
  await ann.press('Sign out');
  await phone.page.getByText('You were signed out. Sign in again.').waitFor();
  await ann.page.getByText('This device').waitFor();
  await ann.page.getByRole('link', { name: 'Privacy' }).click();
  const receipts = ann.page.getByRole('switch', { name: 'Read receipts' });
  expect(await receipts.isChecked()).toBe(true);
  await ann.page.getByText('Read receipts').first().click();
  await waitFor('they are off for good', async () => {
    await ann.page.reload();
    await receipts.waitFor();
    return !(await receipts.isChecked());
  });
});

story('Ann changes her password, and deletes her account: what she wrote stays', async ({ pair }) => {
  const [ann, bob] = await pair('Ann Berg', 'Bob Okafor');
  await ann.say('Farewell');
  await bob.sees('Farewell');
  await ann.press('Settings');
  const change = async (from: string, to: string) => {
    await ann.page.getByLabel('Current password').fill(from);
    await ann.page.getByLabel('New password').fill(to);
    await ann.press('Change the password');
  };
  await change('not mine at all', 'another good one');
  await ann.page.getByText('This is not the password of the account.').waitFor();
  await change(ann.password, 'another good one');
  await ann.page.getByText('The password is changed.').waitFor();

  await ann.press('Delete the account');
  const dialog = ann.page.getByRole('dialog');
  await dialog.getByLabel('Current password').fill('another good one');
  await dialog.getByRole('button', { name: 'Delete the account' }).click();
  await ann.page.getByRole('heading', { name: 'Welcome back' }).waitFor();
  // The app signs out of an account that is gone; browsers note that as an error.
  await waitFor('it has signed out', () => ann.complaints.some((complaint) => complaint.includes('401')));
  ann.complaints.length = 0;
  await bob.page.reload();
  await bob.sees('Farewell');
  await ann.signIn();
  await ann.page.getByText('The login or the password is wrong.').waitFor();
});
