import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Person } from '../../platform/auth/caller.js';
import type { ShardClient } from '../../platform/database/port.js';
import { newUuid } from '../../platform/ids/ids.js';
import { defaultRules } from '../../platform/rate-limit/rules.js';
import { cnv, codesOf, msg, openSearch, somebody, usr, type Answer } from './testing.js';

let search: Awaited<ReturnType<typeof openSearch>>;
let ann: Person, bob: Person, cid: Person;
beforeAll(async () => {
  search = await openSearch();
});
afterAll(() => search?.close());
beforeEach(() => {
  [ann, bob, cid] = [somebody(), somebody(), somebody()];
});

/** Ids of what was found. */
const foundIn = ({ data, errors }: Answer): (string | null)[] => {
  expect(errors).toBeUndefined();
  const [connection] = Object.values<{ edges: { node: { id: string } | null }[] }>(data);
  return connection!.edges.map(({ node }) => node?.id ?? null);
};
const nothing = { totalCount: 0, edges: [], pageInfo: { hasNextPage: false, hasPreviousPage: false } };

describe('messages', () => {
  test('are found by those who are in, from the message on that they may read', async () => {
    const group = await search.conversation([ann]);
    const early = await search.message(group, ann, 1, 'plums and pears');
    await search.join(group, bob, 2);
    const late = await search.message(group, ann, 2, 'Plums again');
    await search.catchUp();
    expect(foundIn(await search.messages(ann, 'plums')).sort()).toEqual([early, late].map(msg).sort());
    expect(foundIn(await search.messages(bob, 'plums'))).toEqual([msg(late)]);
    expect(foundIn(await search.messages(cid, 'plums'))).toEqual([]);
    const { data } = await search.messages(bob, ' plums\t');
    expect(data.searchMessages).toMatchObject({
      totalCount: 1,
      edges: [{ highlights: [{ text: 'Plums again', ranges: [{ start: 0, end: 5 }] }] }],
    });
  });

  test('of a time when somebody was not in are not found by them, nor any once they have left', async () => {
    const group = await search.conversation([ann, bob]);
    const [before, between, after] = [
      await search.message(group, ann, 1, 'quinces one'),
      await search.message(group, ann, 2, 'quinces two'),
      await search.message(group, ann, 3, 'quinces three'),
    ];
    await search.catchUp();
    await search.leave(group, bob, 1);
    expect(foundIn(await search.messages(bob, 'quinces'))).toEqual([]);
    expect(foundIn(await search.messages(bob, 'quinces', { filter: { conversationId: cnv(group) } }))).toEqual([]);
    await search.join(group, bob, 3);
    expect(foundIn(await search.messages(bob, 'quinces')).sort()).toEqual([before, after].map(msg).sort());
    expect(foundIn(await search.messages(ann, 'quinces'))).toContain(msg(between));
  });

  test('of a conversation that is not the viewer’s, or of an id that is none, are none and no error', async () => {
    const group = await search.conversation([ann]);
    await search.message(group, ann, 1, 'medlars');
    await search.catchUp();
    const there = newUuid(3);
    for (const filter of [
      { conversationId: cnv(group) },
      { conversationId: cnv(there) },
      { conversationId: 'nonsense' },
      { conversationId: usr(ann) },
      { senderId: 'nonsense' },
    ]) {
      const answer = await search.messages(bob, 'medlars', { filter });
      expect([filter, answer]).toMatchObject([filter, { data: { searchMessages: nothing } }]);
      expect(answer.errors).toBeUndefined();
    }
  });

  test('are narrowed by every filter', async () => {
    const [group, other] = [await search.conversation([ann, bob]), await search.conversation([ann, bob])];
    await search.message(group, ann, 1, 'figs');
    await search.message(other, bob, 1, 'figs');
    await search.catchUp();
    const filter = {
      conversationId: cnv(group),
      senderId: usr(ann),
      sentAfter: '2026-01-01T00:00:00.000Z',
      sentBefore: '2126-01-01T00:00:00.000Z',
      hasMedia: false,
      mediaKinds: ['VIDEO', 'IMAGE', 'IMAGE'],
      mentionsViewer: true,
    };
    await search.messages(ann, 'figs', { filter });
    expect(search.index.asked.messages.at(-1)).toMatchObject({
      scopes: [{ conversationId: group, spans: [{ fromSeq: 1, toSeq: null }] }],
      senderId: ann.userId,
      sentAfter: Date.parse(filter.sentAfter),
      sentBefore: Date.parse(filter.sentBefore),
      hasMedia: false,
      mediaKinds: ['IMAGE', 'VIDEO'],
      mentionedId: ann.userId,
    });
    expect(foundIn(await search.messages(ann, 'figs', { filter: { senderId: usr(bob) } }))).toHaveLength(1);
    const open = { conversationId: null, mediaKinds: [], hasMedia: null, mentionsViewer: false };
    expect(foundIn(await search.messages(ann, 'figs', { filter: open }))).toHaveLength(2);
  });

  test('that the viewer has hidden are not found, however many', async () => {
    const group = await search.conversation([ann, bob]);
    const ids = [];
    for (let seq = 1; seq <= 12; seq++) ids.push(await search.message(group, ann, seq, `sloes ${seq}`));
    await search.catchUp();
    for (const [index, id] of ids.entries()) if (index % 4 !== 0) await search.hide(bob, group, id, index + 1);
    expect(foundIn(await search.messages(bob, 'sloes', { first: 3 }))).toHaveLength(3);
    expect(foundIn(await search.messages(ann, 'sloes', { first: 100 }))).toHaveLength(12);
    // Also where the index was not told.
    const searchMessages = search.index.searchMessages.bind(search.index);
    search.index.searchMessages = (query) => searchMessages({ ...query, withoutIds: [] });
    try {
      const { data } = await search.messages(bob, 'sloes', { first: 3 });
      expect(data.searchMessages.edges).toHaveLength(3);
      expect(data.searchMessages.pageInfo.hasNextPage).toBe(false);
    } finally {
      search.index.searchMessages = searchMessages;
    }
  });

  test('that are gone are told without a word, and those that changed without what they said before', async () => {
    const group = await search.conversation([ann]);
    const [deleted, expired, edited] = [
      await search.message(group, ann, 1, 'damsons deleted'),
      await search.message(group, ann, 2, 'damsons expired'),
      await search.message(group, ann, 3, 'damsons edited'),
    ];
    await search.catchUp();
    const { db } = search.shards.of(group);
    await db.$executeRaw`update message set deleted_at = now(), body = null where id = ${deleted}::uuid`;
    await db.$executeRaw`update message set expires_at = now() - interval '1 second' where id = ${expired}::uuid`;
    await db.$executeRaw`update message set body = 'prunes' where id = ${edited}::uuid`;
    const { data } = await search.messages(ann, 'damsons');
    const edges = data.searchMessages.edges.map((edge: Record<string, unknown>) => [edge.node, edge.highlights]);
    expect(edges).toHaveLength(3);
    expect(edges).toEqual(
      expect.arrayContaining([
        [null, []],
        [null, []],
        [{ id: msg(edited) }, []],
      ]),
    );
    await search.catchUp();
  });

  test('come in pages without a gap or a repeat', async () => {
    const group = await search.conversation([ann]);
    const ids = [];
    for (let seq = 1; seq <= 7; seq++) ids.push(msg(await search.message(group, ann, seq, 'pears')));
    await search.catchUp();
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const { data }: Answer = await search.messages(ann, 'pears', { first: 3, after });
      const { edges, pageInfo, totalCount } = data.searchMessages;
      expect(totalCount).toBe(7);
      expect(pageInfo.hasPreviousPage).toBe(after !== null);
      expect(pageInfo.endCursor).toBe(edges.at(-1).cursor);
      seen.push(...edges.map((edge: { node: { id: string } }) => edge.node.id));
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(seen).toHaveLength(7);
    expect(new Set(seen)).toEqual(new Set(ids));
  });

  test('are found among 2,000 conversations with one statement a shard for each thing', async () => {
    const many = await search.conversation([ann]);
    const target = await search.message(many, ann, 1, 'greengages');
    for (const { db, name } of search.shards.all) {
      const ids = [];
      while (ids.length < 1_000) {
        const id = newUuid(Math.floor(Math.random() * 4096));
        if (search.shards.of(id).name === name) ids.push(id);
      }
      await db.$executeRaw`
        insert into member (conversation_id, user_id, role, joined_at, version, changed_at)
        select id, ${ann.userId}::uuid, 'MEMBER', now(), 1, now() from unnest(${ids}::uuid[]) id`;
      await db.$executeRaw`
        insert into member_span (conversation_id, user_id, from_seq)
        select id, ${ann.userId}::uuid, 1 from unnest(${ids}::uuid[]) id`;
      await search.shards.of(ann.userId).db.$executeRaw`
        insert into inbox (user_id, conversation_id, last_seq, read_seq, last_activity_at, conversation_version, version, changed_at)
        select ${ann.userId}::uuid, id, 0, 0, now(), 1, 1, now() from unnest(${ids}::uuid[]) id`;
    }
    await search.catchUp();
    let statements = 0;
    const count = (db: ShardClient) => watched(db, () => void statements++);
    const found = await withShards(count, () => search.messages(ann, 'greengages'));
    expect(foundIn(found)).toEqual([msg(target)]);
    expect(search.index.asked.messages.at(-1)?.scopes).toHaveLength(2_001);
    expect(statements).toBe(1 + 2 + 1 + 1 + 1); // list, scopes on two shards, hidden twice, bodies
  });

  test('of a shard that is away are left out, and told so beside the others', async () => {
    const [, lost] = search.shards.all;
    const on = (isLost: boolean) => {
      for (;;) {
        const bucket = Math.floor(Math.random() * 4096);
        if ((search.shards.ofBucket(bucket) === lost) === isLost) return bucket;
      }
    };
    const reader: Person = { ...somebody(), userId: newUuid(on(false)) };
    const here = await search.conversation([reader], { bucket: on(false) });
    const away = await search.conversation([reader], { bucket: on(true) });
    const near = await search.message(here, reader, 1, 'rowans');
    await search.message(away, reader, 1, 'rowans');
    await search.catchUp();
    expect(foundIn(await search.messages(reader, 'rowans'))).toHaveLength(2);
    const cut = (db: ShardClient) =>
      db === lost!.db ? watched(db, () => Promise.reject(new Error('Connection terminated'))) : db;
    const answer = await withShards(cut, () => search.messages(reader, 'rowans'));
    expect(answer.data.searchMessages.edges.map((edge: { node: unknown }) => edge.node)).toEqual([{ id: msg(near) }]);
    expect(answer.errors).toMatchObject([
      { path: ['searchMessages'], extensions: { code: 'UNAVAILABLE', retryable: true } },
    ]);
    // Whose own list lies there finds nothing: what they have hidden is unknown.
    const other: Person = { ...somebody(), userId: newUuid(on(true)) };
    expect(codesOf(await withShards(cut, () => search.messages(other, 'rowans')))).toEqual(['UNAVAILABLE']);
  });
});

