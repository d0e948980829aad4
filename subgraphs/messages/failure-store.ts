import type { PubSub } from '../../platform/pubsub/port.js';
import type { Shards } from '../../platform/shards/shards.js';
import { channels } from '../../schema/live.js';

/**
 * Marks a message as one that could not be delivered: its sender sees FAILED, and streams tell it. For who gives up on a
 * MessageSent. Once is enough: false where it is marked already, deleted, or not there.
 */
export async function markFailed(
  { shards, pubsub }: { shards: Shards; pubsub: PubSub },
  conversationId: string,
  seq: number,
): Promise<boolean> {
  const rows = await shards.on(
    conversationId,
    ({ db }) => db.$queryRaw<{ failed: boolean }[]>`
    select fail_message(${conversationId}::uuid, ${seq}::int) as failed`,
  );
  const { name } = shards.of(conversationId);
  await pubsub.publish(channels.outbox(name), '').catch(() => undefined); // the relay looks by itself, too
  return rows[0]?.failed ?? false;
}
