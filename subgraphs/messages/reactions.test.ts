import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Person } from '../../platform/auth/caller.js';
import type { EventOf } from '../../schema/events.js';
import { openChanges, usr } from './changes.fixture.js';
import { cnv, somebody } from './testing.js';

interface UserPage {
  edges: { node: { id: string } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

let parley: Awaited<ReturnType<typeof openChanges>>;
beforeAll(async () => {
  parley = await openChanges();
});
afterAll(() => parley.close());

describe('reactions', () => {
  test('are counted by emoji, in the order in which they came, and adding or removing twice is once', async () => {
    const [ann, bob] = [somebody(), somebody()];
    const id = await parley.group(ann, bob);
    const { id: messageId } = await parley.send(ann, id);
    const before = await parley.versionOf(id);
    for (const [viewer, emoji] of [
      [bob, '🎉'],
      [ann, '👍'],
      [bob, '👍'],
      [bob, '👍'],
    ] as const)
      expect((await parley.mutate(viewer, 'addReaction', { messageId, emoji })).codes).toEqual([]);
    const [party, thumb] = (await parley.read(ann, messageId)).reactions;
    expect(party).toEqual({
      emoji: '🎉',
      count: 1,
      viewerHasReacted: false,
      users: { edges: [{ node: { id: usr(bob) } }] },
    });
    expect(thumb).toMatchObject({ emoji: '👍', count: 2, viewerHasReacted: true });
    for (let i = 0; i < 2; i++) await parley.mutate(bob, 'removeReaction', { messageId, emoji: '👍' });
    expect((await parley.read(bob, messageId)).reactions).toMatchObject([
      { emoji: '🎉', viewerHasReacted: true },
      { emoji: '👍', count: 1, viewerHasReacted: false },
    ]);
    expect(await parley.versionOf(id)).toBe(before + 4);
    const told = (await parley.eventsOf(id)).slice(1) as EventOf<'MessageReacted'>[];
    expect(told.map(({ reaction }) => [reaction.userId, reaction.emoji, reaction.isAdded])).toEqual([
      [bob.userId, '🎉', true],
      [ann.userId, '👍', true],
      [bob.userId, '👍', true],
      [bob.userId, '👍', false],
    ]);
  });

  test('the same by one person many times at once is one', async () => {
    const ann = somebody();
    const id = await parley.group(ann);
    const { id: messageId } = await parley.send(ann, id);
    const before = await parley.versionOf(id);
    await Promise.all(Array.from({ length: 8 }, () => parley.mutate(ann, 'addReaction', { messageId, emoji: '👍' })));
    expect((await parley.read(ann, messageId)).reactions).toMatchObject([{ count: 1 }]);
    expect(await parley.versionOf(id)).toBe(before + 1);
  });

  test('are at most 20 different ones, and pages tell who reacted', async () => {
    const people = Array.from({ length: 5 }, somebody);
    const ann = people[0]!;
    const id = await parley.group(...people);
    const { id: messageId } = await parley.send(ann, id);
    const emoji = [
      '👍',
      '👎',
      '😀',
      '😃',
      '😄',
      '😁',
      '😆',
      '😅',
      '🤣',
      '😂',
      '🙂',
      '🙃',
      '🫠',
      '😉',
      '😊',
      '😇',
      '🥰',
      '😍',
      '🤩',
      '😘',
    ];
    for (const each of emoji) await parley.mutate(ann, 'addReaction', { messageId, emoji: each });
    expect((await parley.mutate(ann, 'addReaction', { messageId, emoji: '😗' })).codes).toEqual(['CONFLICT']);
    await Promise.all(people.map((person) => parley.mutate(person, 'addReaction', { messageId, emoji: '👍' })));
    for (const each of emoji.slice(1)) await parley.mutate(ann, 'removeReaction', { messageId, emoji: each });
    const USERS = `query ($id: ID!, $after: String) { message(id: $id) { reactions { users(first: 2, after: $after) {
      edges { node { id } } pageInfo { hasNextPage endCursor } } } } }`;
    const found: string[] = [];
    let after: string | null = null;
    for (let hasMore = true; hasMore;) {
      const { users }: { users: UserPage } = (await parley.run(ann, USERS, { id: messageId, after })).data.message
        .reactions[0];
      found.push(...users.edges.map((edge) => edge.node.id));
      after = users.pageInfo.endCursor;
      hasMore = users.pageInfo.hasNextPage;
    }
    expect(found).toEqual(people.map(usr).sort());
  });
});

describe('pins', () => {
  test('are for admins in groups and for both in direct conversations, latest first', async () => {
    const [ann, bob] = [somebody(), somebody()];
    const id = await parley.group(ann, bob);
    const messages = [await parley.send(ann, id), await parley.send(bob, id), await parley.send(bob, id)];
    const pinned = async (viewer: Person) => {
      const answer = await parley.run(
        viewer,
        'query ($id: ID!) { _entities(representations: [{ __typename: "Conversation", id: $id }]) { ... on Conversation { pinnedMessages { seq } } } }',
        { id: cnv(id) },
      );
      return answer.data._entities[0].pinnedMessages.map(({ seq }: { seq: number }) => seq);
    };
    const pin = (viewer: Person, seq: number, name = 'pinMessage') =>
      parley.mutate(viewer, name, { messageId: messages[seq - 1]!.id });
    expect((await pin(bob, 1)).codes).toEqual(['FORBIDDEN']);
    for (const seq of [2, 1, 1]) expect((await pin(ann, seq)).message.pinnedAt).not.toBeNull();
    expect(await pinned(bob)).toEqual([1, 2]);
    expect((await pin(bob, 1, 'unpinMessage')).codes).toEqual(['FORBIDDEN']);
    for (let i = 0; i < 2; i++) expect((await pin(ann, 1, 'unpinMessage')).message.pinnedAt).toBeNull();
    await parley.setPolicy(id, { kind: 'DIRECT' });
    await parley.setMember(id, bob, { role: 'MEMBER' });
    expect((await pin(bob, 3)).codes).toEqual([]);
    expect(await pinned(ann)).toEqual([3, 2]);
    await parley.mutate(bob, 'deleteMessage', { messageId: messages[1]!.id });
    expect(await pinned(ann)).toEqual([3]);
    expect(
      (await parley.eventsOf(id)).slice(3).map(({ type, message }) => [type, message.seq, 'pinnedAt' in message]),
    ).toEqual([
      ['MessagePinned', 2, true],
      ['MessagePinned', 1, true],
      ['MessagePinned', 1, false],
      ['MessagePinned', 3, true],
      ['MessageDeleted', 2, false],
    ]);
  });

  test('are at most 50', async () => {
    const ann = somebody();
    const id = await parley.group(ann);
    const messages = await Promise.all(Array.from({ length: 53 }, () => parley.send(ann, id)));
    const outcomes = await Promise.all(
      messages.map(({ id: messageId }) => parley.mutate(ann, 'pinMessage', { messageId })),
    );
    expect(outcomes.filter(({ codes }) => codes.length === 0)).toHaveLength(50);
    expect(outcomes.flatMap(({ codes }) => codes)).toEqual(['CONFLICT', 'CONFLICT', 'CONFLICT']);
  });
});
