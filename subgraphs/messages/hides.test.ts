import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Person } from '../../platform/auth/caller.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import { events } from '../../schema/events.js';
import { openChanges, usr } from './changes.fixture.js';
import { cnv, somebody } from './testing.js';

let parley: Awaited<ReturnType<typeof openChanges>>;
beforeAll(async () => {
  parley = await openChanges();
});
afterAll(() => parley.close());

describe('forwarding', () => {
  test('sends the text as it is, with who wrote it first, once for one clientMessageId', async () => {
    const [ann, bob, cid] = [somebody(), somebody(), somebody()];
    const here = await parley.group(ann, bob);
    const there = await parley.group(bob, cid);
    const { id: messageId } = await parley.send(ann, here, {
      body: 'news',
      mentions: [{ userId: usr(bob), start: 0, end: 1 }],
    });
    const forward = (viewer: Person, from: string, to: string, clientMessageId = 'one') =>
      parley.mutate(viewer, 'forwardMessage', { messageId: from, conversationId: cnv(to), clientMessageId });
    const [first, again] = await Promise.all([forward(bob, messageId, there), forward(bob, messageId, there)]);
    expect(first).toMatchObject({
      codes: [],
      message: {
        body: 'news',
        senderId: usr(bob),
        forwardedFrom: { id: usr(ann) },
        mentions: [],
        clientMessageId: 'one',
      },
    });
    expect(again).toEqual(first);
    expect(await parley.read(cid, first.message.id)).toMatchObject({ body: 'news', forwardedFrom: { id: usr(ann) } });
    const onwards = await forward(cid, first.message.id, there);
    expect(onwards.message).toMatchObject({ senderId: usr(cid), forwardedFrom: { id: usr(ann) } });
    expect((await parley.mutate(bob, 'editMessage', { messageId: first.message.id, body: 'fake news' })).codes).toEqual(
      ['FORBIDDEN'],
    );

    expect((await forward(cid, messageId, there, 'two')).codes).toEqual(['NOT_FOUND']);
    expect((await forward(ann, messageId, there, 'two')).codes).toEqual(['NOT_A_MEMBER']);
    await parley.setPolicy(there, { whoCanSend: 'ADMIN' });
    expect((await forward(cid, first.message.id, there, 'two')).codes).toEqual(['FORBIDDEN']);
    await parley.setPolicy(there, { whoCanSend: 'MEMBER' });
    for (const wrong of ['', 'x'.repeat(65), 'a\0', '\ud83d'])
      expect(await forward(bob, messageId, there, wrong)).toMatchObject({
        codes: ['INVALID_INPUT'],
        paths: [['clientMessageId']],
      });

    // A retry is answered with the first, whatever became of what was forwarded.
    await parley.mutate(ann, 'deleteMessage', { messageId });
    expect((await forward(bob, messageId, there)).message).toEqual(first.message);
    expect((await forward(bob, messageId, there, 'two')).codes).toEqual(['MESSAGE_DELETED']);
    await parley.leave(here, bob.userId);
    expect((await forward(bob, messageId, there)).message.id).toBe(first.message.id);
    expect((await forward(bob, messageId, there, 'two')).codes).toEqual(['NOT_FOUND']);
  });
});

