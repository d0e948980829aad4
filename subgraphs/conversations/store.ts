import type { Shards } from '../../platform/shards/shards.js';
import type { ConversationKind, MemberRole } from './schema.js';

/** UUIDs inside. */
export interface ConversationRow {
  conversationId: string;
  kind: ConversationKind;
  title: string | null;
  description: string | null;
  createdBy: string;
  createdAt: Date;
  memberCount: number;
}
export interface MemberRow {
  conversationId: string;
  userId: string;
  role: MemberRole;
  joinedAt: Date;
}
export interface NewConversation {
  id: string;
  kind: 'DIRECT' | 'GROUP';
  directKey: string | null;
  title: string | null;
  description: string | null;
  creator: string;
  clientMutationId: string | null;
  others: string[];
}
export type ChangeOutcome = 'done' | 'not_a_member' | 'direct' | 'full' | 'forbidden';

/** Where a page of members goes on: after this one. */
export interface MemberPosition {
  joinedAt: Date;
  userId: string;
}

/** Conversations and their members, on the conversation's shard. */
export class ConversationStore {
  constructor(private readonly shards: Shards) {}

  /** The id of the conversation: the given one, or that of the one that was there. */
  async create(draft: NewConversation): Promise<string> {
    const rows = await this.shards.of(draft.id).db.$queryRaw<{ id: string }[]>`
      select create_conversation(${draft.id}::uuid, ${draft.kind}, ${draft.directKey}, ${draft.title}, ${draft.description},
        ${draft.creator}::uuid, ${draft.clientMutationId}, ${draft.others}::uuid[])::text as id`;
    return rows[0]?.id ?? draft.id;
  }

  async add(conversationId: string, actor: string, userIds: string[], limit: number): Promise<ChangeOutcome> {
    const rows = await this.shards.of(conversationId).db.$queryRaw<{ outcome: ChangeOutcome }[]>`
      select add_members(${conversationId}::uuid, ${actor}::uuid, ${userIds}::uuid[], ${limit}::int) as outcome`;
    return rows[0]?.outcome ?? 'not_a_member';
  }

  async remove(conversationId: string, actor: string, userIds: string[]): Promise<ChangeOutcome> {
    const rows = await this.shards.of(conversationId).db.$queryRaw<{ outcome: ChangeOutcome }[]>`
      select remove_members(${conversationId}::uuid, ${actor}::uuid, ${userIds}::uuid[]) as outcome`;
    return rows[0]?.outcome ?? 'not_a_member';
  }

  async byIds(ids: readonly string[]): Promise<Map<string, ConversationRow>> {
    const found = new Map<string, ConversationRow>();
    await Promise.all(
      [...this.shards.group(ids)].map(async ([{ db }, group]) => {
        const rows = await db.$queryRaw<ConversationRow[]>`
          select c.conversation_id::text as "conversationId", c.kind, c.title, c.description, c.created_by::text as "createdBy",
            c.created_at as "createdAt", h.member_count as "memberCount"
          from conversation c join conversation_head h using (conversation_id)
          where c.conversation_id = any (${group}::uuid[])`;
        for (const row of rows) found.set(row.conversationId, row);
      }),
    );
    return found;
  }

  /** Current members among the pairs "conversation user". */
  async members(pairs: readonly string[]): Promise<Map<string, MemberRow>> {
    const found = new Map<string, MemberRow>();
    const byConversation = pairs.map((pair) => pair.split(' ') as [string, string]);
    const groups = this.shards.group(new Set(byConversation.map(([conversationId]) => conversationId)));
    await Promise.all(
      [...groups].map(async ([{ db }, ids]) => {
        const wanted = byConversation.filter(([conversationId]) => ids.includes(conversationId));
        const rows = await db.$queryRaw<MemberRow[]>`
          select m.conversation_id::text as "conversationId", m.user_id::text as "userId", m.role, m.joined_at as "joinedAt"
          from unnest(${wanted.map(([id]) => id)}::uuid[], ${wanted.map(([, userId]) => userId)}::uuid[]) as w (conversation_id, user_id)
          join member m on m.conversation_id = w.conversation_id and m.user_id = w.user_id and m.left_at is null`;
        for (const row of rows) found.set(`${row.conversationId} ${row.userId}`, row);
      }),
    );
    return found;
  }

  /** Current members in the order in which they joined. */
  async memberPage(
    conversationId: string,
    { after, role, first }: { after: MemberPosition | null; role: MemberRole | null; first: number },
  ): Promise<MemberRow[]> {
    return this.shards.of(conversationId).db.$queryRaw<MemberRow[]>`
      select m.conversation_id::text as "conversationId", m.user_id::text as "userId", m.role, m.joined_at as "joinedAt"
      from member m
      where m.conversation_id = ${conversationId}::uuid and m.left_at is null
        and (${role}::text is null or m.role = ${role})
        and (m.joined_at, m.user_id) > (${after?.joinedAt ?? new Date(0)}::timestamptz, ${after?.userId ?? NIL}::uuid)
      order by m.joined_at, m.user_id limit ${first}`;
  }

  /** DIRECT only: who the other one is. */
  async others(pairs: readonly string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    const byConversation = pairs.map((pair) => pair.split(' ') as [string, string]);
    const groups = this.shards.group(new Set(byConversation.map(([conversationId]) => conversationId)));
    await Promise.all(
      [...groups].map(async ([{ db }, ids]) => {
        const rows = await db.$queryRaw<{ conversationId: string; userId: string }[]>`
          select m.conversation_id::text as "conversationId", m.user_id::text as "userId"
          from conversation c join member m using (conversation_id)
          where c.conversation_id = any (${ids}::uuid[]) and c.kind = 'DIRECT'`;
        for (const [conversationId, userId] of byConversation)
          for (const row of rows)
            if (row.conversationId === conversationId && row.userId !== userId) found.set(`${conversationId} ${userId}`, row.userId);
      }),
    );
    return found;
  }

  shardName(conversationId: string): string {
    return this.shards.of(conversationId).name;
  }
}

const NIL = '00000000-0000-0000-0000-000000000000';
