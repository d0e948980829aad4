import type { PubSub } from '../platform/pubsub/port.js';
import type { Shards } from '../platform/shards/shards.js';
import { defineWorker, type Worker } from '../platform/worker/define-worker.js';
import type { EventOf } from '../schema/events.js';
import { channels } from '../schema/live.js';
import { webhookEventOf, type WebhookSource } from '../schema/webhooks.js';
import { payloadOf } from './webhook-payload.js';
import type { LiveWebhook, NewDelivery, WebhookRows } from './webhook-rows.js';

const BATCH = 200;
const GATHER_MS = 200;

export interface WebhooksDeps {
  rows: Pick<WebhookRows, 'live' | 'add' | 'empty'>;
  shards: Shards;
  pubsub: Pick<PubSub, 'publish'>;
}

/**
 * Notes what is to be sent to which webhook: what happened in conversations that their bots are in now, but for what they
 * wrote themselves. `send-webhooks` sends. So no receiver, however slow, holds up the log; a replay notes the same again.
 */
export function webhooks({ rows, shards, pubsub }: WebhooksDeps): Worker {
  return defineWorker({
    name: 'webhooks',
    events: Object.keys(webhookEventOf) as WebhookSource[],
    batch: { size: BATCH, within: GATHER_MS },
    handle: async (events) => {
      const deleted = new Set(events.flatMap((event) => (isDeletion(event) ? [event.message.id] : [])));
      // Also what waits for webhooks that are disabled.
      await rows.empty([...deleted]);
      const live = await rows.live();
      if (live.length === 0) return;
      const members = await botsIn(shards, [...new Set(events.map((each) => each.conversationId))], live);
      const deliveries: NewDelivery[] = [];
      for (const event of events) {
        const { conversationId, conversationVersion: version, id: eventId } = event;
        const message = 'message' in event ? event.message : null;
        const messageId = message?.id ?? null;
        // What is gone by the end of the batch is told of as deleted, and of nothing before.
        if (messageId && deleted.has(messageId) && !isDeletion(event)) continue;
        for (const { webhookId, userId, eventTypes, conversationIds, createdAt } of live) {
          const isMeant =
            Date.parse(event.at) >= createdAt.getTime() &&
            members.has(`${conversationId} ${userId}`) &&
            eventTypes.includes(webhookEventOf[event.type]) &&
            (conversationIds === null || conversationIds.includes(conversationId)) &&
            !(event.type === 'MessageSent' && message?.senderId === userId);
          if (!isMeant) continue;
          const payload = JSON.stringify(payloadOf(event));
          deliveries.push({ webhookId, conversationId, version, eventId, messageId, payload });
        }
      }
      if (deliveries.length === 0) return;
      await rows.add(deliveries);
      await pubsub.publish(channels.webhooks, '').catch(() => undefined); // who sends looks by itself, too
    },
  });
}

function isDeletion(event: EventOf<WebhookSource>): event is EventOf<'MessageDeleted' | 'MessageExpired'> {
  return event.type === 'MessageDeleted' || event.type === 'MessageExpired';
}

/** `<conversation> <bot>`, as the memberships are now. */
export async function botsIn(
  shards: Shards,
  conversationIds: string[],
  of: readonly Pick<LiveWebhook, 'userId'>[],
): Promise<Set<string>> {
  const userIds = [...new Set(of.map(({ userId }) => userId))];
  const found = await shards.gather(
    conversationIds,
    (id) => id,
    ({ db }, ids) => db.$queryRaw<{ key: string }[]>`
      select conversation_id || ' ' || user_id as key from member
      where conversation_id = any(${ids}::uuid[]) and user_id = any(${userIds}::uuid[]) and left_at is null
        and owns_buckets(${ids}::uuid[])`,
  );
  return new Set(found.map(({ key }) => key));
}
