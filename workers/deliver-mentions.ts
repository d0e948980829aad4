import type { Shards } from '../platform/shards/shards.js';
import type { ConversationLogEvent } from '../schema/events.js';

interface Mentioning {
  userId: string;
  conversationId: string;
  seq: number;
  isMentioned: boolean;
}

/** Keeps, on each person's shard, which messages mention them: unread mentions are counted there. A replay changes nothing. Returns why some were not. */
export async function writeMentions(shards: Shards, events: readonly ConversationLogEvent[]): Promise<Error[]> {
  // The last of several changes in a batch counts.
  const last = new Map(
    events.flatMap(mentioningsOf).map((each) => [`${each.userId} ${each.conversationId} ${each.seq}`, each] as const),
  );
  const answers = await shards.each(
    last.values(),
    ({ userId }) => userId,
    ({ db }, group) => db.$queryRaw<unknown[]>`
      select deliver_mentions(
        ${group.map(({ userId }) => userId)}::uuid[], ${group.map(({ conversationId }) => conversationId)}::uuid[],
        ${group.map(({ seq }) => seq)}::int[], ${group.map(({ isMentioned }) => isMentioned)}::boolean[])::text`,
  );
  return answers.flatMap((answer) => ('error' in answer ? [answer.error] : []));
}

function mentioningsOf(event: ConversationLogEvent): Mentioning[] {
  if (!('message' in event)) return [];
  const { conversationId, seq, mentions = [] } = event.message;
  const mentioning = (userId: string, isMentioned: boolean) => ({ userId, conversationId, seq, isMentioned });
  const gone = 'unmentionedIds' in event ? (event.unmentionedIds ?? []) : [];
  const here = event.type === 'MessageSent' || event.type === 'MessageEdited' ? mentions : [];
  return [...gone.map((userId) => mentioning(userId, false)), ...here.map(({ userId }) => mentioning(userId, true))];
}
