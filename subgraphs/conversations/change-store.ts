import type { Shards } from '../../platform/shards/shards.js';
import type { MemberRole, Visibility } from './schema.js';

export interface PolicyChange {
  whoCanSend?: MemberRole;
  whoCanInvite?: MemberRole;
  editWindowSeconds?: number;
  deleteWindowSeconds?: number;
  slowModeSeconds?: number;
  /** Null: messages stay. */
  messageTtlSeconds?: number | null;
}
export interface NewConversation {
  id: string;
  kind: 'DIRECT' | 'GROUP' | 'CHANNEL';
  directKey: string | null;
  title: string | null;
  description: string | null;
  creator: string;
  clientMutationId: string | null;
  others: string[];
  visibility: Visibility | 'PRIVATE';
  policy: PolicyChange;
  avatarMediaId: string | null;
}
/** What is absent stays. */
export interface ConversationChange {
  title?: string;
  description?: string | null;
  visibility?: Visibility;
  policy?: PolicyChange;
  avatarMediaId?: string | null;
}

export type UpdateOutcome = 'done' | 'not_a_member' | 'direct' | 'forbidden' | 'not_a_channel';
export type AddOutcome = 'done' | 'not_a_member' | 'direct' | 'forbidden' | 'removed' | 'full';
export type RemoveOutcome = 'done' | 'not_a_member' | 'direct' | 'forbidden';
export type RoleOutcome = 'done' | 'not_a_member' | 'direct' | 'forbidden' | 'no_such_member' | 'last_owner';
export type JoinOutcome = 'done' | 'unknown' | 'removed';

/** Changes of conversations, each one call of an SQL function that locks the conversation's head. */
export class ChangeStore {
  constructor(private readonly shards: Shards) {}

  /** The id of the conversation: the given one, or that of the one that was there. */
  async create(draft: NewConversation): Promise<string> {
    const [row] = await this.shards.on(
      draft.id,
      ({ db }) => db.$queryRaw<[{ id: string }]>`
      select create_conversation(${draft.id}::uuid, ${draft.kind}, ${draft.directKey}, ${draft.title}, ${draft.description},
        ${draft.creator}::uuid, ${draft.clientMutationId}, ${draft.others}::uuid[], ${draft.visibility},
        ${JSON.stringify(draft.policy)}::jsonb, ${draft.avatarMediaId}::uuid)::text as id`,
    );
    return row.id;
  }

  async update(conversationId: string, actor: string, change: ConversationChange): Promise<UpdateOutcome> {
    const [row] = await this.shards.on(
      conversationId,
      ({ db }) => db.$queryRaw<[{ outcome: UpdateOutcome }]>`
      select update_conversation(${conversationId}::uuid, ${actor}::uuid, ${JSON.stringify(change)}::jsonb) as outcome`,
    );
    return row.outcome;
  }

  async add(conversationId: string, actor: string, userIds: string[], limit: number): Promise<AddOutcome> {
    const [row] = await this.shards.on(
      conversationId,
      ({ db }) => db.$queryRaw<[{ outcome: AddOutcome }]>`
      select add_members(${conversationId}::uuid, ${actor}::uuid, ${userIds}::uuid[], ${limit}::int) as outcome`,
    );
    return row.outcome;
  }

  async remove(conversationId: string, actor: string, userIds: string[]): Promise<RemoveOutcome> {
    const [row] = await this.shards.on(
      conversationId,
      ({ db }) => db.$queryRaw<[{ outcome: RemoveOutcome }]>`
      select remove_members(${conversationId}::uuid, ${actor}::uuid, ${userIds}::uuid[]) as outcome`,
    );
    return row.outcome;
  }

  async setRole(conversationId: string, actor: string, userId: string, role: MemberRole): Promise<RoleOutcome> {
    const [row] = await this.shards.on(
      conversationId,
      ({ db }) => db.$queryRaw<[{ outcome: RoleOutcome }]>`
      select set_member_role(${conversationId}::uuid, ${actor}::uuid, ${userId}::uuid, ${role}) as outcome`,
    );
    return row.outcome;
  }

  async join(conversationId: string, userId: string): Promise<JoinOutcome> {
    const [row] = await this.shards.on(
      conversationId,
      ({ db }) => db.$queryRaw<[{ outcome: JoinOutcome }]>`
      select join_channel(${conversationId}::uuid, ${userId}::uuid) as outcome`,
    );
    return row.outcome;
  }

  /** One of the two has blocked the other. */
  async noteBlock(conversationId: string): Promise<void> {
    await this.shards.on(conversationId, ({ db }) => db.$queryRaw`select note_block(${conversationId}::uuid)::text`);
  }

  shardName(conversationId: string): string {
    return this.shards.of(conversationId).name;
  }
}