describe('people', () => {
  test('are found by name, save those whom the viewer may not come across', async () => {
    const crowd = Array.from({ length: 30 }, somebody);
    await search.index.writePeople(
      crowd.map(({ userId }, i) => ({
        id: userId,
        version: 1,
        document: { id: userId, handle: `zoe_${i}`, displayName: 'Zoë' },
      })),
    );
    const hidden = new Set(crowd.slice(3).map(({ userId }) => userId));
    for (const id of hidden) search.lost.add(id);
    const seen: (string | null)[] = [];
    let after: string | null = null;
    for (let page = 0; page < 12; page++) {
      const answer: Answer = await search.list(ann, 'searchUsers', { query: 'zoe', first: 2, after });
      seen.push(...foundIn(answer));
      const { pageInfo } = answer.data.searchUsers;
      if (!pageInfo.hasNextPage) break;
      expect(pageInfo.endCursor).not.toBeNull();
      after = pageInfo.endCursor;
    }
    expect(new Set(seen)).toEqual(new Set(crowd.slice(0, 3).map(usr)));
    expect(seen).toHaveLength(3);
  });
});

describe('conversations', () => {
  test('are found by title: public channels by all, others by those who are in now', async () => {
    const channel = await search.conversation([], { kind: 'CHANNEL', title: 'Orchard news', visibility: 'PUBLIC' });
    const group = await search.conversation([ann, bob], { title: 'Orchard staff' });
    await search.index.writeConversations(
      (await search.sources.conversations([channel, group])).map(({ version, ...document }) => ({
        id: document.id,
        version,
        document,
      })),
    );
    const find = (viewer: Person) => search.list(viewer, 'searchConversations', { query: 'orchard' });
    expect(new Set(foundIn(await find(ann)))).toEqual(new Set([channel, group].map(cnv)));
    expect(foundIn(await find(cid))).toEqual([cnv(channel)]);
    await search.leave(group, bob, 0);
    expect(foundIn(await find(bob))).toEqual([cnv(channel)]);
    // What the index does not know yet.
    const { db } = search.shards.of(channel);
    await db.$executeRaw`update conversation set visibility = 'PRIVATE' where conversation_id = ${channel}::uuid`;
    expect(foundIn(await find(cid))).toEqual([]);
  });

  test('of two have no title to be found by', async () => {
    const direct = await search.conversation([ann, bob], { kind: 'DIRECT' });
    expect(await search.sources.conversations([direct])).toEqual([]);
  });
});

