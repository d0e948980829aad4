import { expect } from '@jest/globals';
import { sayAll } from '../chat.js';
import { waitFor } from '../wait-for.js';
import type { Visitor } from './visitor.js';
import { storiesInBrowsers } from './web-story.js';
import { openDirectTo } from './without-window.js';

const story = storiesInBrowsers();

/** The first line that is at least in part in sight, and where it stands. */
async function firstInSight({ page }: Visitor): Promise<{ text: string; top: number }> {
  return page.evaluate(`(() => {
    const scroller = document.querySelector('[role=region][aria-label^="Messages in"]').getBoundingClientRect();
    const row = [...document.querySelectorAll('article')].find((each) => each.getBoundingClientRect().top >= scroller.top);
    return { text: row.querySelector('[data-body]').textContent, top: Math.round(row.getBoundingClientRect().top) };
  })()`);
}

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);

story(
  'Ann comes back to 100 unread messages: she begins at the first, and the list keeps its place',
  async ({ people, others }) => {
    const [ann] = await people('Ann Berg');
    const [dan] = await others('Dan');
    const conversationId = await openDirectTo(dan, ann);
    await sayAll(dan, conversationId, numbered(1, 100));
    await ann.row('Dan').getByText('100 unread messages').waitFor();
    await ann.open('Dan');
    await ann.page.getByText('New messages').waitFor();
    await ann.page.getByText('line 1', { exact: true }).waitFor();
    // Only what is near is in the page.
    expect(await ann.page.getByRole('article').count()).toBeLessThan(70);
    // Nothing that she has not had in sight is read.
    await ann
      .row('Dan')
      .getByText(/[6-9]\d unread messages/)
      .waitFor();

    const before = await firstInSight(ann);
    await sayAll(dan, conversationId, ['one more']);
    await ann.row('Dan').getByText('one more').waitFor();
    expect(await firstInSight(ann)).toEqual(before);

    await ann.page.getByRole('button', { name: /new messages/ }).click();
    await ann.sees('one more');
    await ann.row('Dan').getByText('unread').waitFor({ state: 'detached' });
    // Back up: older ones come in above, and what is in sight stays where it is.
    await ann.page.mouse.move(700, 400);
    const seen = new Set<string>();
    await waitFor(
      'the first line is in sight again',
      async () => {
        await ann.page.mouse.wheel(0, -700);
        const { text } = await firstInSight(ann);
        seen.add(text);
        return (await ann.page.getByText('line 1', { exact: true }).count()) > 0;
      },
      15_000,
    );
    expect(seen.size).toBeGreaterThan(1);
  },
);

story(
  'Ann searches: a message leads to its place, a name to a person, a word to a channel',
  async ({ people, others }) => {
    const [ann, bob] = await people('Ann Berg', 'Bob Okafor');
    const word = `kumquat${ann.handle.slice(-5)}`;
    const [dan] = await others('Dan');
    const conversationId = await openDirectTo(dan, ann);
    await sayAll(dan, conversationId, [`where is the ${word} jam`, ...numbered(1, 60)]);
    await ann.open('Dan');
    const search = ann.page.getByRole('searchbox', { name: 'Search' });
    const hit = ann.page
      .getByRole('region', { name: 'Messages', exact: true })
      .getByRole('link', { name: new RegExp(word) });
    await waitFor(
      'the message is found',
      async () => {
        await search.fill('');
        await search.fill(word);
        return hit
          .first()
          .waitFor({ timeout: 2_000 })
          .then(
            () => true,
            () => false,
          );
      },
      15_000,
    );
    expect(await hit.locator('mark').innerText()).toBe(word);
    await hit.click();
    await ann.sees(`where is the ${word} jam`);

    await search.fill(bob.handle);
    await ann.page
      .getByRole('region', { name: 'People' })
      .getByRole('button', { name: /Bob Okafor/ })
      .click();
    await ann.isIn('Bob Okafor');
    await ann.say('Found you');
    await bob.row('Ann Berg').getByText('Found you').waitFor();

    await bob.press('New conversation');
    await bob.press('New channel');
    await bob.page.getByRole('textbox', { name: 'Name', exact: true }).fill(`Friends of ${word}`);
    await bob.page.getByText('Anybody can find and join it').click();
    await bob.press('Create');
    await bob.composer.waitFor();
    const channel = ann.page
      .getByRole('region', { name: 'Channels and groups' })
      .getByRole('link', { name: new RegExp(word) });
    await waitFor(
      'the channel is found',
      async () => {
        await search.fill('');
        await search.fill(`Friends ${word}`);
        return channel.waitFor({ timeout: 2_000 }).then(
          () => true,
          () => false,
        );
      },
      15_000,
    );
    await channel.click();
    await ann.press('Join');
    await ann.say('Me too');
    await bob.sees('Me too');
  },
);
