import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { packageRoot } from '../../platform/config/package-root.js';
import { ParleyProcess } from '../parley-process.js';
import { waitFor } from '../wait-for.js';
import { installedBrowser, startBrowser } from './browser.js';
import { Visitor } from './visitor.js';

/*
 * npm run screenshots: each screen of the web app, on a desktop and a phone, in the light and in the dark, into docs/images.
 */

const folder = join(packageRoot, 'docs/images');
const sizes = { desktop: { width: 1240, height: 800 }, phone: { width: 390, height: 844 } };
const schemes = ['light', 'dark'] as const;
const unfinished = (page: Page) => page.getByText(/^(Loading|Catching up|Being checked)…$/);

const executable = installedBrowser();
if (executable === null) throw new Error('No Chromium is installed: apt-get install chromium');
const parley = await ParleyProcess.startEmpty({ PARLEY_ADMINS: 'mia_lund' });
const browser = await startBrowser(executable);
try {
  const visitor = async (name: string) => {
    const context = await browser.newContext({ viewport: sizes.desktop, locale: 'en-GB', timezoneId: 'UTC' });
    const handle = name.toLowerCase().replace(' ', '_');
    return new Visitor(name, parley.url, context, await context.newPage(), handle);
  };
  const guest = await visitor('Guest');
  await takeAll(guest.page, 'sign-up', async (page) => {
    await page.goto(`${parley.url}/sign-up`);
    await page.getByRole('heading', { name: 'Create your account' }).waitFor();
  });

  await takeAll(guest.page, 'sign-in', async (page) => {
    await page.goto(parley.url);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  });
  await takeAll(guest.page, 'reset-password', async (page) => {
    await page.goto(`${parley.url}/reset-password`);
    await page.getByRole('button', { name: 'Send the link' }).waitFor();
  });

  const ann = await visitor('Ann Berg');
  const [bob, cleo] = [await visitor('Bob Okafor'), await visitor('Cleo Marin')];
  for (const each of [ann, bob, cleo]) await each.signUp();
  await bob.openDirect(ann);
  await bob.say('Are you coming on Saturday?');
  await ann.createGroup('Harbour walk', [bob, cleo]);
  await ann.press('Details');
  await ann.page.getByRole('complementary').getByRole('button', { name: 'Edit', exact: true }).click();
  const picture = { name: 'harbour.jpg', mimeType: 'image/jpeg', buffer: await harbour() };
  await ann.page.getByLabel('Choose a picture').setInputFiles(picture);
  await ann.row('Harbour walk').locator('img').waitFor();
  await ann.press('Save');
  for (const each of [bob, cleo]) await each.open('Harbour walk');
  await ann.say('The boats are back. Who walks out to the lighthouse with me?');
  await bob.sees('lighthouse');
  await bob.at('lighthouse', 'React');
  await bob.press('👍');
  await bob.say('I do. I bring the tea.');
  await cleo.sees('tea');
  await cleo.attach(picture);
  await cleo.say('It looked like this an hour ago');
  await ann.sees('an hour ago');
  await ann.page.getByRole('article').filter({ hasText: 'an hour ago' }).locator('img').first().waitFor();
  const conversation = ann.page.url();

  await takeAll(ann.page, 'conversation', async (page) => {
    await page.goto(conversation);
    await ann.sees('an hour ago');
    await page.getByRole('article').filter({ hasText: 'an hour ago' }).locator('img').first().waitFor();
  });
  await takeAll(ann.page, 'details', async (page) => {
    await page.goto(conversation);
    await ann.sees('an hour ago');
    await ann.press('Details');
    for (const part of ['Shared media', 'Invite links']) await page.getByText(part).waitFor();
  });
  await takeAll(ann.page, 'viewer', async (page) => {
    await page.goto(conversation);
    await ann.sees('an hour ago');
    await page.getByRole('article').filter({ hasText: 'an hour ago' }).locator('img').first().click();
    await page.getByRole('dialog', { name: 'harbour.jpg' }).getByRole('img').waitFor();
  });
  await takeAll(ann.page, 'search', async (page) => {
    await page.goto(parley.url);
    await page.getByRole('searchbox', { name: 'Search' }).fill('tea');
    await page.getByRole('navigation').getByText('I bring the').first().waitFor();
  });
  await takeAll(ann.page, 'conversations', async (page) => {
    await page.goto(parley.url);
    await ann.row('Harbour walk').waitFor();
  });
  await takeAll(ann.page, 'new-conversation', async (page) => {
    await page.goto(parley.url);
    await ann.row('Harbour walk').waitFor();
    await ann.press('New conversation');
    await page.getByRole('dialog').waitFor();
  });
  await ann.page.goto(`${parley.url}/settings/bots`);
  await ann.page.getByLabel('Name of the bot').fill('Builds');
  await ann.page.getByLabel('Handle').fill('builds');
  await ann.press('Make a bot');
  await ann.press('New webhook');
  await ann.page.getByLabel('URL').fill('https://ci.example.org/parley');
  await ann.press('Make the webhook');
  await ann.page.getByRole('textbox', { name: 'Secret' }).waitFor();
  for (const part of ['profile', 'privacy', 'notifications', 'devices', 'bots'])
    await takeAll(ann.page, `settings-${part}`, async (page) => {
      await page.goto(`${parley.url}/settings/${part}`);
      await page.getByRole('heading').first().waitFor();
    });

  const [mia, otto] = [await visitor('Mia Lund'), await visitor('Otto Kemp')];
  for (const each of [mia, otto]) await each.signUp();
  await otto.openDirect(bob);
  await otto.say('You have won a boat! Pay the fee at once and it is yours.');
  await bob.open('Otto Kemp');
  await bob.menu('You have won', 'Report');
  await bob.page.getByLabel('What moderators should know').fill('He writes this to everybody on the quay.');
  await bob.page.getByRole('dialog').getByRole('button', { name: 'Report', exact: true }).click();
  await bob.page.getByText('Thank you. Moderators will look at it.').waitFor();
  await takeAll(mia.page, 'settings-reports', async (page) => {
    await page.goto(`${parley.url}/settings/reports`);
    await page.getByText('Reported by Bob Okafor').waitFor();
  });

  await mia.page.setViewportSize(sizes.desktop);
  await mia.page.goto(parley.url);
  await mia.press('New conversation');
  await mia.press('New channel');
  await mia.page.getByRole('textbox', { name: 'Name', exact: true }).fill('Sailors');
  await mia.press('Create');
  await mia.press('Details');
  await mia.press('New link');
  const code = await mia.page.getByRole('complementary').locator('code').innerText();
  await takeAll(cleo.page, 'invite', async (page) => {
    await page.goto(`${parley.url}/invite/${code}`);
    await page.getByRole('heading', { name: 'Sailors' }).waitFor();
  });
} finally {
  await browser.close();
  await parley.remove();
}

async function takeAll(page: Page, screen: string, open: (page: Page) => Promise<void>): Promise<void> {
  for (const [device, size] of Object.entries(sizes))
    for (const colorScheme of schemes) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await open(page);
      await waitFor('all is there', async () => (await unfinished(page).count()) === 0, 20_000);
      await page.evaluate('Promise.allSettled(document.getAnimations().map(({ finished }) => finished))');
      const png = await page.screenshot();
      await sharp(png)
        .png({ palette: true, compressionLevel: 9 })
        .toFile(join(folder, `${screen}-${device}-${colorScheme}.png`));
    }
}

/** A harbour, as far as five shapes can be one. */
async function harbour(): Promise<Buffer> {
  return sharp(
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="750">
      <rect width="1200" height="430" fill="#f4c9a0"/><circle cx="880" cy="330" r="90" fill="#ee8f52"/>
      <rect y="430" width="1200" height="320" fill="#2b6a76"/>
      <path d="M240 470h300l-50 70H290zM390 170v290H260z" fill="#20343d"/><path d="M405 210v250h110z" fill="#fff5e6"/>
    </svg>`),
  )
    .jpeg()
    .toBuffer();
}
