import { Counter, type Registry } from 'prom-client';
import type { Shard, Shards } from '../platform/shards/shards.js';
import { defineJob, type Job } from '../platform/worker/define-job.js';

/** Rows looked at in one turn. */
const BATCH = 2_000;
/** Also the time that deliver has for a row that lags. */
const TURN_MS = 5_000;

/** Where the next turn goes on. A fresh one starts at the first row; it can be kept anywhere, or be lost. */
export interface ReconcilePlace {
  shard: number;
  /** The last row looked at. */
  after: { userId: string; conversationId: string } | null;
  /** Rows that differed from their source in the last turn: deliver may have been on its way to them. */
  suspects: Suspect[];
}
interface Suspect {
  userId: string;
  conversationId: string;
  /** What the row must have reached by now. */
  lastSeq: number;
  readSeq: number;
}
interface InboxRow extends Suspect {
  version: bigint;
}
interface Source {
  conversation_id: string;
  user_id: string;
  last_seq: number;
  read_seq: number;
  is_on_read: boolean;
}

export interface DriftMetrics {
  found(rows: number): void;
  repaired(rows: number): void;
}

export const firstPlace: ReconcilePlace = { shard: 0, after: null, suspects: [] };

/**
 * One turn of the comparison of inboxes, which unread counts are read from, with what they copy: the newest seq of the
 * conversation and the member's read watermark. A row that differs is looked at again in the next turn, and repaired if it
 * still lacks what it lacked: by then it is lost, and not only late. Where deliver is later than that, the row is counted
 * and moved all the same; deliver then finds it where it belongs. What was read never goes back. Returns where to go on.
 */
export async function reconcileOnce(
  shards: Shards,
  metrics: DriftMetrics,
  place: ReconcilePlace = firstPlace,
  batch = BATCH,
): Promise<ReconcilePlace> {
  await repairDrift(shards, metrics, place.suspects);
  const shard = shards.all[place.shard];
  if (!shard) return firstPlace;
  const rows = await readRows(shard, place.after, batch);
  const sources = await readSources(shards, rows);
  const suspects = rows.flatMap((row) => differing(row, sources) ?? []);
  const last = rows.at(-1);
  if (rows.length === batch && last) return { shard: place.shard, after: last, suspects };
  return { shard: (place.shard + 1) % shards.all.length, after: null, suspects };
}

/** Goes round all inboxes, a batch at a time. Goes on where it was while this process has the job; another one begins anew. */
export function reconcileUnread(options: { shards: Shards; registry: Registry }): Job {
  const metrics = driftMetrics(options.registry);
  let place = firstPlace;
  return defineJob({
    name: 'reconcile-unread',
    everyMs: TURN_MS,
    run: async () => {
      const { shard } = place;
      try {
        place = await reconcileOnce(options.shards, metrics, place);
      } catch (error) {
        // Where a shard is away, the others have their turn.
        place = { shard: shard + 1, after: null, suspects: [] };
        throw error;
      }
    },
  });
}

export function driftMetrics(registry: Registry): DriftMetrics {
  const counter = (name: string, help: string) => new Counter({ name, help, registers: [registry] });
  const found = counter('unread_drift_total', 'Inbox rows whose unread count was found to differ from a recount');
  const repaired = counter('unread_drift_repaired_total', 'Inbox rows whose unread count was put right');
  return { found: (rows) => found.inc(rows), repaired: (rows) => repaired.inc(rows) };
}

async function repairDrift(shards: Shards, metrics: DriftMetrics, suspects: Suspect[]): Promise<void> {
  if (suspects.length === 0) return;
  const rows = await shards.gather(suspects, ({ userId }) => userId, readAgain);
  const sources = await readSources(shards, rows);
  const expected = new Map(suspects.map((suspect) => [keyOf(suspect), suspect]));
  const lost = rows.flatMap((row) => {
    const before = expected.get(keyOf(row));
    const now = differing(row, sources);
    if (!before || !now) return [];
    const isLost = row.lastSeq < before.lastSeq || row.readSeq < before.readSeq || row.lastSeq > now.lastSeq;
    return isLost ? { ...now, version: row.version } : [];
  });
  if (lost.length === 0) return;
  metrics.found(lost.length);
  const answers = await shards.each(lost, ({ userId }) => userId, repair);
  for (const answer of answers)
    if ('error' in answer) throw answer.error;
    else metrics.repaired(answer.result);
}

