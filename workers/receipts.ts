import type { PubSub } from '../platform/pubsub/port.js';
import type { Shard, Shards } from '../platform/shards/shards.js';
import { defineWorker, type Worker } from '../platform/worker/define-worker.js';
import type { EventOf } from '../schema/events.js';
import { channels } from '../schema/live.js';
import type { People } from '../schema/people.js';

/** For how long receipts gather after a batch. The first after a silence is folded at once. */
const GATHER_MS = 100;
const BATCH = 500;

export interface ReceiptsDependencies {
  shards: Shards;
  people: Pick<People, 'privacy'>;
  pubsub: PubSub;
}

/** The highest that came in of one member. */
interface Marks {
  conversationId: string;
  userId: string;
  delivered: number;
  read: number;
}
interface QuietRead {
  conversation_id: string;
  user_id: string;
  read_seq: number;
}

/**
 * Folds what devices have received and people have read into members' watermarks: one call a shard for all that came in
 * meanwhile, and one WatermarksMoved a conversation. What the other members must not learn of is kept without an event,
 * and only the person's own inbox follows. Marks move only forward, so a replay does nothing.
 */
export function receipts({ shards, people, pubsub }: ReceiptsDependencies): Worker {
  return defineWorker({
    name: 'receipts',
    events: ['MessageDelivered', 'MessageRead'],
    batch: { size: BATCH, within: GATHER_MS },
    handle: async (events) => {
      const marks = fold(events);
      const privacy = await people.privacy([...new Set(marks.map(({ userId }) => userId))]);
      const hides = (userId: string) => privacy.get(userId)?.readReceipts === false;
      const touched = new Set<Shard>();
      const quiet = await shards.gather(
        marks,
        ({ conversationId }) => conversationId,
        (shard, group) => moveWatermarks(touched.add(shard) && shard, group, hides),
      );
      await shards.gather(
        quiet,
        (read) => read.user_id,
        (shard, group) => moveInboxReads(touched.add(shard) && shard, group),
      );
      // Only for speed: the relays look by themselves.
      for (const { name } of touched) await pubsub.publish(channels.outbox(name), '').catch(() => undefined);
    },
  });
}

function fold(events: EventOf<'MessageDelivered' | 'MessageRead'>[]): Marks[] {
  const marks = new Map<string, Marks>();
  for (const { type, conversationId, userId, seq } of events) {
    const key = `${conversationId} ${userId}`;
    const mark = marks.get(key) ?? { conversationId, userId, delivered: 0, read: 0 };
    const kind = type === 'MessageRead' ? 'read' : 'delivered';
    mark[kind] = Math.max(mark[kind], seq);
    marks.set(key, mark);
  }
  return [...marks.values()];
}

async function moveWatermarks({ db }: Shard, marks: Marks[], hides: (userId: string) => boolean): Promise<QuietRead[]> {
  return db.$queryRaw<QuietRead[]>`
    select conversation_id, user_id, read_seq from move_watermarks(
      ${marks.map((mark) => mark.conversationId)}::uuid[], ${marks.map((mark) => mark.userId)}::uuid[],
      ${marks.map((mark) => mark.delivered)}::int[], ${marks.map((mark) => mark.read)}::int[],
      ${marks.map((mark) => hides(mark.userId))}::boolean[])`;
}

async function moveInboxReads({ db }: Shard, reads: QuietRead[]): Promise<never[]> {
  await db.$executeRaw`
    select move_inbox_reads(${reads.map((read) => read.user_id)}::uuid[], ${reads.map((read) => read.conversation_id)}::uuid[],
      ${reads.map((read) => read.read_seq)}::int[])`;
  return [];
}
