import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { createGroup, history, leave, removeMembers, say, sayAll, signInElsewhere } from '../chat.js';
import type { Device, Refused } from '../client.js';
import { Following, inboxEventsDocument, type InboxEvent } from '../following.js';
import { inboxOf } from '../inbox-invariants.js';
import { comesToHistory, denseSeq, silentAfterRemoval, unreadIsRecount } from '../invariants.js';
import { storiesOnParley } from '../story.js';
import { waitFor } from '../wait-for.js';

const story = storiesOnParley();

async function change(device: Device, name: string, input: Record<string, unknown>): Promise<string> {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const { conversation } = await device.mutate<{ conversation: { id: string } }>(
    `mutation ($input: ${type}!) { ${name}(input: $input) { conversation { id } errors { code path message } } }`,
    { input },
  );
  return conversation.id;
}
const newChannel = (owner: Device, input: Record<string, unknown> = {}) =>
  change(owner, 'createChannel', { clientMutationId: randomUUID(), title: 'News', visibility: 'PUBLIC', ...input });
const join = (device: Device, conversationId: string) => change(device, 'joinChannel', { conversationId });
const refusal = async (work: Promise<unknown>) =>
  (
    await work.then(
      () => null,
      (error: unknown) => error as Refused,
    )
  )?.codes;

const bodiesOf = async (device: Device, id: string) => (await history(device, id)).flatMap(({ body }) => body ?? []);

async function openInbox(device: Device) {
  const inbox = device.subscribe<{ inboxEvents: InboxEvent }>(inboxEventsDocument, { after: null });
  await inbox.waitFor('InboxCaughtUp', ({ inboxEvents }) => inboxEvents.__typename === 'InboxCaughtUp');
  return inbox;
}

story(
  'Bob finds a public channel, joins on his phone, and reads all of it; his laptop, which was away, has it too',
  async ({ people, closing }) => {
    const [ann, bob, mallory] = await people('Ann', 'Bob', 'Mallory');
    const laptop = closing(await signInElsewhere(bob));
    const channel = await newChannel(ann);
    await sayAll(ann, channel, ['one', 'two']);

    const look = (fields: string) =>
      bob.ask<{ conversation: unknown }>(`query ($id: ID!) { conversation(id: $id) { ${fields} } }`, { id: channel });
    const { data } = await look('title memberCount viewerMember { role }');
    expect(data).toEqual({ conversation: { title: 'News', memberCount: 1, viewerMember: null } });
    expect(JSON.stringify(await look('title messages(first: 5) { edges { node { body } } }'))).not.toContain('one');
    expect(await refusal(say(bob, channel, 'hello?'))).toEqual(['NOT_A_MEMBER']);
    await expect(Following.start(bob, channel)).rejects.toThrow('FORBIDDEN');

    const inbox = await openInbox(bob);
    await join(bob, channel);
    await join(bob, channel);
    await inbox.waitFor(
      'the channel, with nothing to catch up on',
      ({ inboxEvents: { conversationId, item } }) => conversationId === channel && item?.unreadCount === 0,
      5_000,
    );
    expect(await bodiesOf(bob, channel)).toEqual(['one', 'two']);
    await say(ann, channel, 'three');
    await waitFor(
      'one unread on the laptop',
      async () => (await inboxOf(laptop)).items.get(channel)?.unreadCount === 1,
    );
    expect(await bodiesOf(laptop, channel)).toEqual(['one', 'two', 'three']);
    await denseSeq(laptop, channel);
    await unreadIsRecount(bob);

    await change(ann, 'updateConversation', { conversationId: channel, visibility: 'PRIVATE' });
    expect(await refusal(join(mallory, channel))).toEqual(['NOT_FOUND']);
    expect(await mallory.query('query ($id: ID!) { conversation(id: $id) { title } }', { id: channel })).toEqual({
      conversation: null,
    });
  },
);

