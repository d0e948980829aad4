import type { Shard, Shards } from '../../platform/shards/shards.js';

/** UUIDs inside. */
export interface InviteRow {
  inviteId: string;
  conversationId: string;
  code: string;
  createdBy: string;
  needsApproval: boolean;
  maxUses: number | null;
  useCount: number;
  expiresAt: Date | null;
  isUsable: boolean;
}
export interface JoinRequestRow {
  joinRequestId: string;
  conversationId: string;
  userId: string;
  requestedAt: Date;
}
export interface NewInvite {
  inviteId: string;
  code: string;
  clientMutationId: string;
  needsApproval: boolean;
  maxUses: number | null;
  expiresAt: Date | null;
}
export interface JoinRequestPageKey {
  conversationId: string;
  first: number;
  after: { requestedAt: Date; joinRequestId: string } | null;
}
export type CreateInviteOutcome = 'done' | 'not_a_member' | 'direct' | 'forbidden' | 'past' | 'too_many';
export type AcceptOutcome = 'joined' | 'requested' | 'expired' | 'removed' | 'declined' | 'full';
export type DecideOutcome = 'done' | 'not_a_member' | 'forbidden' | 'decided' | 'full';

/** Invites and requests to join, on the conversation's shard: their ids carry its bucket. */
export class InviteStore {
  constructor(private readonly shards: Shards) {}

  async byId(inviteId: string): Promise<InviteRow | null> {
    const [row] = await this.shards.on(
      inviteId,
      ({ db }) => db.$queryRaw<InviteRow[]>`
      select i.invite_id::text as "inviteId", i.conversation_id::text as "conversationId", i.code, i.created_by::text as "createdBy",
        i.needs_approval as "needsApproval", i.max_uses as "maxUses", i.use_count as "useCount", i.expires_at as "expiresAt",
        is_usable(i) as "isUsable"
      from invite i where owns_buckets(array[${inviteId}::uuid]) and i.invite_id = ${inviteId}::uuid`,
    );
    return row ?? null;
  }

  async create(
    conversationId: string,
    actor: string,
    invite: NewInvite,
    limit: number,
  ): Promise<{ outcome: CreateInviteOutcome; inviteId: string | null }> {
    const { inviteId, code, clientMutationId, needsApproval, maxUses, expiresAt } = invite;
    const [row] = await this.shards.on(
      conversationId,
      ({ db }) => db.$queryRaw<[{ outcome: CreateInviteOutcome; inviteId: string | null }]>`
      select outcome, invite_id::text as "inviteId" from create_invite(
        ${conversationId}::uuid, ${actor}::uuid, ${inviteId}::uuid, ${code}, ${clientMutationId}, ${needsApproval},
        ${maxUses}::int, ${expiresAt}::timestamptz, ${limit}::int)`,
    );
    return row;
  }

  async revoke({ conversationId, inviteId }: InviteRow, actor: string): Promise<'done' | 'not_a_member' | 'forbidden'> {
    const [row] = await this.shards.on(
      conversationId,
      ({ db }) => db.$queryRaw<[{ outcome: 'done' | 'not_a_member' | 'forbidden' }]>`
      select revoke_invite(${conversationId}::uuid, ${actor}::uuid, ${inviteId}::uuid) as outcome`,
    );
    return row.outcome;
  }

  /** `requestId`: the id that a request gets, if it comes to one. */
  async accept(
    { conversationId, inviteId }: InviteRow,
    userId: string,
    requestId: string,
    limit: number,
  ): Promise<{ outcome: AcceptOutcome; joinRequestId: string | null }> {
    const [row] = await this.shards.on(
      conversationId,
      ({ db }) => db.$queryRaw<[{ outcome: AcceptOutcome; joinRequestId: string | null }]>`
      select outcome, join_request_id::text as "joinRequestId" from accept_invite(
        ${conversationId}::uuid, ${inviteId}::uuid, ${userId}::uuid, ${requestId}::uuid, ${limit}::int)`,
    );
    return row;
  }

