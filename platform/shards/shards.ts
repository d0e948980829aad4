import type { DirectoryClient, ShardClient } from '../database/port.js';
import { Fault } from '../errors/errors.js';
import { BUCKETS, bucketOf } from '../ids/ids.js';

export interface Shard {
  name: string;
  db: ShardClient;
  /** Raised by a failover that lost commits; sealed into cursors. */
  epoch: number;
}

/** Which shard holds an id. The map is cached; a shard refuses a write for a bucket that it does not own. */
export class Shards {
  private readonly byBucket: (Shard | undefined)[] = new Array<Shard | undefined>(BUCKETS);

  private constructor(
    private readonly directory: DirectoryClient,
    readonly all: readonly Shard[],
  ) {}

  static async load(directory: DirectoryClient, clients: ReadonlyMap<string, ShardClient>): Promise<Shards> {
    const all = await Promise.all(
      [...clients].map(async ([name, db]) => ({ name, db, epoch: (await db.shardState.findFirstOrThrow()).epoch })),
    );
    const shards = new Shards(directory, all);
    await shards.reload();
    return shards;
  }

  /** Reads the map again. */
  async reload(): Promise<void> {
    const named = new Map(this.all.map((shard) => [shard.name, shard]));
    for (const range of await this.directory.shardRange.findMany())
      this.byBucket.fill(named.get(range.shard), range.fromBucket, range.toBucket + 1);
  }

  /** The shard of a UUID made by newUuid. Throws UNAVAILABLE when this process has no connection to it. */
  of(uuid: string): Shard {
    return this.ofBucket(bucketOf(uuid));
  }

  ofBucket(bucket: number): Shard {
    const shard = this.byBucket[bucket];
    if (!shard) throw new Fault('UNAVAILABLE', 'This part of the data cannot be reached right now. Try again.');
    return shard;
  }

  /** The ids of each shard, so that one query serves many ids. */
  group(uuids: Iterable<string>): Map<Shard, string[]> {
    const groups = new Map<Shard, string[]>();
    for (const uuid of uuids) {
      const shard = this.of(uuid);
      const group = groups.get(shard);
      if (group) group.push(uuid);
      else groups.set(shard, [uuid]);
    }
    return groups;
  }
}