story(
  'who is thrown out of a channel hears nothing more and cannot come back; who left reads all of it again',
  async ({ people }) => {
    const [ann, bob, carol] = await people('Ann', 'Bob', 'Carol');
    const channel = await newChannel(ann);
    await Promise.all([join(bob, channel), join(carol, channel)]);
    const following = await Following.start(bob, channel);
    await leave(carol, channel);
    await say(ann, channel, 'while she was gone');
    await join(carol, channel);
    expect(await bodiesOf(carol, channel)).toEqual(['while she was gone']);
    await following.untilMessage('while she was gone');

    const lastSeq = (await history(bob, channel)).at(-1)!.seq;
    await removeMembers(ann, channel, [bob]);
    const removedAt = performance.now();
    await say(ann, channel, 'without him');
    await following.untilEnded(1_000);
    silentAfterRemoval(following, removedAt, lastSeq);
    expect(await refusal(join(bob, channel))).toEqual(['FORBIDDEN']);
  },
);

story('a policy, a title and ownership change live, and mean what they say', async ({ people }) => {
  const [ann, bob, carol] = await people('Ann', 'Bob', 'Carol');
  const group = await createGroup(ann, 'Old', [bob, carol]);
  const following = await Following.start(carol, group);
  expect(await refusal(change(bob, 'updateConversation', { conversationId: group, title: 'New' }))).toEqual([
    'FORBIDDEN',
  ]);
  await change(ann, 'setMemberRole', { conversationId: group, userId: bob.userId, role: 'OWNER' });
  await change(bob, 'updateConversation', { conversationId: group, title: 'New' });
  await waitFor('both are told', () => {
    const kinds = following.events.map(({ __typename }) => __typename);
    return kinds.filter((kind) => kind === 'MemberChanged').length === 2 && kinds.includes('ConversationChanged');
  });
  const { conversation } = await carol.query<{ conversation: { title: string; members: unknown } }>(
    'query ($id: ID!) { conversation(id: $id) { title members(role: OWNER) { edges { node { userId } } } } }',
    { id: group },
  );
  expect(conversation).toEqual({ title: 'New', members: { edges: [{ node: { userId: bob.userId } }] } });
  expect(
    await refusal(change(bob, 'setMemberRole', { conversationId: group, userId: bob.userId, role: 'MEMBER' })),
  ).toEqual(['LAST_OWNER']);
  await comesToHistory(following, 2);
});

story('Ann mutes, pins and archives on her phone; her laptop knows at once', async ({ people, closing }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const laptop = closing(await signInElsewhere(ann));
  const [first, second] = [await createGroup(ann, 'First', [bob]), await createGroup(ann, 'Second', [bob])];
  for (const group of [first, second]) await say(bob, group, 'hi');
  await waitFor('one unread in each', async () => (await inboxOf(ann)).unreadCount === 2);
  const inbox = await openInbox(laptop);
  const set = (conversationId: string, input: Record<string, unknown>) =>
    ann.mutate(
      'mutation ($input: UpdateInboxItemInput!) { updateInboxItem(input: $input) { inboxItem { id } errors { code path message } } }',
      {
        input: { conversationId, ...input },
      },
    );
  const hears = (conversationId: string, count: number) =>
    waitFor(
      'the laptop hears of it',
      () => inbox.values.filter(({ inboxEvents }) => inboxEvents.conversationId === conversationId).length === count,
    );
  await set(first, { muted: true });
  await hears(first, 1);
  expect((await inboxOf(laptop)).unreadCount).toBe(1);
  await set(second, { pinned: true });
  await hears(second, 1);
  expect([...(await inboxOf(laptop)).items.keys()]).toEqual([second, first]);
  await set(first, { archived: true });
  await hears(first, 2);
  await say(bob, first, 'are you there?');
  await hears(first, 3);
  expect([...(await inboxOf(laptop)).items.keys()]).toEqual([second]);
  await set(first, { archived: false, muted: false });
  await hears(first, 4);
  expect((await inboxOf(laptop)).unreadCount).toBe(3);
});
