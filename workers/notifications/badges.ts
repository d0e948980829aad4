import type { Shards } from '../../platform/shards/shards.js';

/** What Viewer.unreadCount says of each: unread messages over all conversations that are neither muted nor archived. */
export async function readBadges(shards: Shards, userIds: readonly string[]): Promise<Map<string, number>> {
  const badges = new Map(userIds.map((userId) => [userId, 0]));
  const add = (userId: string, count: number) => badges.set(userId, (badges.get(userId) ?? 0) + count);
  const written = await shards.gather(
    userIds,
    (userId) => userId,
    ({ db }, some) => db.$queryRaw<{ userId: string; count: bigint }[]>`
      select i."userId", sum(i."unreadCount")::bigint as count from inbox_item i
      where owns_buckets(${some}::uuid[]) and i."userId" = any (${some}::uuid[]) and not i."isRemoved"
        and i."fanOut" = 'ON_WRITE' and i."archivedAt" is null and not i."isMuted"
      group by i."userId"`,
  );
  for (const { userId, count } of written) add(userId, Number(count));
  const onRead = await shards.gather(
    userIds,
    (userId) => userId,
    ({ db }, some) => db.$queryRaw<{ userId: string; conversationId: string }[]>`
      select i."userId", i."conversationId" from inbox_item i
      where owns_buckets(${some}::uuid[]) and i."userId" = any (${some}::uuid[]) and not i."isRemoved"
        and i."fanOut" = 'ON_READ' and i."archivedAt" is null and not i."isMuted"`,
  );
  const counted = await shards.gather(
    onRead,
    ({ conversationId }) => conversationId,
    ({ db }, some) => {
      const conversationIds = some.map(({ conversationId }) => conversationId);
      return db.$queryRaw<{ userId: string; count: number }[]>`
        select m.user_id as "userId", greatest(h.last_seq - m.read_seq, 0) as count
        from unnest(${some.map(({ userId }) => userId)}::uuid[], ${conversationIds}::uuid[]) as w (user_id, conversation_id)
        join conversation_head h on h.conversation_id = w.conversation_id
        join member m on m.conversation_id = w.conversation_id and m.user_id = w.user_id and m.left_at is null
        where owns_buckets(${conversationIds}::uuid[])`;
    },
  );
  for (const { userId, count } of counted) add(userId, count);
  return badges;
}
