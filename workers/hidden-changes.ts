import type { Shards } from '../platform/shards/shards.js';
import type { ConversationLogEvent } from '../schema/events.js';

interface Recipient {
  event: ConversationLogEvent;
  userId: string;
}

/**
 * Those to whom an event would show a message that they have deleted for themselves, and those of whom that is not known
 * because their shard cannot answer.
 */
export async function findHidden<Each extends Recipient>(
  shards: Shards,
  shares: readonly Each[],
): Promise<{ hidden: Set<Each>; unknown: Each[]; errors: Error[] }> {
  const asked = shares.flatMap((share) => {
    const { event, userId } = share;
    // Nobody hides what was not sent yet.
    if (!('message' in event) || event.type === 'MessageSent') return [];
    const { id, conversationId, seq } = event.message;
    return [{ share, userId, id, conversationId, seq }];
  });
  const found = new Set<Each>();
  const answers = await shards.each(
    asked,
    ({ userId }) => userId,
    async ({ db }, group) => {
      const rows = await db.$queryRaw<{ n: number }[]>`
        select r.n::int from unnest(${group.map(({ userId }) => userId)}::uuid[], ${group.map(({ id }) => id)}::uuid[])
          with ordinality r(user_id, message_id, n)
        cross join lateral (
          select from hidden_message h where h.user_id = r.user_id and h.message_id = r.message_id limit 1
        ) h
        where owns_buckets(${group.map(({ userId }) => userId)}::uuid[])`;
      for (const { n } of rows) {
        const hit = group[n - 1];
        if (hit) found.add(hit.share);
      }
    },
  );
  const failed = answers.flatMap((answer) => ('error' in answer ? [answer] : []));
  return {
    hidden: found,
    unknown: failed.flatMap(({ keys }) => keys.map(({ share }) => share)),
    errors: failed.map(({ error }) => error),
  };
}
