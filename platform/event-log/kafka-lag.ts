import type { Admin } from 'kafkajs';

/** Records that a group has not committed, per topic of which it has committed any. */
export async function groupLag(admin: Admin, group: string): Promise<Record<string, number>> {
  const committed = await admin.fetchOffsets({ groupId: group });
  const lags = await Promise.all(
    committed.map(async ({ topic, partitions }): Promise<[string, number]> => {
      const offsetOf = new Map(partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
      let behind = 0n;
      for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) {
        const [end, start] = [BigInt(high), BigInt(low)];
        const next = offsetOf.get(partition) ?? -1n;
        behind += end - (next > start ? next : start);
      }
      return [topic, Number(behind)];
    }),
  );
  return Object.fromEntries(lags);
}
