import { fromPublicId } from '../platform/ids/ids.js';
import type { Send } from './chat.js';
import type { Database } from './database.js';
import { insist } from './insist.js';
import { waitFor } from './wait-for.js';

/** 1, 2, 5 and 6 in the database: for all conversations in it, whoever sent. Waits until the outboxes are empty. */
export async function databaseIsSound(database: Database, sends: readonly Send[] = [], limit = 15_000): Promise<void> {
  const holes = await database.everywhere(`
    select h.conversation_id, h.last_seq, count(m.seq)::int as messages, min(m.seq) as first, max(m.seq) as last
    from conversation_head h left join message m using (conversation_id)
    group by h.conversation_id having count(m.seq) <> h.last_seq or coalesce(max(m.seq), 0) <> h.last_seq or coalesce(min(m.seq), 1) <> 1`);
  insist(holes.length === 0, 'seq is not 1 to n:', holes);
  // What was changed since has taken a later version, and a changed_at that is later than created_at.
  const order = await database.everywhere(`
    select conversation_id, seq from (select conversation_id, seq, version, lag(version) over (partition by conversation_id order by seq) as before from message where changed_at = created_at) m
    where before >= version`);
  insist(order.length === 0, 'The version of a message is not above that of the one before:', order);
  const versions = await database.everywhere(`
    select conversation_id, each.version from (
      select conversation_id, version from message union all select conversation_id, version from member
      union all select conversation_id, watermark_version from member where watermark_version > 0
      union all select conversation_id, version from conversation) each
    join conversation_head h using (conversation_id)
    group by conversation_id, each.version having count(*) > 1 or max(each.version) > max(h.version)`);
  insist(versions.length === 0, 'A version is taken twice, or is above the head:', versions);
  const marks = await database.everywhere(`
    select conversation_id, user_id, read_seq, delivered_seq, last_seq from member join conversation_head using (conversation_id)
    where read_seq > delivered_seq or delivered_seq > last_seq`);
  insist(marks.length === 0, 'Not read ≤ delivered ≤ last:', marks);
  const stored = new Map(
    (await database.everywhere<{ id: string; seq: number; body: string }>('select id, seq, body from message')).map(
      (row) => [row.id, row],
    ),
  );
  for (const { acked, body } of sends)
    if (acked) {
      const row = stored.get(fromPublicId('message', acked.id) ?? '');
      insist(row?.seq === acked.seq && row.body === body, 'Acknowledged, but not in the database:', acked, row);
    }
  let lagging: Set<string> | null = null;
  await waitFor(
    'each event has left the outbox, and each inbox row has been seen to reflect its conversation',
    async () => {
      const now: Set<string> = new Set([...(await waitingEvents(database)), ...(await laggingInboxes(database))]);
      // Others may go on meanwhile: what was as it should be once is settled.
      lagging = lagging === null ? now : new Set([...lagging].filter((each) => now.has(each)));
      return lagging.size === 0;
    },
    limit,
    () => [...(lagging ?? [])].slice(0, 5),
  );
}

async function waitingEvents(database: Database): Promise<string[]> {
  const waiting = await database.everywhere<{ id: string; topic: string; key: string }>(
    'select id, topic, key from outbox',
  );
  return waiting.map(({ id, topic, key }) => `event ${id} of ${topic} ${key}`);
}

/** Inboxes may be on another shard than their conversations, so they are compared here. */
async function laggingInboxes(database: Database): Promise<string[]> {
  interface Row {
    conversation_id: string;
    user_id: string;
    last_seq: number;
    read_seq: number;
  }
  const members = await database.everywhere<Row>(
    `select conversation_id, user_id, h.last_seq, read_seq from member join conversation_head h using (conversation_id)
      join conversation c using (conversation_id) where left_at is null and c.fan_out = 'ON_WRITE'`,
  );
  const inbox = await database.everywhere<Row>(
    "select conversation_id, user_id, last_seq, read_seq from inbox where left_at is null and fan_out = 'ON_WRITE'",
  );
  const keyOf = (row: Row) => `inbox of ${row.user_id} in ${row.conversation_id}`;
  const kept = new Map(inbox.map((row) => [keyOf(row), row]));
  const lagging = members.filter((member) => {
    const row = kept.get(keyOf(member));
    return row?.last_seq !== member.last_seq || row.read_seq !== member.read_seq;
  });
  const expected = new Set(members.map(keyOf));
  const left = inbox.filter((row) => !expected.has(keyOf(row)));
  // A row may be twice, on two shards, in a move alone.
  insist(kept.size === inbox.length, 'Somebody has a conversation twice in the inbox.');
  return [...lagging, ...left].map(keyOf);
}
