import { expect } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import type { Locator, Route } from 'playwright-core';
import { history } from '../chat.js';
import { waitFor } from '../wait-for.js';
import { violations } from './axe.js';
import { photo } from './photo.js';
import type { Visitor } from './visitor.js';
import { storiesInBrowsers } from './web-story.js';
import { openDirectTo } from './without-window.js';

const story = storiesInBrowsers();
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

/** In two parts, so that no scanner finds this file. */
const eicar = String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*';

/** As somebody who pulls it out of a folder. */
async function drop({ page }: Visitor, name: string, text: string): Promise<void> {
  const transfer = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}, { type: 'text/plain' }));
    return transfer;
  })()`);
  const history = page.getByRole('region', { name: /^Messages in/ });
  await history.dispatchEvent('dragover', { dataTransfer: transfer });
  await page.getByText('Drop the files to attach them').waitFor();
  await history.dispatchEvent('drop', { dataTransfer: transfer });
}

const isLoaded = (picture: Locator) =>
  waitFor(
    'the picture is there',
    () => picture.locator('img').evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth > 0),
    20_000,
  );

/** In pixels. */
const highestBar = (note: Locator) =>
  note
    .locator('rect')
    .evaluateAll((bars) =>
      Math.max(
        ...bars.map((bar) => Number((bar as unknown as { getAttribute(name: string): string }).getAttribute('height'))),
      ),
    );

story(
  'Ann sends a photo and a file; Bob sees them, opens the photo, saves the file, and finds both again',
  async ({ pair }) => {
    const [ann, bob] = await pair('Ann Berg', 'Bob Okafor');
    await ann.attach(await photo('harbour.png'), await photo('boat.png'));
    await drop(ann, 'list.txt', 'rope, tar');
    await ann.attached('list.txt').waitFor();
    await ann.press('Take boat.png away');
    await ann.attached('boat.png').waitFor({ state: 'detached' });
    const found = await violations(ann.page, 'files beside the composer');
    await ann.say('All that we need');
    const harbour = bob.message('All that we need').getByRole('button', { name: 'Image harbour.png' });
    await isLoaded(harbour);
    await isLoaded(ann.message('All that we need').getByRole('button', { name: 'Image harbour.png' }));
    expect((await harbour.boundingBox())!.width).toBe(320);
    found.push(...(await violations(bob.page, 'a message with files')));

    await harbour.click();
    const viewer = bob.page.getByRole('dialog', { name: 'harbour.png' });
    await viewer.getByRole('img', { name: 'harbour.png' }).waitFor();
    found.push(...(await violations(bob.page, 'the viewer')));
    await bob.page.keyboard.press('Escape');
    await viewer.waitFor({ state: 'detached' });

    const saving = bob.page.waitForEvent('download');
    await bob.message('All that we need').getByRole('button', { name: 'Download list.txt' }).click();
    expect((await saving).suggestedFilename()).toBe('list.txt');

    await bob.press('Details');
    const details = bob.page.getByRole('complementary');
    await details.getByText('list.txt').waitFor();
    found.push(...(await violations(bob.page, 'shared media')));
    await details.getByRole('button', { name: 'Image harbour.png' }).click();
    await viewer.waitFor();
    expect(found).toEqual([]);
  },
);

story('a reload in mid-upload: the message arrives once, with its photo, before the one after it', async ({ pair }) => {
  const [ann, bob] = await pair('Ann Berg', 'Bob Okafor');
  await ann.say('before');
  await bob.sees('before');
  const held: Route[] = [];
  await ann.context.route('**/objects/**', (route) =>
    route.request().method() === 'PUT' ? void held.push(route) : route.continue(),
  );
  await ann.attach(await photo('harbour.png'));
  await ann.say('with a photo');
  await ann.say('after it');
  await waitFor('its bytes are on their way', () => held.length > 0);
  await ann.message('with a photo').getByRole('progressbar').waitFor();
  await ann.context.unroute('**/objects/**');
  await ann.page.reload();
  await bob.sees('after it');
  await isLoaded(bob.message('with a photo').getByRole('button', { name: 'Image harbour.png' }));
  expect(await bob.bodies()).toEqual(['before', 'with a photo', 'after it']);
  await isLoaded(ann.message('with a photo').getByRole('button', { name: 'Image harbour.png' }));
  expect(await ann.bodies()).toEqual(['before', 'with a photo', 'after it']);
});

story('Ann says it; Bob listens', async ({ pair }) => {
  const [ann, bob] = await pair('Ann Berg', 'Bob Okafor');
  await ann.press('Record a voice note');
  await ann.page.getByRole('timer').filter({ hasText: '0:02' }).waitFor();
  const found = await violations(ann.page, 'recording');
  await ann.press('Send the voice note');
  await bob.row('Ann Berg').getByText('Voice note').waitFor();
  const note = bob.page.getByRole('article').filter({ has: bob.page.getByRole('slider', { name: 'Position' }) });
  if (hasFfmpeg)
    await waitFor(
      'its waveform is there',
      async () => (await highestBar(note)) > 8,
      20_000,
      () => highestBar(note),
    );
  await note.getByRole('button', { name: 'Play the voice note' }).click();
  await note.getByRole('button', { name: 'Pause' }).waitFor();
  await note.getByRole('button', { name: 'Play the voice note' }).waitFor();
  found.push(...(await violations(bob.page, 'a voice note')));
  expect(found).toEqual([]);
});

story('what is not taken says why, and keeps nothing else back', async ({ people, others }) => {
  const [ann] = await people('Ann Berg');
  const [bob] = await others('Bob Okafor');
  const conversationId = await openDirectTo(bob, ann);
  await ann.openConversation(conversationId, 'Bob Okafor');
  await ann.attach({ name: 'bill.txt', mimeType: 'text/plain', buffer: Buffer.from(eicar) });
  await ann.attached('bill.txt').getByText('it contains malware').waitFor();
  await ann.say('Here is the bill');
  await ann.message('Here is the bill').getByText('Not sent: It was not taken: it contains malware.').waitFor();
  await ann.say('Never mind');
  await ann.message('Never mind').getByRole('img', { name: 'Sent' }).waitFor();
  expect((await history(bob, conversationId)).map(({ body }) => body)).toEqual(['Never mind']);
  await ann.message('Here is the bill').getByRole('button', { name: 'Discard' }).click();
  await ann.message('Here is the bill').waitFor({ state: 'detached' });
});

story('Bob sees that Ann is there, and pastes a picture', async ({ pair }) => {
  const [ann, bob] = await pair('Ann Berg', 'Bob Okafor');
  await bob.page.getByText('Online', { exact: true }).waitFor();
  const { name, mimeType, buffer } = await photo('pasted.png');
  await bob.composer.evaluate(
    (composer, pasted) => {
      const clipboardData = new DataTransfer();
      const bytes = Uint8Array.from(atob(pasted.base64), (character) => character.charCodeAt(0));
      clipboardData.items.add(new File([bytes], pasted.name, { type: pasted.mimeType }));
      composer.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    },
    { name, mimeType, base64: buffer.toString('base64') },
  );
  await bob.attached(name).waitFor();
  await bob.say('From the clipboard');
  await ann.message('From the clipboard').locator('img').first().waitFor();
});