/** What the row should be, where that is something else. A row that is ahead in reading stays ahead. */
function differing(row: InboxRow, sources: Map<string, Source>): Suspect | null {
  const source = sources.get(keyOf(row));
  if (!source) return null;
  const { userId, conversationId } = row;
  // Where fan-out is on read, the newest seq is read from the conversation.
  const lastSeq = source.is_on_read ? row.lastSeq : source.last_seq;
  if (row.lastSeq === lastSeq && row.readSeq >= source.read_seq) return null;
  return { userId, conversationId, lastSeq, readSeq: source.read_seq };
}

const keyOf = ({ userId, conversationId }: { userId: string; conversationId: string }) => `${userId} ${conversationId}`;

function readRows({ db }: Shard, after: ReconcilePlace['after'], batch: number): Promise<InboxRow[]> {
  const start = after ?? { userId: firstId, conversationId: firstId };
  return db.$queryRaw<InboxRow[]>`
    select i.user_id::text as "userId", i.conversation_id::text as "conversationId", i.last_seq as "lastSeq",
      i.read_seq as "readSeq", i.version
    from inbox i
    where (i.user_id, i.conversation_id) > (${start.userId}::uuid, ${start.conversationId}::uuid) and i.left_at is null
      and exists (select from bucket_owner o where o.bucket = bucket_of(i.user_id))
    order by i.user_id, i.conversation_id limit ${batch}::int`;
}
const firstId = '00000000-0000-0000-0000-000000000000';

function readAgain({ db }: Shard, suspects: Suspect[]): Promise<InboxRow[]> {
  return db.$queryRaw<InboxRow[]>`
    select i.user_id::text as "userId", i.conversation_id::text as "conversationId", i.last_seq as "lastSeq",
      i.read_seq as "readSeq", i.version
    from unnest(${suspects.map((row) => row.userId)}::uuid[], ${suspects.map((row) => row.conversationId)}::uuid[])
      r(user_id, conversation_id)
    cross join lateral (
      select * from inbox i
      where i.user_id = r.user_id and i.conversation_id = r.conversation_id and i.left_at is null limit 1
    ) i
    where owns_buckets(${suspects.map((row) => row.userId)}::uuid[])`;
}

/** Read after the rows, so that a row is never taken for one that is ahead. */
async function readSources(shards: Shards, rows: InboxRow[]): Promise<Map<string, Source>> {
  const sources = await shards.gather(
    rows,
    ({ conversationId }) => conversationId,
    ({ db }, group) => db.$queryRaw<Source[]>`
        select r.conversation_id, r.user_id, h.last_seq, mb.read_seq, c.is_on_read
        from unnest(${group.map((row) => row.conversationId)}::uuid[], ${group.map((row) => row.userId)}::uuid[])
          r(conversation_id, user_id)
        cross join lateral (
          select h.last_seq from conversation_head h where h.conversation_id = r.conversation_id limit 1
        ) h
        cross join lateral (
          select c.fan_out = 'ON_READ' as is_on_read from conversation c where c.conversation_id = r.conversation_id limit 1
        ) c
        cross join lateral (
          select m.read_seq from member m
          where m.conversation_id = r.conversation_id and m.user_id = r.user_id and m.left_at is null limit 1
        ) mb
        where owns_buckets(${group.map((row) => row.conversationId)}::uuid[])`,
  );
  return new Map(sources.map((source) => [`${source.user_id} ${source.conversation_id}`, source]));
}

async function repair({ db }: Shard, rows: InboxRow[]): Promise<number> {
  const result = await db.$queryRaw<{ repaired: number }[]>`
    select repair_inbox(${rows.map((row) => row.userId)}::uuid[], ${rows.map((row) => row.conversationId)}::uuid[],
      ${rows.map((row) => row.version)}::bigint[], ${rows.map((row) => row.lastSeq)}::int[],
      ${rows.map((row) => row.readSeq)}::int[]) as repaired`;
  return result[0]?.repaired ?? 0;
}
