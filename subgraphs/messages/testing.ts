import { randomBytes } from 'node:crypto';
import { execute, parse, type ExecutionResult } from 'graphql';
import type { Caller, Person } from '../../platform/auth/caller.js';
import { Cursors } from '../../platform/cursors/cursors.js';
import { openTestDatabases } from '../../platform/database/testing.js';
import type { LogRecord } from '../../platform/event-log/port.js';
import { newUuid, randomBucket, toPublicId } from '../../platform/ids/ids.js';
import type { PubSub } from '../../platform/pubsub/port.js';
import { Shards } from '../../platform/shards/shards.js';
import { silentLog } from '../../platform/telemetry/log.js';
import type { ParleyEvent } from '../../schema/events.js';
import type { StreamEvent } from '../../schema/feeds.js';
import { defaultPrivacy, type People } from '../../schema/people.js';
import { SendStore } from './send-store.js';
import { messagesSubgraph } from './subgraph.js';

/** The messages subgraph on real shards, and conversations made by hand. */
export async function openMessages() {
  const databases = await openTestDatabases();
  const published: string[] = [];
  const pubsub = { publish: async (channel: string) => void published.push(channel) } as Partial<PubSub> as PubSub;
  const shards = await Shards.load(databases.directory, databases.shards);
  const logged: ParleyEvent[] = [];
  const eventLog = {
    append: async (records: readonly LogRecord[]) =>
      void logged.push(...records.map(({ value }) => JSON.parse(value) as ParleyEvent)),
  };
  const hiding = new Set<string>();
  const people: Pick<People, 'privacy'> = {
    privacy: async (ids) => new Map(ids.map((id) => [id, { ...defaultPrivacy, readReceipts: !hiding.has(id) }])),
  };
  const cursors = new Cursors(randomBytes(32));
  const subgraph = await messagesSubgraph({ shards, pubsub, eventLog, people, cursors });
  return {
    shards,
    published,
    /** What was appended to the event log. */
    logged,
    /** Those who hide what they have read. */
    hiding,
    subgraph,
    /** As another process would have it. */
    newSendStore: () => new SendStore(shards, pubsub, silentLog()),
    /** Executes one operation as this caller. */
    async run(
      caller: Caller,
      document: string,
      variables: Record<string, unknown> = {},
      root?: Record<string, StreamEvent>,
    ) {
      const answer: ExecutionResult = await execute({
        schema: subgraph.schema,
        document: parse(document),
        variableValues: variables,
        contextValue: subgraph.contextFor(caller),
        rootValue: root,
      });
      return JSON.parse(JSON.stringify(answer)) as Answer;
    },
    /** A group of these people. */
    async newConversation(...userIds: string[]): Promise<string> {
      const id = newUuid(randomBucket());
      const { db } = shards.of(id);
      await db.$executeRaw`
        insert into conversation (conversation_id, kind, created_by, created_at, version, changed_at)
        values (${id}::uuid, 'GROUP', ${userIds[0]}::uuid, now(), 1, now())`;
      await db.$executeRaw`insert into conversation_head (conversation_id, version) values (${id}::uuid, 1)`;
      for (const userId of userIds) await join(id, userId);
      return id;
    },
    join,
    /** Takes somebody out, as removeMembers does. */
    async leave(id: string, userId: string): Promise<void> {
      await shards.on(
        id,
        ({ db }) => db.$executeRaw`
        with head as (
          update conversation_head set version = version + 1 where conversation_id = ${id}::uuid returning *
        ), span as (
          update member_span s set to_seq = head.last_seq from head
          where s.conversation_id = head.conversation_id and s.user_id = ${userId}::uuid and s.to_seq is null
        )
        update member m set left_at = now(), version = head.version, changed_at = clock_timestamp() from head
        where m.conversation_id = head.conversation_id and m.user_id = ${userId}::uuid`,
      );
    },
    async close() {
      await subgraph.stop();
      await databases.close();
    },
  };

  /** Lets somebody in, who may read from the next message on. */
  async function join(id: string, userId: string): Promise<void> {
    await shards.on(
      id,
      ({ db }) => db.$executeRaw`
      with head as (
        update conversation_head set version = version + 1 where conversation_id = ${id}::uuid returning *
      ), span as (
        insert into member_span (conversation_id, user_id, from_seq)
        select conversation_id, ${userId}::uuid, last_seq + 1 from head
      )
      insert into member (conversation_id, user_id, role, joined_at, version, changed_at)
      select conversation_id, ${userId}::uuid, 'MEMBER', now(), version, clock_timestamp() from head
      on conflict (conversation_id, user_id) do update
        set left_at = null, version = excluded.version, changed_at = excluded.changed_at`,
    );
  }
}

export interface Answer {
  // Tests read answers as they come.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  data: any;
  errors?: { message: string; path?: (string | number)[]; extensions: { code?: string; retryable?: boolean } }[];
}

/** Somebody new. */
export function somebody(): Person {
  return { kind: 'person', userId: newUuid(randomBucket()), deviceId: newUuid(randomBucket()), startedAt: Date.now() };
}

export const cnv = (uuid: string) => toPublicId('conversation', uuid);
