import { expect } from '@jest/globals';
import { say } from '../chat.js';
import { waitFor } from '../wait-for.js';
import { storiesInBrowsers } from './web-story.js';
import { openDirectTo } from './without-window.js';

const story = storiesInBrowsers();

story('Ann and Bob talk: each sees what the other does, as it happens', async ({ people }) => {
  const [ann, bob] = await people('Ann Berg', 'Bob Okafor');
  await ann.openDirect(bob);
  await ann.say('Shall we sail on Sunday?');
  await bob.row('Ann Berg').getByText('1 unread message').waitFor();
  await bob.open('Ann Berg');
  await bob.sees('Shall we sail on Sunday?');
  await bob.row('Ann Berg').getByText('unread message').waitFor({ state: 'detached' });
  await ann.message('Shall we sail').getByRole('img', { name: 'Read' }).waitFor();

  await bob.composer.pressSequentially('Oh');
  await ann.page.getByText('Bob Okafor is typing…').first().waitFor();
  await bob.say('Only if the wind is kind');
  await ann.sees('Only if the wind is kind');
  await ann.page.getByText('is typing…').first().waitFor({ state: 'detached' });

  await ann.at('Only if the wind', 'Reply');
  await ann.say('It will be: I asked it');
  const answer = bob.message('I asked it');
  await answer.getByRole('button', { name: /Only if the wind is kind/ }).click();

  await bob.at('I asked it', 'React');
  await bob.press('😂');
  await ann.message('I asked it').getByRole('button', { name: '😂, 1 reaction', exact: true }).click();
  await bob.message('I asked it').getByRole('button', { name: '😂, 2 reactions, yours among them' }).click();
  await ann.message('I asked it').getByRole('button', { name: '😂, 1 reaction, yours among them' }).waitFor();
});

story('Ann rewrites, pins and deletes; Bob sees all of it', async ({ pair }) => {
  const [ann, bob] = await pair('Ann Berg', 'Bob Okafor');
  await ann.say('At tne');
  await bob.sees('At tne');
  await ann
    .message('At tne')
    .getByRole('img', { name: /Sent|Delivered|Read/ })
    .waitFor();
  await ann.composer.press('ArrowUp');
  await waitFor('the text is there to edit', async () => (await ann.composer.inputValue()) === 'At tne', 20_000);
  await ann.composer.fill('At ten');
  await ann.composer.press('Enter');
  await bob.message('At ten').getByText('edited').waitFor();
  await waitFor('the field is empty again', async () => (await ann.composer.inputValue()) === '', 20_000);

  await bob.menu('At ten', 'Earlier versions');
  await bob.page.getByRole('dialog', { name: 'Earlier versions' }).getByText('At tne').waitFor();
  await bob.press('Close');

  await ann.menu('At ten', 'Pin');
  await bob.message('At ten').getByRole('img', { name: 'Pinned' }).waitFor();
  await bob.page.getByRole('button', { name: /Pinned\s*At ten/ }).click();
  await ann.menu('At ten', 'Unpin');
  await bob.message('At ten').getByRole('img', { name: 'Pinned' }).waitFor({ state: 'detached' });

  await bob.say('Keep this to yourself');
  await ann.sees('Keep this to yourself');
  await bob.menu('Keep this', 'Delete');
  await bob.press('Delete for everyone');
  await ann.page.getByText('This message was deleted.').waitFor();
  await ann.menu('At ten', 'Delete');
  await ann.press('Delete for me');
  await ann.message('At ten').waitFor({ state: 'detached' });
  await bob.sees('At ten');
});

story(
  'a list is put in order: pinned first, muted, archived and back, and drafts are kept',
  async ({ pair, others }) => {
    const [ann, bob] = await pair('Ann Berg', 'Bob Okafor');
    const [cleo] = await others('Cleo Marchand');
    await ann.say('Hello Bob');
    await bob.sees('Hello Bob');
    const withCleo = await openDirectTo(cleo, ann);
    await say(cleo, withCleo, 'Hello Ann');
    await ann.open('Cleo');
    // The first link may be that to the confirmation of one's address.
    const rows = ann.page.getByRole('navigation', { name: 'Conversations' }).getByRole('link', { name: /Bob|Cleo/ });
    const first = async () => (await rows.allInnerTexts())[0] ?? '';
    await waitFor('Cleo is first', async () => (await first()).includes('Cleo'), 20_000);
    await ann.row('Bob').hover();
    await ann.row('Bob').getByRole('button').click();
    await ann.choose('Pin');
    await waitFor('Bob is first', async () => (await first()).includes('Bob'), 20_000);
    // She has the one with Cleo open.
    await bob.composer.pressSequentially('Oh');
    await ann.row('Bob').getByText('typing…').waitFor();
    await bob.composer.fill('');
    await ann.row('Bob').getByText('typing…').waitFor({ state: 'detached' });
    await ann.row('Bob').hover();
    await ann.row('Bob').getByRole('button').click();
    await ann.choose('Mute');
    await ann.row('Bob').getByRole('img', { name: 'Muted' }).waitFor();

    await ann.composer.fill('To be said la');
    await ann.open('Bob');
    await ann.row('Cleo').getByText('Draft: To be said la').waitFor();
    await ann.row('Cleo').hover();
    await ann.row('Cleo').getByRole('button').click();
    await ann.choose('Archive');
    await ann.row('Cleo').waitFor({ state: 'detached' });
    await ann.press('Archived conversations');
    await ann.open('Cleo');
    expect(await ann.composer.inputValue()).toBe('To be said la');
    // Whoever is written to comes back by themselves.
    await say(cleo, withCleo, 'Still there?');
    await ann.sees('Still there?');
  },
);
