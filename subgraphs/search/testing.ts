import { randomBytes } from 'node:crypto';
import type { Caller, Person } from '../../platform/auth/caller.js';
import { Cursors } from '../../platform/cursors/cursors.js';
import { openTestDatabases } from '../../platform/database/testing.js';
import { bucketOf, newUuid, randomBucket, toPublicId } from '../../platform/ids/ids.js';
import { EmbeddedRateLimiter } from '../../platform/rate-limit/embedded.js';
import { Limits } from '../../platform/rate-limit/limits.js';
import type { Rules } from '../../platform/rate-limit/rules.js';
import { messageChange } from '../../platform/search-index/documents.js';
import { MemorySearchIndex } from '../../platform/search-index/memory-search-index.fixture.js';
import { Shards } from '../../platform/shards/shards.js';
import { executeOn } from '../../platform/subgraph/execute.js';
import { silentLog } from '../../platform/telemetry/log.js';
import { messagesAfter, Sources } from './sources.js';
import { searchSubgraph } from './subgraph.js';

/** The search subgraph on real shards and an index in memory, with conversations and messages made by hand. */
export async function openSearch() {
  const databases = await openTestDatabases();
  const { directory } = databases;
  const shards = await Shards.load(directory, databases.shards);
  const index = new MemorySearchIndex();
  /** Those whom nobody comes across. */
  const lost = new Set<string>();
  const deps = {
    index,
    shards,
    people: {
      findable: async (_userId: string, others: readonly string[]) => new Set(others.filter((id) => !lost.has(id))),
    },
    cursors: new Cursors(randomBytes(32)),
  };
  let subgraph = await searchSubgraph(deps);

  return {
    directory,
    shards,
    index,
    lost,
    sources: new Sources(directory, shards),
    async limit(rules: Rules | null) {
      const limits = rules && new Limits(new EmbeddedRateLimiter(), rules, silentLog());
      subgraph = await searchSubgraph({ ...deps, ...(limits && { limits }) });
    },
    async run(caller: Caller, query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
      return JSON.parse(JSON.stringify(await executeOn(subgraph, { query, variables }, caller))) as Answer;
    },
    /** One page of messages, as the viewer finds them. */
    async messages(viewer: Caller, query: string, rest: Record<string, unknown> = {}): Promise<Answer> {
      return this.run(
        viewer,
        `query ($query: String!, $filter: MessageSearchFilter, $first: Int! = 20, $after: String) {
          searchMessages(query: $query, filter: $filter, first: $first, after: $after) {
            totalCount edges { cursor node { id } highlights { text ranges { start end } } }
            pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
        { query, ...rest },
      );
    },
    async list(viewer: Caller, field: 'searchUsers' | 'searchConversations', variables: Record<string, unknown>) {
      return this.run(
        viewer,
        `query ($query: String!, $first: Int! = 20, $after: String) { ${field}(query: $query, first: $first, after: $after) {
          edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }`,
        variables,
      );
    },
    async conversation(
      members: Person[],
      { kind = 'GROUP', title = 'Untitled', visibility = 'PRIVATE', bucket = randomBucket() } = {},
    ) {
      const id = newUuid(bucket);
      const { db } = shards.of(id);
      await db.$executeRaw`
        insert into conversation (conversation_id, kind, title, visibility, created_by, created_at, version, changed_at)
        values (${id}::uuid, ${kind}, ${title}, ${visibility}, ${newUuid(0)}::uuid, now(), 1, now())`;
      await db.$executeRaw`insert into conversation_head (conversation_id, version) values (${id}::uuid, 1)`;
      for (const member of members) await this.join(id, member);
      return id;
    },
    /** May read from `fromSeq` on. */
    async join(id: string, { userId }: Person, fromSeq = 1) {
      const { db } = shards.of(id);
      await db.$executeRaw`
        insert into member (conversation_id, user_id, role, joined_at, version, changed_at)
        values (${id}::uuid, ${userId}::uuid, 'MEMBER', now(), 1, now())
        on conflict (conversation_id, user_id) do update set left_at = null`;
      await db.$executeRaw`
        insert into member_span (conversation_id, user_id, from_seq) values (${id}::uuid, ${userId}::uuid, ${fromSeq}::int)`;
      await shards.of(userId).db.$executeRaw`
        insert into inbox (user_id, conversation_id, last_seq, read_seq, last_activity_at, conversation_version, version, changed_at)
        values (${userId}::uuid, ${id}::uuid, 0, 0, now(), 1, 1, now()) on conflict do nothing`;
    },
    /** Their list may still show the conversation. */
    async leave(id: string, { userId }: Person, toSeq: number) {
      const { db } = shards.of(id);
      await db.$executeRaw`
        update member set left_at = now() where conversation_id = ${id}::uuid and user_id = ${userId}::uuid`;
      await db.$executeRaw`
        update member_span set to_seq = ${toSeq}::int
        where conversation_id = ${id}::uuid and user_id = ${userId}::uuid and to_seq is null`;
    },
    /** Stored, and not indexed yet. */
    async message(conversationId: string, { userId }: Person, seq: number, body: string, kind = 'TEXT') {
      const id = newUuid(bucketOf(conversationId));
      await shards.of(id).db.$executeRaw`
        insert into message (conversation_id, seq, id, sender_id, kind, client_message_id, body, created_at, version, changed_at)
        values (${conversationId}::uuid, ${seq}::int, ${id}::uuid, ${userId}::uuid, ${kind}, ${id}, ${body},
          now(), ${seq}::bigint, now())`;
      return id;
    },
    /** Brings all messages to the index, as they are now. */
    async catchUp() {
      for (const { db } of shards.all)
        for (const { message, version } of await messagesAfter(db, newUuid(0, 0), 10_000)) {
          const change = messageChange(message, version);
          if (change) await index.writeMessages([change]);
        }
    },
    async hide({ userId }: Person, conversationId: string, id: string, seq: number) {
      await shards.of(userId).db.$executeRaw`
        insert into hidden_message (user_id, message_id, conversation_id, seq, version, changed_at)
        values (${userId}::uuid, ${id}::uuid, ${conversationId}::uuid, ${seq}::int, ${seq}::bigint, now())`;
    },
    close: () => databases.close(),
  };
}

export interface Answer {
  // Tests read answers as they come.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  data: any;
  errors?: { message: string; path?: string[]; extensions: { code?: string; retryAt?: string } }[];
}

/** Somebody new. */
export function somebody(): Person {
  return { kind: 'person', userId: newUuid(randomBucket()), deviceId: newUuid(randomBucket()), startedAt: Date.now() };
}

export const codesOf = ({ errors }: Answer) => (errors ?? []).map(({ extensions }) => extensions.code);
export const msg = (uuid: string) => toPublicId('message', uuid);
export const cnv = (uuid: string) => toPublicId('conversation', uuid);
export const usr = ({ userId }: Person) => toPublicId('user', userId);