  async request(joinRequestId: string): Promise<JoinRequestRow | null> {
    const [row] = await this.shards.on(
      joinRequestId,
      ({ db }) => db.$queryRaw<JoinRequestRow[]>`
      select r.join_request_id::text as "joinRequestId", r.conversation_id::text as "conversationId", r.user_id::text as "userId",
        r.requested_at as "requestedAt"
      from join_request r
      where owns_buckets(array[${joinRequestId}::uuid]) and r.join_request_id = ${joinRequestId}::uuid`,
    );
    return row ?? null;
  }

  async decide(
    { conversationId, joinRequestId }: JoinRequestRow,
    actor: string,
    approve: boolean,
    limit: number,
  ): Promise<DecideOutcome> {
    const [row] = await this.shards.on(
      conversationId,
      ({ db }) => db.$queryRaw<[{ outcome: DecideOutcome }]>`
      select decide_join_request(
        ${conversationId}::uuid, ${joinRequestId}::uuid, ${actor}::uuid, ${approve}, ${limit}::int) as outcome`,
    );
    return row.outcome;
  }

  /** Those that can be used, newest first. */
  async usable({ db }: Shard, conversationIds: readonly string[], limit: number): Promise<Map<string, InviteRow[]>> {
    const rows = await db.$queryRaw<InviteRow[]>`
      select i.invite_id::text as "inviteId", i.conversation_id::text as "conversationId", i.code, i.created_by::text as "createdBy",
        i.needs_approval as "needsApproval", i.max_uses as "maxUses", i.use_count as "useCount", i.expires_at as "expiresAt",
        true as "isUsable"
      from unnest(${conversationIds}::uuid[]) with ordinality w (id, n)
      cross join lateral (
        select * from invite i where i.conversation_id = w.id and i.revoked_at is null and is_usable(i)
        order by i.created_at desc, i.invite_id desc limit ${limit}
      ) i
      where owns_buckets(${conversationIds}::uuid[])
      order by w.n, i.created_at desc, i.invite_id desc`;
    const found = new Map<string, InviteRow[]>(conversationIds.map((id) => [id, []]));
    for (const row of rows) found.get(row.conversationId)?.push(row);
    return found;
  }

  /** Those that wait, oldest first. */
  async waiting(
    { db }: Shard,
    keys: readonly JoinRequestPageKey[],
  ): Promise<Map<JoinRequestPageKey, JoinRequestRow[]>> {
    const rows = await db.$queryRaw<(JoinRequestRow & { n: number })[]>`
      select w.n::int, r.join_request_id::text as "joinRequestId", r.conversation_id::text as "conversationId",
        r.user_id::text as "userId", r.requested_at as "requestedAt"
      from unnest(
        ${keys.map((key) => key.conversationId)}::uuid[],
        ${keys.map((key) => (key.after?.requestedAt ?? new Date(0)).toISOString())}::timestamptz[],
        ${keys.map((key) => key.after?.joinRequestId ?? key.conversationId)}::uuid[], ${keys.map((key) => key.first)}::int[]
      ) with ordinality as w (conversation_id, requested_at, join_request_id, first, n)
      cross join lateral (
        select * from join_request r
        where r.conversation_id = w.conversation_id and r.decision is null
          and (r.requested_at, r.join_request_id) > (w.requested_at, w.join_request_id)
        order by r.requested_at, r.join_request_id limit w.first
      ) r
      where owns_buckets(${keys.map((key) => key.conversationId)}::uuid[])
      order by w.n, r.requested_at, r.join_request_id`;
    const pages = new Map<JoinRequestPageKey, JoinRequestRow[]>(keys.map((key) => [key, []]));
    for (const { n, ...row } of rows) pages.get(keys[n - 1]!)?.push(row);
    return pages;
  }
}