describe('hiding', () => {
  const ENTITY = (selection: string) =>
    `query ($id: ID!) { _entities(representations: [{ __typename: "Conversation", id: $id }]) { ... on Conversation { ${selection} } } }`;
  const look = async (viewer: Person, id: string, selection: string) =>
    (await parley.run(viewer, ENTITY(selection), { id: cnv(id) })).data._entities[0];
  const seqs = (page: { edges: { node: { seq: number } }[] }) => page.edges.map(({ node }) => node.seq);

  test('takes messages from all that this person reads, and from nobody else', async () => {
    const [ann, bob] = [somebody(), somebody()];
    const id = await parley.group(ann, bob);
    const messages: { id: string }[] = [];
    for (let i = 0; i < 8; i++)
      messages.push(await parley.send(ann, id, i === 6 ? { replyToId: messages[0]!.id } : {}));
    const at = (seq: number) => messages[seq - 1]!.id;
    await parley.mutate(ann, 'pinMessage', { messageId: at(3) });
    const before = await parley.versionOf(id);
    for (const seq of [2, 3, 7, 8, 8])
      expect(await parley.mutate(bob, 'deleteMessage', { messageId: at(seq), scope: 'VIEWER' })).toMatchObject({
        codes: [],
        message: { seq },
      });
    expect(await parley.versionOf(id)).toBe(before);

    expect(await parley.read(bob, at(2))).toBeNull();
    const PAGES = `forwards: messages(first: 3) { edges { node { seq } } pageInfo { hasNextPage } }
      backwards: messages(last: 3) { edges { node { seq } } pageInfo { hasPreviousPage } }
      around: messagesAround(seq: 3, before: 1, after: 2) { edges { node { seq } } }
      lastMessage { seq } pinnedMessages { seq }`;
    const own = await look(bob, id, PAGES);
    expect([seqs(own.forwards), seqs(own.backwards), seqs(own.around)]).toEqual([
      [1, 4, 5],
      [4, 5, 6],
      [1, 4, 5],
    ]);
    expect([own.forwards.pageInfo.hasNextPage, own.backwards.pageInfo.hasPreviousPage]).toEqual([true, true]);
    expect([own.lastMessage, own.pinnedMessages]).toEqual([{ seq: 6 }, []]);
    expect(await parley.read(bob, at(1))).toMatchObject({ replyCount: 0 });
    const theirs = await look(ann, id, PAGES);
    expect([seqs(theirs.forwards), theirs.lastMessage, theirs.pinnedMessages]).toEqual([
      [1, 2, 3],
      { seq: 8 },
      [{ seq: 3 }],
    ]);
    expect(await parley.read(ann, at(1))).toMatchObject({ replyCount: 1 });

    const { cursor } = await look({ ...bob, startedAt: 0 }, id, 'cursor');
    const CHANGES = `query ($after: [String!]!) { conversationChanges(after: $after) { events { ... on MessageChanged { message { seq } } } } }`;
    const told = async (viewer: Person) =>
      (await parley.run(viewer, CHANGES, { after: [cursor] })).data.conversationChanges[0].events.flatMap(
        (event: { message?: { seq: number } }) => event.message?.seq ?? [],
      );
    expect((await told(bob)).sort()).toEqual([1, 4, 5, 6]);
    expect((await told(ann)).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await parley.subgraph.feed.open(bob.userId, id, null)).toMatchObject({ hidden: [2, 3, 7, 8] });
    expect(
      (await parley.mutate(bob, 'forwardMessage', { messageId: at(2), conversationId: cnv(id), clientMessageId: 'x' }))
        .codes,
    ).toEqual(['NOT_FOUND']);
  });

  test('takes versions of the inbox, once for many at the same time, and tells devices of it', async () => {
    const [ann, bob] = [somebody(), somebody()];
    const id = await parley.group(ann, bob);
    const { id: messageId } = await parley.send(ann, id);
    const { db } = parley.shards.of(bob.userId);
    await db.$queryRaw`select deliver_inbox(array[${bob.userId}::uuid], array[${id}::uuid], array[5::bigint], array[1], array[0],
      array[now()], array[false])::text`;
    await Promise.all([1, 2, 3, 4].map(() => parley.mutate(bob, 'deleteMessage', { messageId, scope: 'VIEWER' })));
    const hidden = await db.hiddenMessage.findMany({ where: { userId: bob.userId } });
    expect(hidden).toMatchObject([
      { messageId: fromPublicId('message', messageId), conversationId: id, seq: 1, version: 2n },
    ]);
    expect(await db.inbox.findMany({ where: { userId: bob.userId } })).toMatchObject([{ version: 3n }]);
    expect(await db.inboxHead.findUnique({ where: { userId: bob.userId } })).toMatchObject({ version: 3n });
    const outbox = await db.outbox.findMany({ where: { key: bob.userId }, orderBy: { id: 'asc' } });
    expect(outbox.map(({ payload }) => events.InboxItemUpdated.parse(JSON.parse(payload)))).toMatchObject([
      { userId: bob.userId, inboxVersion: 2, hiddenMessageId: fromPublicId('message', messageId) },
      { userId: bob.userId, inboxVersion: 3 },
    ]);
    const stream = await parley.run(
      bob,
      'subscription { inboxEvents { __typename ... on MessageHidden { conversationId messageId cursor } } }',
      {},
      {
        inboxEvents: {
          type: 'inboxItem',
          event: {
            kind: 'inbox',
            userId: bob.userId,
            conversationId: id,
            inboxVersion: 2,
            isRemoved: false,
            hiddenMessageId: hidden[0]!.messageId,
          },
        },
      },
    );
    expect(stream.data.inboxEvents).toEqual({
      __typename: 'MessageHidden',
      conversationId: cnv(id),
      messageId,
      cursor: expect.any(String),
    });
  });
});
