import type { PrismaClient as DirectoryPrisma } from '../../prisma/directory/client/client.js';
import type { PrismaClient as ShardPrisma } from '../../prisma/shard/client/client.js';
import type { HotPool } from './hot-pool.js';

/** Prisma, and beside it the few statements that every message needs. */
interface Hot {
  readonly hot: HotPool;
}
/** Accounts, devices, blocks, the shard map: one database for all. */
export type DirectoryClient = DirectoryPrisma & Hot;
/** Conversations and inboxes of a range of buckets: one database of N. */
export type ShardClient = ShardPrisma & Hot;

/** A running Postgres with the directory and the shards, migrated. */
export interface Databases {
  directory: DirectoryClient;
  /** By name: 'shard0', 'shard1', … */
  shards: ReadonlyMap<string, ShardClient>;
  /**
   * The connection string of one of them: 'directory', a shard's name, also of one beside the directory that is not there yet;
   * where they are embedded also 'search', migrated as well.
   */
  url: (name: string) => string;
  /** Opens a shard that was added since; without a url, beside the directory. Ended by close() with the others. */
  openShard(name: string, url: string | null): ShardClient;
  /** Ends all connections, and the server too where it is embedded. */
  close(): Promise<void>;
}
