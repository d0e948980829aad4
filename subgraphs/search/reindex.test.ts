import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Person } from '../../platform/auth/caller.js';
import { messageChange } from '../../platform/search-index/documents.js';
import { MemorySearchIndex } from '../../platform/search-index/memory-search-index.fixture.js';
import { newUuid } from '../../platform/ids/ids.js';
import { reindex, type ReindexOptions } from './reindex.js';
import { messagesAfter } from './sources.js';
import { openSearch, somebody } from './testing.js';

let search: Awaited<ReturnType<typeof openSearch>>;
let index: MemorySearchIndex;
let ann: Person;
let groups: string[];
beforeAll(async () => {
  search = await openSearch();
  ann = somebody();
  groups = [];
  while (groups.length < 4 || new Set(groups.map((id) => search.shards.of(id).name)).size < 2)
    groups.push(await search.conversation([ann], { title: `Group ${groups.length}` }));
  for (const id of groups) {
    for (let seq = 1; seq <= 3; seq++) await search.message(id, ann, seq, `words ${seq}`);
    await search.message(id, ann, 4, 'joined', 'SYSTEM');
  }
  const { db } = search.shards.of(groups[0]!);
  await db.$executeRaw`update message set deleted_at = now(), body = null, version = 9 where conversation_id = ${groups[0]}::uuid and seq = 1`;
});
afterAll(() => search?.close());
beforeEach(() => {
  index = new MemorySearchIndex();
});

const options = (more: Partial<ReindexOptions> = {}): ReindexOptions => ({
  index,
  directory: search.directory,
  shards: search.shards,
  ...more,
});
const versions = () => new Map([...index.live.messages.values()].map(({ id, version }) => [id, version]));

test('messages of all shards come in, what is gone as tombstones', async () => {
  const count = groups.length * 3;
  expect(await reindex('messages', options())).toEqual({ read: count, gone: 1 });
  expect(index.live.messages.size).toBe(count);
  const gone = [...index.live.messages.values()].filter(({ document }) => document === null);
  expect(gone).toMatchObject([{ version: 9 }]);
  // A late event of before it was deleted.
  await index.writeMessages([{ ...gone[0]!, version: 1, document: {} as never }]);
  expect(index.live.messages.get(gone[0]!.id)?.document).toBeNull();
});

test('what changes meanwhile is in the new index, whichever comes first', async () => {
  const [id] = [...(await messagesAfter(search.shards.of(groups[1]!).db, newUuid(0, 0), 1)).map((row) => row.id)];
  const fresh = await search.message(groups[1]!, ann, 50, 'new words');
  let isFirst = true;
  await reindex(
    'messages',
    options({
      onProgress: () => {
        if (!isFirst) return;
        isFirst = false;
        // As the worker has it: of a message that was read, and of one that may not be yet.
        void index.writeMessages([{ id: id!, version: 100, document: null }]);
        void index.writeMessages([{ id: fresh, version: 101, document: null }]);
      },
    }),
  );
  expect([versions().get(id!), versions().get(fresh)]).toEqual([100, 101]);
});

test('what is in the live index alone, because the databases have it no more, is gone', async () => {
  const stray = newUuid(1);
  await index.writeMessages([{ id: stray, version: 1, document: {} as never }]);
  await reindex('messages', options());
  expect(index.live.messages.has(stray)).toBe(false);
});

test('one that is stopped, or fails, leaves the index as it was, and the next begins anew', async () => {
  await index.writeMessages([{ id: newUuid(1), version: 1, document: null }]);
  const before = versions();
  const stopping = new AbortController();
  stopping.abort();
  await expect(reindex('messages', options({ signal: stopping.signal }))).rejects.toThrow();
  expect(versions()).toEqual(before);
  const failing = options({
    onProgress: () => {
      throw new Error('the disk is full');
    },
  });
  await expect(reindex('messages', failing)).rejects.toThrow('the disk is full');
  expect(versions()).toEqual(before);
  await reindex('messages', options());
  expect(versions().size).toBeGreaterThan(before.size);
});

test('a shard that cannot be reached fails it: the index would lack what that has', async () => {
  const ofBucket = search.shards.ofBucket.bind(search.shards);
  search.shards.ofBucket = (bucket) => {
    if (bucket === 4_000) throw new Error('no connection');
    return ofBucket(bucket);
  };
  try {
    await expect(reindex('messages', options())).rejects.toThrow('no connection');
  } finally {
    search.shards.ofBucket = ofBucket;
  }
});

test('people and conversations come in page by page, conversations of two not at all', async () => {
  const crowd = Array.from({ length: 1_100 }, (_, i) => ({
    userId: newUuid(i),
    handle: `person_${i}`,
    displayName: 'P',
  }));
  await search.directory.user.createMany({ data: crowd });
  await search.directory.user.update({ where: { userId: crowd[3]!.userId }, data: { deletedAt: new Date() } });
  expect(await reindex('people', options())).toEqual({ read: 1_100, gone: 1 });
  expect(index.live.people.get(crowd[4]!.userId)?.document).toMatchObject({ handle: 'person_4' });
  await search.conversation([ann], { kind: 'DIRECT' });
  expect((await reindex('conversations', options())).read).toBe(groups.length);
  expect(index.live.conversations.get(groups[2]!)?.document).toMatchObject({ title: 'Group 2', isPublic: false });
});

test('the same message makes the same document by event and by row', async () => {
  const id = await search.message(groups[2]!, ann, 60, 'the same');
  await reindex('messages', options());
  const [row] = (await messagesAfter(search.shards.of(id).db, newUuid(0, 0), 1_000)).filter((each) => each.id === id);
  expect(index.live.messages.get(id)).toEqual(messageChange(row!.message, row!.version));
});