describe('whatever is typed', () => {
  test('that is nothing or too long is refused with a sentence', async () => {
    for (const query of ['', '   ', '\u0000\n', 'x'.repeat(257), 'y'.repeat(100_000), '😀'.repeat(257)]) {
      const answer = await search.messages(ann, query);
      expect([query.slice(0, 9), codesOf(answer)]).toEqual([query.slice(0, 9), ['BAD_USER_INPUT']]);
      expect(answer.errors?.[0]?.message).toMatch(/empty\. Say what|at most 256 characters/);
    }
    for (const field of ['searchUsers', 'searchConversations'] as const)
      expect(codesOf(await search.list(ann, field, { query: ' ' }))).toEqual(['BAD_USER_INPUT']);
    for (const query of ['x'.repeat(256), '😀'.repeat(256), '\ud800 lone', 'a\u0000b'])
      expect((await search.messages(ann, query)).errors).toBeUndefined();
    for (const first of [0, -1, 101])
      expect(codesOf(await search.messages(ann, 'x', { first }))).toEqual(['BAD_USER_INPUT']);
  });

  test('that is nothing finds all that a filter asks for', async () => {
    const group = await search.conversation([ann, bob]);
    await search.message(group, ann, 1, 'hips');
    const bobs = await search.message(group, bob, 2, 'haws');
    await search.catchUp();
    expect(foundIn(await search.messages(ann, ' ', { filter: { senderId: usr(bob) } }))).toEqual([msg(bobs)]);
    expect(codesOf(await search.messages(ann, ' ', { filter: { senderId: null, mediaKinds: [] } }))).toEqual([
      'BAD_USER_INPUT',
    ]);
  });

  test('a cursor is good for the same search by the same person alone', async () => {
    const group = await search.conversation([ann, bob]);
    for (const seq of [1, 2]) await search.message(group, ann, seq, 'cherries');
    await search.catchUp();
    const { data } = await search.messages(ann, 'cherries', { first: 1 });
    const after: string = data.searchMessages.pageInfo.endCursor;
    expect((await search.messages(ann, 'cherries ', { first: 2, after })).errors).toBeUndefined();
    const tampered = `${after.slice(0, -2)}${after.endsWith('AA') ? 'BB' : 'AA'}`;
    for (const [viewer, query, rest] of [
      [bob, 'cherries', { after }],
      [ann, 'cherry', { after }],
      [ann, 'cherries', { after, filter: { senderId: usr(bob) } }],
      [ann, 'cherries', { after: tampered }],
      [ann, 'cherries', { after: '' }],
      [ann, 'cherries', { after: 'x'.repeat(5_000) }],
    ] as const)
      expect(codesOf(await search.messages(viewer, query, rest))).toEqual(['BAD_USER_INPUT']);
    expect(codesOf(await search.list(ann, 'searchUsers', { query: 'cherries', after }))).toEqual(['BAD_USER_INPUT']);
  });

  test('is for the signed-in alone', async () => {
    const nobody = { kind: 'nobody', startedAt: 0 } as const;
    expect(codesOf(await search.messages(nobody, 'x'))).toEqual(['UNAUTHENTICATED']);
    for (const field of ['searchUsers', 'searchConversations'] as const)
      expect(codesOf(await search.list(nobody, field, { query: 'x' }))).toEqual(['UNAUTHENTICATED']);
  });

  test('is limited, with when to come back', async () => {
    await search.limit({ ...defaultRules, 'searchMessages.person': { points: 2, seconds: 60 } });
    try {
      for (const _ of [1, 2]) expect(codesOf(await search.messages(ann, 'x'))).toEqual([]);
      const refused = await search.messages(ann, 'x');
      expect(codesOf(refused)).toEqual(['RATE_LIMITED']);
      expect(Date.parse(refused.errors![0]!.extensions.retryAt!)).toBeGreaterThan(Date.now());
      expect(codesOf(await search.messages(bob, 'x'))).toEqual([]);
      expect(codesOf(await search.list(ann, 'searchUsers', { query: 'x' }))).toEqual([]);
    } finally {
      await search.limit(null);
    }
  });

  test('is UNAVAILABLE while the index is away', async () => {
    await search.conversation([ann]);
    search.index.isAway = true;
    try {
      expect(codesOf(await search.messages(ann, 'x'))).toEqual(['UNAVAILABLE']);
      expect(codesOf(await search.list(ann, 'searchUsers', { query: 'x' }))).toEqual(['UNAVAILABLE']);
    } finally {
      search.index.isAway = false;
    }
  });
});

/** A client whose reads go by `look` first. */
function watched(db: ShardClient, look: () => void | Promise<never>): ShardClient {
  return new Proxy(db, {
    get(target, name) {
      if (name !== '$queryRaw') return Reflect.get(target, name) as unknown;
      return async (...args: Parameters<ShardClient['$queryRaw']>) => {
        await look();
        return target.$queryRaw(...args);
      };
    },
  });
}

async function withShards<T>(change: (db: ShardClient) => ShardClient, work: () => Promise<T>): Promise<T> {
  const before = search.shards.all.map((shard) => [shard, shard.db] as const);
  try {
    for (const [shard, db] of before) shard.db = change(db);
    return await work();
  } finally {
    for (const [shard, db] of before) shard.db = db;
  }
}
