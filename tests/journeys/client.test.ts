import { expect } from '@jest/globals';
import { memoryStorage } from '../../client/src/index.js';
import type { Conversation } from '../../client/src/conversation.js';
import { Network, openClients, signUpWith as signUp, untilLive } from '../open-clients.js';
import { storiesOnParley } from '../story.js';
import { waitFor } from '../wait-for.js';

const story = storiesOnParley();
const start = openClients();

const bodies = (conversation: Conversation): (string | null)[] =>
  conversation.view.get().messages.map((message) => (message.isPending ? (message.draft.body ?? null) : message.body));
const progress = (conversation: Conversation): string[] =>
  conversation.view.get().messages.map((message) => message.progress);

story(
  'two people chat: a message goes from CREATED to READ, and typing, edits and reactions are seen',
  async ({ parley }) => {
    const [ann, bob] = await Promise.all([signUp(start(parley.url), 'Ann'), signUp(start(parley.url), 'Bob')]);
    const id = await ann.openDirect(bob.userId);
    const [anns, bobs] = [ann.conversation(id), bob.conversation(id)];
    anns.open();
    await untilLive(anns);
    const seen = new Set<string>();
    anns.view.subscribe(() => progress(anns).forEach((each) => seen.add(each)));
    await anns.send({ body: 'Hello Bob' });
    expect(progress(anns)[0]).toMatch(/CREATED|SENT/);
    await waitFor('Bob sees it in his list', () =>
      bob.inbox.view.get().items.some((item) => item.unreadCount === 1 && item.lastMessage?.body === 'Hello Bob'),
    );
    await waitFor(
      'it is delivered',
      () => seen.has('DELIVERED'),
      5_000,
      () => progress(anns),
    );
    bobs.open();
    await untilLive(bobs);
    bobs.markRead();
    await waitFor(
      'it is read',
      () => progress(anns)[0] === 'READ',
      5_000,
      () => anns.view.get().members,
    );
    await waitFor('nothing is unread', () => bob.inbox.view.get().unreadCount === 0);

    bobs.typed();
    await waitFor('Ann sees Bob typing', () => anns.view.get().typing.some(({ id: who }) => who === bob.userId));
    const [message] = bobs.view.get().messages;
    if (!message || message.isPending) throw new Error('Bob has no stored message.');
    await bobs.react(message.id, '👍');
    await anns.edit(message.id, 'Hello dear Bob');
    await waitFor('both have the same', () =>
      [anns, bobs].every((each) => {
        const [first] = each.view.get().messages;
        return first && !first.isPending && first.body === 'Hello dear Bob' && first.reactions[0]?.count === 1;
      }),
    );
    const hasReacted = (conversation: Conversation) => {
      const [first] = conversation.view.get().messages;
      return first && !first.isPending && first.reactions[0]!.viewerHasReacted;
    };
    expect([hasReacted(anns), hasReacted(bobs)]).toEqual([false, true]);
  },
);

story(
  'one is offline while both write; back again, both have the same order, and nothing twice',
  async ({ parley }) => {
    const network = new Network();
    const [ann, bob] = await Promise.all([signUp(start(parley.url), 'Ann'), signUp(start(parley.url, network), 'Bob')]);
    const id = await ann.openDirect(bob.userId);
    const [anns, bobs] = [ann.conversation(id), bob.conversation(id)];
    anns.open();
    bobs.open();
    await Promise.all([untilLive(anns), untilLive(bobs)]);
    await anns.send({ body: 'before' });
    await waitFor('Bob has it', () => bodies(bobs).includes('before'));

    network.cut();
    for (const i of [1, 2, 3]) {
      await anns.send({ body: `Ann ${i}` });
      await bobs.send({ body: `Bob ${i}` });
    }
    await waitFor('Ann has sent hers', () => progress(anns).every((each) => each !== 'CREATED'));
    expect(bodies(bobs)).toEqual(['before', 'Bob 1', 'Bob 2', 'Bob 3']);
    expect(progress(bobs).slice(1)).toEqual(['CREATED', 'CREATED', 'CREATED']);

    network.restore();
    const all = ['before', 'Ann 1', 'Ann 2', 'Ann 3', 'Bob 1', 'Bob 2', 'Bob 3'];
    await waitFor(
      'both have all',
      () => [anns, bobs].every((each) => bodies(each).length === all.length && !progress(each).includes('CREATED')),
      20_000,
      () => [bodies(anns), bodies(bobs), progress(bobs)],
    );
    expect(bodies(anns)).toEqual(all);
    expect(bodies(bobs)).toEqual(all);
  },
);

story(
  'a reload in mid-send goes on where it was: signed in, with what was known and what was on its way',
  async ({ parley }) => {
    const [network, storage] = [new Network(), memoryStorage()];
    const page = start(parley.url, network, storage);
    const [ann, bob] = await Promise.all([signUp(page, 'Ann'), signUp(start(parley.url), 'Bob')]);
    const id = await ann.openDirect(bob.userId);
    const bobs = bob.conversation(id);
    bobs.open();
    ann.conversation(id).open();
    await Promise.all([untilLive(bobs), untilLive(ann.conversation(id))]);
    await ann.conversation(id).send({ body: 'known' });
    await waitFor('Ann has sent it', () => progress(ann.conversation(id))[0] !== 'CREATED');
    network.cut();
    await ann.conversation(id).send({ body: 'on its way' });
    await page.close();

    const offline = start(parley.url, network, storage);
    const again = await waitFor('Ann is signed in', () => offline.chat.get());
    const anns = again.conversation(id);
    anns.open();
    await waitFor('what was known is shown without a network', () => bodies(anns).length === 2);
    expect(bodies(anns)).toEqual(['known', 'on its way']);
    await bobs.send({ body: 'meanwhile' });
    await waitFor('Bob has sent his', () => !progress(bobs).includes('CREATED'));
    network.restore();
    await waitFor(
      'both have all',
      () => [anns, bobs].every((each) => bodies(each).length === 3),
      20_000,
      () => [bodies(anns), bodies(bobs), again.outbox.entries.get(), again.connection.get()],
    );
    expect(bodies(anns)).toEqual(bodies(bobs));
  },
);
