import type { DirectoryClient } from '../../platform/database/port.js';
import { BUCKETS } from '../../platform/ids/ids.js';
import { conversationChange, messageChange, personChange } from '../../platform/search-index/documents.js';
import type { IndexChange, IndexOf, IndexWriter, SearchIndex } from '../../platform/search-index/port.js';
import type { Shard, Shards } from '../../platform/shards/shards.js';
import { conversationsAfter, messagesAfter, Sources } from './sources.js';

/** Rows that are in memory at once, of each shard. */
const PAGE = 500;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

export interface ReindexOptions {
  index: Pick<SearchIndex, 'rebuild'>;
  directory: DirectoryClient;
  shards: Shards;
  /** Called after each page. */
  onProgress?: (progress: Progress) => void;
  /** Once aborted, the rebuild is dropped, and the index stays as it was. */
  signal?: AbortSignal;
}
export interface Progress {
  read: number;
  /** Of those read: what is gone, and so never found. */
  gone: number;
}

/**
 * Builds a fresh index beside the live one from what the databases hold, then puts it in its place. What changes meanwhile goes
 * to both, and of a thing the higher version stays, whichever comes first; so there is no gap. Whoever dies on the way leaves
 * the live index as it was: the next one starts afresh. Throws what a database or the index throws.
 */
export async function reindex(of: IndexOf, options: ReindexOptions): Promise<Progress> {
  const { index, signal } = options;
  const progress: Progress = { read: 0, gone: 0 };
  const rebuild = await index.rebuild(of);
  try {
    await fill[of](rebuild, {
      ...options,
      note: (changes) => {
        signal?.throwIfAborted();
        progress.read += changes.length;
        progress.gone += changes.filter(({ document }) => document === null).length;
        options.onProgress?.(progress);
      },
    });
    await rebuild.swap();
    return progress;
  } catch (error) {
    await rebuild.drop().catch(() => undefined); // the next rebuild does
    throw error;
  }
}

interface Filling extends ReindexOptions {
  note: (changes: readonly IndexChange<unknown>[]) => void;
}

const fill: Record<IndexOf, (fresh: IndexWriter, filling: Filling) => Promise<void>> = {
  messages: (fresh, filling) =>
    everyShard(filling.shards, ({ db }) =>
      inPages(
        (after) => messagesAfter(db, after, PAGE),
        async (rows) => {
          const changes = rows.flatMap(({ message, version }) => messageChange(message, version) ?? []);
          await fresh.writeMessages(changes);
          filling.note(changes);
        },
      ),
    ),
  people: (fresh, filling) => {
    const sources = new Sources(filling.directory, filling.shards);
    return inPages(
      (after) => sources.accountsAfter(after, PAGE),
      async (rows) => {
        const changes = rows.map(personChange);
        await fresh.writePeople(changes);
        filling.note(changes);
      },
    );
  },
  conversations: (fresh, filling) =>
    everyShard(filling.shards, ({ db }) =>
      inPages(
        (after) => conversationsAfter(db, after, PAGE),
        async (rows) => {
          const changes = rows.map(conversationChange);
          await fresh.writeConversations(changes);
          filling.note(changes);
        },
      ),
    ),
};

/**
 * Again, where buckets have moved meanwhile: to a shard that was done with already. Throws UNAVAILABLE where a shard cannot be
 * reached: without it the index would lack what it has.
 */
async function everyShard(shards: Shards, work: (shard: Shard) => Promise<void>): Promise<void> {
  for (let bucket = 0; bucket < BUCKETS; bucket++) shards.ofBucket(bucket);
  for (let version: bigint | null = null; version !== shards.mapVersion;) {
    version = shards.mapVersion;
    await Promise.all(shards.all.map(work));
    await shards.refresh();
  }
}

async function inPages<Row extends { id: string }>(
  read: (after: string) => Promise<Row[]>,
  write: (rows: Row[]) => Promise<void>,
): Promise<void> {
  for (let rows = await read(BEFORE_ALL); rows.length > 0; rows = await read(rows.at(-1)!.id)) await write(rows);
}
