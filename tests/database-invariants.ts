import { fromPublicId } from '../platform/ids/ids.js';
import type { Send } from './chat.js';
import type { Database } from './database.js';
import { insist } from './insist.js';
import { eventually } from './wait-for.js';

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
  await eventually(async () => {
    const waiting = await database.everywhere('select id, topic from outbox limit 3');
    insist(waiting.length === 0, 'Events still wait in the outbox:', waiting);
    await inboxesReflectMembers(database);
  }, limit);
}

/** Inboxes may be on another shard than their conversations, so they are compared here. */
async function inboxesReflectMembers(database: Database): Promise<void> {
  const members = await database.everywhere<{
    conversation_id: string;
    user_id: string;
    last_seq: number;
    read_seq: number;
  }>(
    `select conversation_id, user_id, h.last_seq, read_seq from member join conversation_head h using (conversation_id)
      join conversation c using (conversation_id) where left_at is null and c.fan_out = 'ON_WRITE'`,
  );
  const inbox = await database.everywhere<{
    conversation_id: string;
    user_id: string;
    last_seq: number;
    read_seq: number;
  }>("select conversation_id, user_id, last_seq, read_seq from inbox where left_at is null and fan_out = 'ON_WRITE'");
  const rows = new Map(inbox.map((row) => [`${row.conversation_id} ${row.user_id}`, row]));
  for (const member of members) {
    const row = rows.get(`${member.conversation_id} ${member.user_id}`);
    insist(
      row?.last_seq === member.last_seq && row.read_seq === member.read_seq,
      'An inbox does not reflect its conversation:',
      row,
      member,
    );
  }
  insist(inbox.length === members.length, `${inbox.length} inbox rows for ${members.length} members.`);
}
