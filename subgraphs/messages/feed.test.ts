import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Person } from '../../platform/auth/caller.js';
import { toPublicId } from '../../platform/ids/ids.js';
import { codes, conversation, MESSAGES, send, sendMany } from './asking.fixture.js';
import { cnv, openMessages, somebody } from './testing.js';

let parley: Awaited<ReturnType<typeof openMessages>>;
beforeAll(async () => {
  parley = await openMessages();
});
afterAll(() => parley.close());

test('what a cursor missed and the old state make the fresh state, in pages of any size', async () => {
  const [ann, bob] = [somebody(), somebody()];
  const id = await parley.newConversation(ann.userId);
  await sendMany(parley, ann, id, 3);
  const early: Person = { ...ann, startedAt: Date.now() + 6_000 };
  const { cursor } = (await conversation(parley, early, id, 'cursor')).data;
  await parley.join(id, bob.userId);
  await sendMany(parley, bob, id, 4);
  await parley.leave(id, bob.userId);
  await sendMany(parley, ann, id, 2);
  const CHANGES = `changes(after: $cursor, first: $first) { hasMore cursor events { __typename cursor conversationId
    ... on MessageChanged { reason message { seq } } ... on MemberChanged { userId isMember member { role } } } }`;
  for (const first of [1, 3, 100]) {
    const events = [];
    let after = cursor;
    for (let hasMore = true; hasMore;) {
      const { changes } = (await conversation(parley, ann, id, CHANGES, { cursor: after, first })).data;
      events.push(...changes.events);
      after = changes.cursor;
      hasMore = changes.hasMore;
    }
    // Bob's joining is told as what became of it.
    expect(events).toMatchObject([
      ...[4, 5, 6, 7].map((seq) => ({ __typename: 'MessageChanged', reason: 'SENT', message: { seq } })),
      { __typename: 'MemberChanged', userId: toPublicId('user', bob.userId), isMember: false, member: null },
      ...[8, 9].map((seq) => ({ __typename: 'MessageChanged', reason: 'SENT', message: { seq } })),
    ]);
    const { head } = (await parley.subgraph.feed.open(ann.userId, id, after))!;
    expect(await parley.subgraph.feed.open(ann.userId, id, after)).toMatchObject({ after: head });
    expect((await conversation(parley, ann, id, CHANGES, { cursor: after, first })).data.changes).toEqual({
      hasMore: false,
      cursor: after,
      events: [],
    });
  }
  expect((await conversation(parley, ann, id, CHANGES, { cursor, first: 0 })).errors?.[0]?.extensions.code).toBe(
    'BAD_USER_INPUT',
  );
});

test('a cursor of an operation reaches back to before it began', async () => {
  const ann = somebody();
  const id = await parley.newConversation(ann.userId);
  await sendMany(parley, ann, id, 2);
  const { cursor } = (await conversation(parley, { ...ann, startedAt: Date.now() }, id, 'cursor')).data;
  const later = (await conversation(parley, { ...ann, startedAt: Date.now() + 6_000 }, id, 'cursor')).data.cursor;
  const { feed } = parley.subgraph;
  expect(await feed.open(ann.userId, id, cursor)).toMatchObject({ after: 0, head: 4 });
  expect(await feed.open(ann.userId, id, later)).toMatchObject({ after: 4, head: 4 });
});

test('cursors of another conversation, of another field, or tampered with are refused; of another epoch they start again', async () => {
  const ann = somebody();
  const [one, two] = [await parley.newConversation(ann.userId), await parley.newConversation(ann.userId)];
  await sendMany(parley, ann, one, 1);
  const late = { ...ann, startedAt: Date.now() + 6_000 };
  const { cursor, messages } = (await conversation(parley, late, one, `cursor ${MESSAGES}`, { first: 1 })).data;
  const other = (await conversation(parley, late, two, 'cursor')).data.cursor;
  const tampered = (cursor[0] === 'A' ? 'B' : 'A') + cursor.slice(1);
  const CHANGES = 'changes(after: $cursor) { cursor }';
  for (const wrong of [other, tampered, messages.pageInfo.endCursor, ''])
    expect(codes(await conversation(parley, ann, one, CHANGES, { cursor: wrong }))).toEqual(['BAD_USER_INPUT']);
  for (const wrong of [cursor, messages.pageInfo.endCursor])
    expect(codes(await conversation(parley, ann, two, MESSAGES, { first: 1, after: wrong }))).toEqual([
      'BAD_USER_INPUT',
    ]);
  await expect(parley.subgraph.feed.open(ann.userId, one, other)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  const many = await parley.run(
    ann,
    'query ($after: [String!]!) { conversationChanges(after: $after) { conversationId } }',
    {
      after: [other, tampered, cursor],
    },
  );
  expect(many.data.conversationChanges).toEqual([{ conversationId: cnv(two) }, null, { conversationId: cnv(one) }]);
  expect(many.errors).toMatchObject([{ path: ['conversationChanges', 1], extensions: { code: 'BAD_USER_INPUT' } }]);

  const shard = parley.shards.of(one);
  shard.epoch++;
  try {
    expect(await parley.subgraph.feed.open(ann.userId, one, cursor)).toMatchObject({ after: 0 });
  } finally {
    shard.epoch--;
  }
});

test('heads are told for the conversations that there are', async () => {
  const ann = somebody();
  const id = await parley.newConversation(ann.userId);
  await send(parley, ann, id);
  expect(await parley.subgraph.feed.heads([id, ann.userId])).toEqual(new Map([[id, 3]]));
});
