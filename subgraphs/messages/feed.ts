import type { Statement } from '../../platform/database/hot-pool.js';
import type { ShardClient } from '../../platform/database/port.js';
import { GatheredReads } from '../../platform/shards/gathered-reads.js';
import type { Shards } from '../../platform/shards/shards.js';
import type { MemberSnapshot, MessageSnapshot } from '../../schema/events.js';
import type { ConversationFeed, FeedPage, OpenConversation } from '../../schema/feeds.js';
import type { FeedEvent } from '../../schema/live.js';
import type { FeedCursors, FeedPosition } from './feed-cursors.js';
import type { HiddenStore } from './hidden-store.js';

/** The change feeds of conversations, read from their shards: for the hub, and for Conversation.changes. */
export class StoredFeed implements ConversationFeed {
  private readonly memberships: GatheredReads<Reader, Membership | null>;

  constructor(
    private readonly shards: Shards,
    private readonly cursors: FeedCursors,
    private readonly hidden: HiddenStore,
  ) {
    this.memberships = new GatheredReads(shards, readMemberships);
  }

  async open(userId: string, conversationId: string, after: string | null): Promise<OpenConversation | null> {
    const position = after === null ? null : this.cursors.openOf(conversationId, after);
    const [membership, hidden] = await Promise.all([
      this.memberships.ask(conversationId, { userId, conversationId }),
      this.hidden.seqsIn(userId, conversationId),
    ]);
    if (!membership) return null;
    const { head, spans } = membership;
    return { spans, hidden, head, after: Math.min(position ?? head, head) };
  }

  async changes(conversationId: string, after: number, first: number): Promise<FeedPage<FeedEvent>> {
    const [page] = await this.pages([{ conversationId, version: after }], first);
    return page ?? { events: [], version: after, hasMore: false };
  }

  /** A page after each position, in the order given; one statement, and so one snapshot, for each shard. */
  async pages(positions: readonly FeedPosition[], first: number): Promise<FeedPage<FeedEvent>[]> {
    const pages = positions.map(({ version }): FeedPage<FeedEvent> => ({
      events: [],
      version,
      hasMore: false,
    }));
    const indices = new Map<string, number[]>();
    positions.forEach(({ conversationId }, i) =>
      indices.set(conversationId, [...(indices.get(conversationId) ?? []), i]),
    );
    await this.shards.gather(
      indices.keys(),
      (id) => id,
      async ({ db }, ids) => {
        const wanted = ids.flatMap((id) => indices.get(id) ?? []);
        const limit = first + 1;
        const rows = await db.$queryRaw<ChangeRow[]>`
          select r.n::int, head.version as head, change.*
          from unnest(
            ${wanted.map((i) => positions[i]!.conversationId)}::uuid[],
            ${wanted.map((i) => String(positions[i]!.version))}::bigint[]
          ) with ordinality r(conversation_id, after, n)
          cross join lateral (
            select h.version from conversation_head h where h.conversation_id = r.conversation_id limit 1
          ) head
          left join lateral (
            select * from (
              (select m.version, 'message' as kind, m.conversation_id, message_snapshot(m) as message,
                  m.changed_at = m.created_at as is_new, null::uuid as user_id, null::text as role,
                  null::timestamptz as joined_at, null::timestamptz as left_at, null::int as from_seq,
                  null::int as delivered_seq, null::int as read_seq
                from message m where m.conversation_id = r.conversation_id and m.version > r.after
                order by m.version limit ${limit}::int)
              union all
              (select mb.version, 'member', mb.conversation_id, null, null, mb.user_id, mb.role, mb.joined_at,
                  mb.left_at, (select s.from_seq from member_span s
                    where s.conversation_id = mb.conversation_id and s.user_id = mb.user_id and s.to_seq is null),
                  null, null
                from member mb where mb.conversation_id = r.conversation_id and mb.version > r.after
                order by mb.version limit ${limit}::int)
              union all
              (select mb.watermark_version, 'watermarks', mb.conversation_id, null, null, mb.user_id, null, null,
                  null, null, mb.delivered_seq, mb.read_seq
                from member mb where mb.conversation_id = r.conversation_id and mb.watermark_version > r.after
                  and mb.left_at is null and not is_blocked_direct(r.conversation_id)
                order by mb.watermark_version limit ${limit}::int)
              union all
              (select c.version, 'conversation', c.conversation_id, null, null, null, null, null, null, null, null, null
                from conversation c where c.conversation_id = r.conversation_id and c.version > r.after)
            ) each order by each.version limit ${limit}::int
          ) change on true
          where owns_buckets(${ids}::uuid[])
          order by r.n, change.version`;
        const taken = new Map<FeedPage<FeedEvent>, number>();
        for (const row of rows) {
          const page = pages[wanted[row.n - 1]!]!;
          const count = taken.get(page) ?? 0;
          if (row.kind === null) page.version = Number(row.head);
          else if (count === first) page.hasMore = true;
          else {
            addTo(page.events, toEvent(row));
            taken.set(page, count + 1);
          }
          page.version = page.hasMore ? (page.events.at(-1)?.version ?? page.version) : Number(row.head);
        }
        return [];
      },
    );
    return pages;
  }

