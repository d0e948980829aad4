import { expect } from '@jest/globals';
import { addMembers, createGroup, cursorOf, history, leave, removeMembers, say, sayAll } from '../chat.js';
import { type Refused, type Device } from '../client.js';
import { Following, inboxEventsDocument, type ConversationEvent, type InboxEvent } from '../following.js';
import { changesAfter, completeCursors, snapshot } from '../cursor-invariants.js';
import { databaseIsSound } from '../database-invariants.js';
import { completeInboxCursor, inboxOf } from '../inbox-invariants.js';
import { comesToHistory, denseSeq, silentAfterRemoval, unreadIsRecount } from '../invariants.js';
import { withDatabase } from '../database.js';
import { storiesOnParley } from '../story.js';
import { waitFor } from '../wait-for.js';

const story = storiesOnParley();

async function openInbox(device: Device, after: string | null = null) {
  const inbox = device.subscribe<{ inboxEvents: InboxEvent }>(inboxEventsDocument, { after });
  await inbox.waitFor('InboxCaughtUp', ({ inboxEvents }) => inboxEvents.__typename === 'InboxCaughtUp');
  return inbox;
}

story(
  'Carol is removed while she listens: told so, then silence, and nothing is left for her to read',
  async ({ parley, people }) => {
    const [ann, bob, carol] = await people('Ann', 'Bob', 'Carol');
    const conversationId = await createGroup(ann, 'Plans', [bob, carol]);
    const start = await cursorOf(carol, conversationId);
    const [his, hers] = await Promise.all([
      Following.start(bob, conversationId, { after: start }),
      Following.start(carol, conversationId, { after: start }),
    ]);
    const inbox = await openInbox(carol);
    const inboxBefore = await inboxOf(carol);
    const before = await say(ann, conversationId, 'for all three');
    await Promise.all([his.untilSeq(before.seq), hers.untilSeq(before.seq)]);

    // Others send while it happens.
    let isOver = false;
    let removedAt = Infinity;
    const afterwards: string[] = [];
    const chatter = (async () => {
      for (let i = 0; !isOver; i++) {
        const isAfter = performance.now() > removedAt;
        const { id } = await say(bob, conversationId, `chatter ${i}`);
        if (isAfter) afterwards.push(id);
      }
    })();
    await hers.untilMessage('chatter 2');
    await removeMembers(ann, conversationId, [carol]);
    removedAt = performance.now();
    await hers.untilEnded(1_000);
    await waitFor('some messages after the removal', () => afterwards.length > 5);
    isOver = true;
    await chatter;

    const last = hers.events.at(-1);
    expect(last).toMatchObject({ __typename: 'MemberChanged', userId: carol.userId, isMember: false, member: null });
    silentAfterRemoval(hers, removedAt, hers.lastSeq);
    const all = await denseSeq(bob, conversationId);
    const readable = all.filter(({ seq }) => seq <= hers.lastSeq);
    expect(hers.messages.map(({ id }) => id)).toEqual(readable.map(({ id }) => id));

    const removal = await inbox.waitFor('isRemoved', ({ inboxEvents }) => inboxEvents.isRemoved === true, 2_000);
    expect(removal.inboxEvents).toMatchObject({ __typename: 'InboxItemChanged', conversationId, item: null });
    await waitFor('Bob has it all', () => his.lastSeq === all.length);
    expect(inbox.ending).toBeNull();
    expect(inbox.values.some(({ inboxEvents }) => afterwards.includes(inboxEvents.message?.id ?? ''))).toBe(false);
    expect(inbox.values.at(-1)?.inboxEvents).toEqual(removal.inboxEvents);

    expect((await inboxOf(carol)).items.has(conversationId)).toBe(false);
    await completeInboxCursor(carol, inboxBefore);
    const { conversation, message } = await carol.query<Record<string, unknown>>(
      'query ($id: ID!, $message: ID!) { conversation(id: $id) { title } message(id: $message) { body } }',
      { id: conversationId, message: before.id },
    );
    expect([conversation, message]).toEqual([null, null]);
    await expect(Following.start(carol, conversationId, { after: hers.cursor })).rejects.toThrow('FORBIDDEN');
    const refusal = await say(carol, conversationId, 'still here?').catch((error: unknown) => error);
    expect((refusal as Refused).codes).toEqual(['NOT_A_MEMBER']);
    await comesToHistory(his);
    await withDatabase(parley.dataDir, (database) => databaseIsSound(database));
  },
);

