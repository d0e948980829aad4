import { expect } from '@jest/globals';
import { say } from '../chat.js';
import { waitFor } from '../wait-for.js';
import { openDirectTo } from './without-window.js';
import type { Visitor } from './visitor.js';
import { storiesInBrowsers } from './web-story.js';

/** What lies in somebody's browser of their conversations, as JSON. */
function keptBy({ page }: Visitor): Promise<string> {
  return page.evaluate(`new Promise((resolve) => {
    const opening = indexedDB.open('parley');
    opening.onsuccess = () => {
      const reading = opening.result.transaction('values').objectStore('values').getAll();
      reading.onsuccess = () => {
        opening.result.close();
        resolve(JSON.stringify(reading.result.map((kept) => kept.value?.messages)));
      };
    };
  })`);
}

const story = storiesInBrowsers({ hasServiceWorker: true });

story('Bob loses his network; both write; when he is back, both read the same, and nothing twice', async ({ pair }) => {
  const [ann, bob] = await pair('Ann Berg', 'Bob Okafor');
  await ann.say('before');
  await bob.sees('before');
  await bob.context.setOffline(true);
  await bob.page.getByText('You are offline').waitFor();
  for (const text of ['Bob, one', 'Bob, two', 'Bob, three']) await bob.say(text);
  await bob.message('Bob, three').getByRole('img', { name: 'Sending' }).waitFor();
  for (const text of ['Ann, one', 'Ann, two']) await ann.say(text);
  await ann
    .message('Ann, two')
    .getByRole('img', { name: /Sent|Delivered/ })
    .waitFor();
  await bob.context.setOffline(false);
  await bob.sees('Ann, two');
  await ann.sees('Bob, three');
  await bob.page.getByText('You are offline').waitFor({ state: 'detached' });
  const wanted = ['before', 'Ann, one', 'Ann, two', 'Bob, one', 'Bob, two', 'Bob, three'];
  const same = async () => {
    const [annReads, bobReads] = await Promise.all([ann.bodies(), bob.bodies()]);
    return annReads.length === wanted.length && JSON.stringify(annReads) === JSON.stringify(bobReads);
  };
  await waitFor('both read the same', same, 15_000);
  expect((await ann.bodies()).sort()).toEqual(wanted.sort());
  // The order in which each wrote is kept.
  const bobs = (await ann.bodies()).filter((text) => text.startsWith('Bob'));
  expect(bobs).toEqual(['Bob, one', 'Bob, two', 'Bob, three']);
});

story('what was written without a network survives a reload, and is sent once', async ({ pair }) => {
  const [ann, bob] = await pair('Ann Berg', 'Bob Okafor');
  await ann.say('hello');
  await bob.sees('hello');
  await ann.message('hello').getByRole('img', { name: 'Read' }).waitFor();
  await ann.page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
  // Changes gather for a second before they are written.
  await waitFor('her browser keeps it', async () => (await keptBy(ann)).includes('"body":"hello"'));
  await ann.context.setOffline(true);
  await ann.say('written on the train');
  await ann.message('on the train').getByRole('img', { name: 'Sending' }).waitFor();
  await ann.page.reload();
  await ann.message('on the train').getByRole('img', { name: 'Sending' }).waitFor();
  await ann.sees('hello');
  await ann.context.setOffline(false);
  await bob.sees('written on the train');
  await ann
    .message('on the train')
    .getByRole('img', { name: /Sent|Delivered|Read/ })
    .waitFor();
  expect(await bob.message('on the train').count()).toBe(1);
});

story('two tabs of one person share one socket, and show the same', async ({ people, others }) => {
  const [ann] = await people('Ann Berg');
  const [bob] = await others('Bob Okafor');
  const conversationId = await openDirectTo(bob, ann);
  const sockets = { first: 0, second: 0 };
  const second = await ann.context.newPage();
  ann.page.on('websocket', () => sockets.first++);
  second.on('websocket', () => sockets.second++);
  await second.goto(ann.url);
  await second.getByRole('link', { name: /Bob Okafor/ }).waitFor();
  await say(bob, conversationId, 'to both of you');
  await second.getByRole('link', { name: /to both of you/ }).click();
  await second.getByRole('article').filter({ hasText: 'to both of you' }).waitFor();
  await ann.open('Bob Okafor');
  await ann.sees('to both of you');
  expect(sockets).toEqual({ first: 0, second: 0 });
  await second.getByRole('textbox', { name: 'Message', exact: true }).fill('from the second');
  await second.keyboard.press('Enter');
  await ann.sees('from the second');
  // The tab that has the socket goes: the other one takes over.
  await ann.page.close();
  await say(bob, conversationId, 'and now?');
  await second.getByRole('article').filter({ hasText: 'and now?' }).waitFor();
  expect(sockets.second).toBe(1);
});