  async heads(conversationIds: string[]): Promise<Map<string, number>> {
    const heads = new Map<string, number>();
    const answers = await this.shards.each(
      conversationIds,
      (id) => id,
      ({ db }, ids) => db.$queryRaw<{ conversation_id: string; version: bigint }[]>`
        select r.conversation_id, h.version from unnest(${ids}::uuid[]) r(conversation_id)
        cross join lateral (select h.version from conversation_head h where h.conversation_id = r.conversation_id limit 1) h
        where owns_buckets(${ids}::uuid[])`,
    );
    for (const answer of answers)
      if ('result' in answer) for (const row of answer.result) heads.set(row.conversation_id, Number(row.version));
    return heads;
  }
}

interface Reader {
  userId: string;
  conversationId: string;
}
type Membership = Pick<OpenConversation, 'spans' | 'head'>;

/** Null for who is not a member. In one snapshot. */
async function readMemberships({ hot }: ShardClient, readers: Reader[]): Promise<(Membership | null)[]> {
  const rows = await hot.query<{ version: number | null; from_seqs: number[] | null; to_seqs: (number | null)[] }>(
    memberships,
    [readers.map(({ conversationId }) => conversationId), readers.map(({ userId }) => userId)],
  );
  return rows.map(({ version, from_seqs, to_seqs }) => {
    if (version === null) return null;
    const spans = (from_seqs ?? []).map((fromSeq, index) => ({ fromSeq, toSeq: to_seqs[index] ?? null }));
    return { head: version, spans };
  });
}
const memberships: Statement = {
  name: 'memberships',
  text: `
    select head.version, spans.from_seqs, spans.to_seqs
    from unnest($1::uuid[], $2::uuid[]) with ordinality r(conversation_id, user_id, n)
    left join lateral (
      select h.version from member mb join conversation_head h on h.conversation_id = mb.conversation_id
      where mb.conversation_id = r.conversation_id and mb.user_id = r.user_id and mb.left_at is null limit 1
    ) head on true
    cross join lateral (
      select array_agg(s.from_seq order by s.from_seq) as from_seqs, array_agg(s.to_seq order by s.from_seq) as to_seqs
      from member_span s where s.conversation_id = r.conversation_id and s.user_id = r.user_id
    ) spans
    where owns_buckets($1::uuid[]) order by r.n`,
};

/** A row of message, member (twice: what it is, and its watermarks) or conversation; kind is null where nothing changed. */
interface ChangeRow {
  n: number;
  head: bigint;
  kind: 'message' | 'member' | 'watermarks' | 'conversation' | null;
  conversation_id: string;
  version: bigint;
  message: MessageSnapshot;
  is_new: boolean;
  user_id: string;
  role: MemberSnapshot['role'];
  joined_at: Date;
  left_at: Date | null;
  from_seq: number | null;
  delivered_seq: number;
  read_seq: number;
}

/** Watermarks that follow each other are told as one. */
function addTo(events: FeedEvent[], event: FeedEvent): void {
  const last = events.at(-1);
  if (event.kind !== 'watermarks' || last?.kind !== 'watermarks') events.push(event);
  else
    events[events.length - 1] = {
      ...event,
      fromVersion: last.fromVersion,
      watermarks: [...last.watermarks, ...event.watermarks],
    };
}

function toEvent(row: ChangeRow): FeedEvent {
  const common = {
    conversationId: row.conversation_id,
    version: Number(row.version),
  };
  switch (row.kind) {
    case 'message': {
      // A message that was not touched since has one change to tell: that it was sent.
      return { kind: 'message', ...common, reason: row.is_new ? 'SENT' : 'CHANGED', message: row.message };
    }
    case 'member':
      return {
        kind: 'member',
        ...common,
        userId: row.user_id,
        member: row.left_at
          ? null
          : {
              userId: row.user_id,
              role: row.role,
              joinedAt: row.joined_at.toISOString(),
            },
        ...(row.left_at === null && row.from_seq !== null && { fromSeq: row.from_seq }),
      };
    case 'watermarks': {
      const watermark = { userId: row.user_id, deliveredSeq: row.delivered_seq, readSeq: row.read_seq };
      return { kind: 'watermarks', ...common, fromVersion: common.version, watermarks: [watermark] };
    }
    default:
      return { kind: 'conversation', ...common };
  }
}
