import type { Shard, Shards } from '../../platform/shards/shards.js';
import type { Span } from '../../schema/feeds.js';

/** How far a current member has got, and what they may read. */
export interface MemberMarks {
  userId: string;
  deliveredSeq: number;
  readSeq: number;
  joinedAt: Date;
  spans: Span[];
}
export interface ConversationMarks {
  isOnRead: boolean;
  /** DIRECT: one of the two has blocked the other. */
  isBlocked: boolean;
  /** All current members; of a conversation that fans out on read the viewer alone. */
  members: Map<string, MemberMarks>;
}
/** Where one person stands in a conversation. */
export interface Standing {
  isOnRead: boolean;
  lastSeq: number;
  deliveredSeq: number;
  readSeq: number;
}

/** A conversation with more members fans out on read. */
const MAX_MEMBERS = 256;

/** Members' watermarks, as stored: privacy is the caller's matter. Moved by the receipts worker. */
export class WatermarkStore {
  constructor(private readonly shards: Shards) {}

  /** By conversation; those that the viewer is not a member of are left out. One statement for each shard. */
  async ofConversations(viewerId: string, conversationIds: readonly string[]): Promise<Map<string, ConversationMarks>> {
    const found = new Map<string, ConversationMarks>();
    const rows = await this.perShard(
      conversationIds,
      ({ db }, ids) => db.$queryRaw<MarksRow[]>`
        select c.*, mb.user_id, mb.delivered_seq, mb.read_seq, mb.joined_at, s.from_seq, s.to_seq
        from unnest(${ids}::uuid[]) r(conversation_id)
        cross join lateral (
          select c.conversation_id, c.fan_out = 'ON_READ' as is_on_read, is_blocked_direct(c.conversation_id) as is_blocked
          from conversation c where c.conversation_id = r.conversation_id limit 1
        ) c
        cross join lateral (
          select m.user_id from member m
          where m.conversation_id = r.conversation_id and m.user_id = ${viewerId}::uuid and m.left_at is null limit 1
        ) viewer
        cross join lateral (
          (select * from member m
            where not c.is_on_read and m.conversation_id = c.conversation_id and m.left_at is null
            order by m.user_id limit ${MAX_MEMBERS}::int)
          union all
          (select * from member m
            where c.is_on_read and m.conversation_id = c.conversation_id and m.user_id = viewer.user_id limit 1)
        ) mb
        left join lateral (
          select s.from_seq, s.to_seq from member_span s
          where s.conversation_id = mb.conversation_id and s.user_id = mb.user_id
        ) s on true
        where owns_buckets(${ids}::uuid[])`,
    );
    for (const row of rows) {
      let marks = found.get(row.conversation_id);
      if (!marks) {
        marks = { isOnRead: row.is_on_read, isBlocked: row.is_blocked, members: new Map() };
        found.set(row.conversation_id, marks);
      }
      let member = marks.members.get(row.user_id);
      if (!member) marks.members.set(row.user_id, (member = toMember(row)));
      if (row.from_seq !== null) member.spans.push({ fromSeq: row.from_seq, toSeq: row.to_seq });
    }
    return found;
  }

  /** By conversation: where this person stands; those that they are not a member of are left out. */
  async standings(userId: string, conversationIds: readonly string[]): Promise<Map<string, Standing>> {
    const rows = await this.perShard(
      conversationIds,
      ({ db }, ids) => db.$queryRaw<StandingRow[]>`
        select r.conversation_id, c.is_on_read, h.last_seq, mb.delivered_seq, mb.read_seq
        from unnest(${ids}::uuid[]) r(conversation_id)
        cross join lateral (
          select m.delivered_seq, m.read_seq from member m
          where m.conversation_id = r.conversation_id and m.user_id = ${userId}::uuid and m.left_at is null limit 1
        ) mb
        cross join lateral (
          select h.last_seq from conversation_head h where h.conversation_id = r.conversation_id limit 1
        ) h
        cross join lateral (
          select c.fan_out = 'ON_READ' as is_on_read from conversation c where c.conversation_id = r.conversation_id limit 1
        ) c
        where owns_buckets(${ids}::uuid[])`,
    );
    return new Map(
      rows.map((row) => [
        row.conversation_id,
        {
          isOnRead: row.is_on_read,
          lastSeq: row.last_seq,
          deliveredSeq: row.delivered_seq,
          readSeq: row.read_seq,
        },
      ]),
    );
  }

  private async perShard<Row>(
    ids: readonly string[],
    read: (shard: Shard, ids: string[]) => PromiseLike<Row[]>,
  ): Promise<Row[]> {
    return this.shards.gather(ids, (id) => id, read);
  }
}

interface MarksRow {
  conversation_id: string;
  is_on_read: boolean;
  is_blocked: boolean;
  user_id: string;
  delivered_seq: number;
  read_seq: number;
  joined_at: Date;
  from_seq: number | null;
  to_seq: number | null;
}
interface StandingRow {
  conversation_id: string;
  is_on_read: boolean;
  last_seq: number;
  delivered_seq: number;
  read_seq: number;
}

function toMember(row: MarksRow): MemberMarks {
  return {
    userId: row.user_id,
    deliveredSeq: row.delivered_seq,
    readSeq: row.read_seq,
    joinedAt: row.joined_at,
    spans: [],
  };
}
