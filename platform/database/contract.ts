import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BUCKETS, newUuid } from '../ids/ids.js';
import type { Databases } from './port.js';

/** What every database adapter promises, on databases that `open` hands out migrated and otherwise empty. */
export function databaseContract(name: string, open: () => Promise<Databases>): void {
  describe(`${name} databases`, () => {
    let databases: Databases;
    beforeAll(async () => {
      databases = await open();
    });
    afterAll(() => databases.close());

    it('give back what was written, in the directory and in every shard', async () => {
      const userId = newUuid(7);
      await databases.directory.user.create({
        data: { userId, handle: `h${userId.slice(-12)}`, displayName: 'Zoë 🌱' },
      });
      expect(await databases.directory.user.findUnique({ where: { userId } })).toMatchObject({ displayName: 'Zoë 🌱' });
      for (const shard of databases.shards.values()) {
        await shard.inboxHead.create({ data: { userId, version: 2n ** 53n + 1n } });
        expect(await shard.inboxHead.findUnique({ where: { userId } })).toEqual({ userId, version: 2n ** 53n + 1n });
      }
    });

    it('map every bucket to one open shard, which owns it', async () => {
      const ranges = await databases.directory.shardRange.findMany({ orderBy: { fromBucket: 'asc' } });
      let next = 0;
      for (const { fromBucket, toBucket, shard } of ranges) {
        expect(fromBucket).toBe(next);
        const owned = await databases.shards.get(shard)?.bucketOwner.count({
          where: { open: true, bucket: { gte: fromBucket, lte: toBucket } },
        });
        expect(owned).toBe(toBucket - fromBucket + 1);
        next = toBucket + 1;
      }
      expect(next).toBe(BUCKETS);
      const all = await Promise.all([...databases.shards.values()].map((shard) => shard.bucketOwner.count()));
      expect(all.reduce((sum, each) => sum + each, 0)).toBe(BUCKETS);
    });

    it('wait for the disk at commit, and end a transaction that idles for a second', async () => {
      for (const db of [databases.directory, ...databases.shards.values()]) {
        const [row] = await db.$queryRaw<{ commit: string; idle: string }[]>`
          select current_setting('synchronous_commit') as commit,
            current_setting('idle_in_transaction_session_timeout') as idle`;
        expect(row).toEqual({ commit: 'on', idle: '1s' });
      }
    });

    it('roll a failed transaction back whole', async () => {
      const userId = newUuid(9);
      const [shard] = databases.shards.values();
      const attempt = shard!.$transaction([
        shard!.inboxHead.create({ data: { userId } }),
        shard!.inboxHead.create({ data: { userId } }),
      ]);
      await expect(attempt).rejects.toMatchObject({ code: 'P2002' });
      expect(await shard!.inboxHead.findUnique({ where: { userId } })).toBeNull();
    });
  });
}