story('Dave is added again: he does not see what was said while he was away', async ({ people }) => {
  const [ann, dave] = await people('Ann', 'Dave');
  const conversationId = await createGroup(ann, 'Club', [dave]);
  const early = await snapshot(dave, conversationId);
  const following = await Following.start(dave, conversationId, { after: early.cursor });
  const inboxBefore = await inboxOf(dave);
  const [first] = await sayAll(ann, conversationId, ['seen 1', 'seen 2']);
  await following.untilMessage('seen 2');
  await removeMembers(ann, conversationId, [dave]);
  await following.untilEnded(1_000);
  const away = await sayAll(ann, conversationId, ['away 1', 'away 2', 'away 3']);
  await addMembers(ann, conversationId, [dave]);
  await say(ann, conversationId, 'welcome back');

  const visible = ['seen 1', 'seen 2', 'welcome back'];
  const bodies = async (what: Promise<{ body: string | null }[]>) => (await what).flatMap(({ body }) => body ?? []);
  expect(await bodies(history(dave, conversationId))).toEqual(visible);
  expect(await bodies(history(dave, conversationId, 1))).toEqual(visible);
  const changed = (await changesAfter(dave, conversationId, early.cursor, 2)).flatMap(
    ({ message }) => message?.body ?? [],
  );
  expect(changed).toEqual(visible);

  const back = await Following.start(dave, conversationId, { after: early.cursor });
  expect(back.bodies).toEqual(visible);
  await completeCursors(dave, conversationId, [early]);

  for (const { id } of away)
    expect(await dave.query('query ($id: ID!) { message(id: $id) { body } }', { id })).toEqual({ message: null });
  const { conversation } = await dave.query<{
    conversation: { messagesAround: { edges: { node: { body: string | null } }[] } };
  }>(
    'query ($id: ID!, $seq: Int) { conversation(id: $id) { messagesAround(seq: $seq, before: 10, after: 10) { edges { node { body } } } } }',
    { id: conversationId, seq: first!.seq },
  );
  expect(conversation.messagesAround.edges.flatMap(({ node }) => node.body ?? [])).toEqual(visible);
  const { conversationChanges } = await dave.query<{ conversationChanges: { events: ConversationEvent[] }[] }>(
    'query ($after: [String!]!) { conversationChanges(after: $after) { events { ... on MessageChanged { message { body } } } } }',
    { after: [early.cursor] },
  );
  expect(conversationChanges[0]!.events.flatMap(({ message }) => message?.body ?? [])).toEqual(visible);
  await completeInboxCursor(dave, inboxBefore);
  await waitFor('one unread', async () => (await inboxOf(dave)).items.get(conversationId)?.unreadCount === 1);
});

story('Eve is added later: history begins with her, and her inbox tells her at once', async ({ people }) => {
  const [ann, eve] = await people('Ann', 'Eve');
  const conversationId = await createGroup(ann, 'Old group', []);
  const old = await say(ann, conversationId, 'before Eve');
  const inbox = await openInbox(eve);
  await addMembers(ann, conversationId, [eve]);
  // What happened to the group just before may be delivered to her too, and first.
  const told = await inbox.waitFor(
    'the group',
    ({ inboxEvents }) => inboxEvents.__typename === 'InboxItemChanged' && inboxEvents.conversationId === conversationId,
    2_000,
  );
  expect(told.inboxEvents).toMatchObject({ isRemoved: false, item: { unreadCount: 0 } });
  const following = await Following.start(eve, conversationId);
  const hello = await say(ann, conversationId, 'hello Eve');
  await following.untilMessage('hello Eve');
  // Before it only that she joined.
  expect((await history(eve, conversationId)).map(({ seq }) => seq)).toEqual([hello.seq - 1, hello.seq]);
  expect(await eve.query('query ($id: ID!) { message(id: $id) { body } }', { id: old.id })).toEqual({ message: null });
  await comesToHistory(following, hello.seq);
  await Promise.all([unreadIsRecount(ann), unreadIsRecount(eve)]);
});

story('the owner leaves: her streams end, and somebody else owns the group', async ({ people }) => {
  const [ann, bob, carol] = await people('Ann', 'Bob', 'Carol');
  const conversationId = await createGroup(ann, 'Band', [bob, carol]);
  const hers = await Following.start(ann, conversationId);
  const his = await Following.start(bob, conversationId);
  const held = await snapshot(bob, conversationId);
  const inbox = await openInbox(ann);
  await leave(ann, conversationId);
  const leftAt = performance.now();
  await hers.untilEnded(1_000);
  await say(bob, conversationId, 'she left');
  await inbox.waitFor('isRemoved', ({ inboxEvents }) => inboxEvents.isRemoved === true, 2_000);
  await his.untilMessage('she left');
  silentAfterRemoval(hers, leftAt, 0);
  const { conversation } = await bob.query<{
    conversation: { memberCount: number; members: { edges: { node: { userId: string; role: string } }[] } };
  }>(
    'query ($id: ID!) { conversation(id: $id) { memberCount members(first: 10) { edges { node { userId role } } } } }',
    { id: conversationId },
  );
  expect(conversation.memberCount).toBe(2);
  const roles = new Map(conversation.members.edges.map(({ node }) => [node.userId, node.role]));
  expect([...roles.keys()].sort()).toEqual([bob.userId, carol.userId].sort());
  expect([...roles.values()].filter((role) => role === 'OWNER')).toHaveLength(1);
  await completeCursors(bob, conversationId, [held]);
  // Only an admin removes people.
  const plain = roles.get(bob.userId) === 'OWNER' ? [carol, bob] : [bob, carol];
  const refusal = await removeMembers(plain[0]!, conversationId, [plain[1]!]).catch((error: unknown) => error);
  expect((refusal as Refused).codes).toEqual(['FORBIDDEN']);
});
