import type { DirectoryClient, ShardClient } from '../../platform/database/port.js';
import type { AccountState, ConversationState } from '../../platform/search-index/documents.js';
import type { Shards } from '../../platform/shards/shards.js';
import type { MessageSnapshot } from '../../schema/events.js';

export interface MessageState {
  id: string;
  version: number;
  message: MessageSnapshot;
}

/** What is indexed, as the directory and the shards have it now. Conversations of two have no title, and are left out. */
export class Sources {
  constructor(
    private readonly directory: DirectoryClient,
    private readonly shards: Shards,
  ) {}

  accounts(userIds: readonly string[]): Promise<AccountState[]> {
    return this.directory.$queryRaw<AccountState[]>`
      select user_id::text as id, handle, display_name as "displayName",
        (extract(epoch from changed_at) * 1000)::float8 as version, deleted_at is null and suspended_at is null as "isFindable"
      from "user" where user_id = any (${[...userIds]}::uuid[])`;
  }

  conversations(conversationIds: readonly string[]): Promise<ConversationState[]> {
    return this.shards.gather(
      new Set(conversationIds),
      (id) => id,
      ({ db }, ids) => db.$queryRaw<ConversationState[]>`
        select c.conversation_id::text as id, coalesce(c.title, '') as title, coalesce(c.description, '') as description,
          c.kind = 'CHANNEL' and c.visibility = 'PUBLIC' as "isPublic", c.version::float8 as version
        from unnest(${ids}::uuid[]) w (id)
        cross join lateral (select * from conversation c where c.conversation_id = w.id limit 1) c
        where owns_buckets(${ids}::uuid[]) and c.kind <> 'DIRECT'`,
    );
  }

  /** Pages in id order, for whoever reads all of them. */
  accountsAfter(after: string, limit: number): Promise<AccountState[]> {
    return this.directory.$queryRaw<AccountState[]>`
      select user_id::text as id, handle, display_name as "displayName",
        (extract(epoch from changed_at) * 1000)::float8 as version, deleted_at is null and suspended_at is null as "isFindable"
      from "user" where user_id > ${after}::uuid order by user_id limit ${limit}::int`;
  }
}

/**
 * A page of one shard in id order, for whoever reads all of it. What it still has of a bucket that moved away is read too: an
 * older version of what the other shard has.
 */
export function conversationsAfter(db: ShardClient, after: string, limit: number): Promise<ConversationState[]> {
  return db.$queryRaw<ConversationState[]>`
    select c.conversation_id::text as id, coalesce(c.title, '') as title, coalesce(c.description, '') as description,
      c.kind = 'CHANNEL' and c.visibility = 'PUBLIC' as "isPublic", c.version::float8 as version
    from conversation c where c.conversation_id > ${after}::uuid and c.kind <> 'DIRECT'
    order by c.conversation_id limit ${limit}::int`;
}

/** As conversationsAfter. Tombstones too; not what the server itself has said. */
export function messagesAfter(db: ShardClient, after: string, limit: number): Promise<MessageState[]> {
  return db.$queryRaw<MessageState[]>`
    select m.id::text as id, m.version::float8 as version, message_snapshot(m) as message from message m
    where m.id > ${after}::uuid and m.kind <> 'SYSTEM' order by m.id limit ${limit}::int`;
}
