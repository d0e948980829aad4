import { randomBytes } from 'node:crypto';
import type { Caller, Person } from '../../platform/auth/caller.js';
import { testAvatars } from '../../platform/avatars/testing.js';
import { Cursors } from '../../platform/cursors/cursors.js';
import { openTestDatabases } from '../../platform/database/testing.js';
import { fromPublicId, newUuid, randomBucket, toPublicId } from '../../platform/ids/ids.js';
import type { PubSub } from '../../platform/pubsub/port.js';
import { Shards } from '../../platform/shards/shards.js';
import { defaultPrivacy, type PrivacyAudience } from '../../schema/people.js';
import { executeOn } from '../../platform/subgraph/execute.js';
import { events, type ConversationLogEvent } from '../../schema/events.js';
import { waitFor } from '../../tests/wait-for.js';
import { conversationsSubgraph } from './subgraph.js';

/** The conversations subgraph on real shards. People made by `somebody` exist. */
export async function openConversations() {
  const databases = await openTestDatabases();
  const shards = await Shards.load(databases.directory, databases.shards);
  const known = new Set<string>();
  const blocks = new Set<string>();
  const audiences = new Map<string, PrivacyAudience>();
  const images = new Set<string>();
  const published: string[] = [];
  const pubsub = { publish: async (channel: string) => void published.push(channel) } as Partial<PubSub> as PubSub;
  const subgraph = await conversationsSubgraph({
    shards,
    pubsub,
    cursors: new Cursors(randomBytes(32)),
    avatars: testAvatars(images),
    people: {
      known: async (ids) => new Set(ids.filter((id) => known.has(id))),
      blocked: async (userId, others) =>
        new Set(others.filter((other) => blocks.has(`${userId} ${other}`) || blocks.has(`${other} ${userId}`))),
      findable: async (_userId, others) => new Set(others),
      privacy: async (ids) =>
        new Map(ids.map((id) => [id, { ...defaultPrivacy, directMessages: audiences.get(id) ?? 'EVERYONE' }])),
    },
    inviteUrl: (code) => `https://parley.example/invite/${code}`,
  });

  async function run(caller: Caller, query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
    return JSON.parse(JSON.stringify(await executeOn(subgraph, { query, variables }, caller))) as Answer;
  }

  /** One mutation: the id of the conversation in its answer, and the codes of its errors. */
  async function change(caller: Caller, name: string, input: Record<string, unknown>): Promise<Changed> {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
    const answer = await run(
      caller,
      `mutation ($input: ${type}!) { it: ${name}(input: $input) { conversation { id } errors { code path message } } }`,
      { input },
    );
    if (answer.errors) throw new Error(JSON.stringify(answer.errors));
    const { conversation, errors } = (answer.data as { it: Payload }).it;
    return { uuid: conversation && fromPublicId('conversation', conversation.id), errors };
  }

  return {
    shards,
    /** What people may choose as a picture: "user media", UUIDs. */
    images,
    published,
    inboxFeed: subgraph.inboxFeed,
    memberships: subgraph.memberships,
    /** "user blocked": who has blocked whom. */
    blocks,
    /** Who may open a direct conversation with a person, by their id; left out: everyone. */
    audiences,
    run,
    change,
    /** Somebody new, who exists. */
    somebody(startedAt = Date.now()): Person {
      const person: Person = {
        kind: 'person',
        userId: newUuid(randomBucket()),
        deviceId: newUuid(randomBucket()),
        startedAt,
      };
      known.add(person.userId);
      return person;
    },
    /** A group of the first one, who owns it, and the others. */
    async newGroup(owner: Person, ...others: Person[]): Promise<string> {
      const memberIds = others.map(usr);
      const { uuid, errors } = await change(owner, 'createGroup', {
        clientMutationId: newUuid(0),
        title: 'Group',
        memberIds,
      });
      if (!uuid) throw new Error(JSON.stringify(errors));
      return uuid;
    },
    /** A channel of this one; PUBLIC unless said otherwise. */
    async newChannel(owner: Person, input: Record<string, unknown> = {}): Promise<string> {
      const draft = { clientMutationId: newUuid(0), title: 'Channel', visibility: 'PUBLIC', ...input };
      const { uuid, errors } = await change(owner, 'createChannel', draft);
      if (!uuid) throw new Error(JSON.stringify(errors));
      return uuid;
    },
    /** Sends a message as sendMessage does. */
    async send(conversationId: string, sender: Person): Promise<void> {
      const id = newUuid(0);
      const [row] = await shards.on(
        conversationId,
        ({ db }) => db.$queryRaw<{ outcome: string }[]>`
        select outcome from send_messages(true, array[${conversationId}::uuid], array[${sender.userId}::uuid], array[${id}::uuid],
          array[${id}::text], array['hello'])`,
      );
      if (row?.outcome !== 'stored') throw new Error(row?.outcome);
    },
    /** Moves an inbox row, as deliver does for one event. */
    async deliver(person: Person, conversationId: string, change: Delivered): Promise<number> {
      const { version, seq = 0, read = 0, at = null, isRemoval = false } = change;
      const [row] = await shards.on(
        person.userId,
        ({ db }) => db.$queryRaw<{ versions: bigint[] }[]>`
        select deliver_inbox(array[${person.userId}::uuid], array[${conversationId}::uuid], array[${version}::bigint],
          array[${seq}::int], array[${read}::int], array[${at?.toISOString() ?? null}::timestamptz],
          array[${isRemoval}::boolean]) as versions`,
      );
      return Number(row?.versions[0]);
    },
    /** Makes somebody an admin, without telling anybody. */
    async promote(conversationId: string, person: Person): Promise<void> {
      await shards.on(
        conversationId,
        ({ db }) => db.$executeRaw`
        update member set role = 'ADMIN' where conversation_id = ${conversationId}::uuid and user_id = ${person.userId}::uuid`,
      );
    },
    /** Lets in so many people who do nothing, past every rule, told to nobody: only their number counts. */
    async crowd(conversationId: string, count: number): Promise<void> {
      const { db } = shards.of(conversationId);
      await db.$executeRaw`
        insert into member (conversation_id, user_id, role, joined_at, version, changed_at)
        select ${conversationId}::uuid, gen_random_uuid(), 'MEMBER', now(), 0, now() from generate_series(1, ${count}::int)`;
      await db.$executeRaw`
        update conversation_head set member_count = member_count + ${count}::int where conversation_id = ${conversationId}::uuid`;
    },
    /** Role by user id of the current members. */
    async roles(conversationId: string): Promise<Record<string, string>> {
      const rows = await shards.of(conversationId).db.member.findMany({ where: { conversationId, leftAt: null } });
      return Object.fromEntries(rows.map((row) => [row.userId, row.role]));
    },
    /** What system messages tell of a conversation, in their order. */
    async announced(conversationId: string) {
      const rows = await shards
        .of(conversationId)
        .db.message.findMany({ where: { conversationId, kind: 'SYSTEM' }, orderBy: { seq: 'asc' } });
      return rows.map(
        (row) => row.systemEvent as { kind: string; actorId: string; subjectIds: string[]; text: string },
      );
    },
    /** Starts changes of one conversation, at most four, while its head is locked, and lets them go once all of them wait. */
    async allAtOnce<T>(conversationId: string, starts: (() => Promise<T>)[]): Promise<T[]> {
      const { db } = shards.of(conversationId);
      const waiting = await db.$transaction(
        async (held) => {
          await held.$executeRaw`set local idle_in_transaction_session_timeout = 0`;
          await held.$executeRaw`select from conversation_head where conversation_id = ${conversationId}::uuid for update`;
          const started = starts.map((start) => start());
          await waitFor('all of them waiting', async () => {
            const [row] = await db.$queryRaw<{ count: number }[]>`
              select count(*)::int as count from pg_stat_activity
              where datname = current_database() and wait_event_type = 'Lock'`;
            return row?.count === starts.length;
          });
          return started;
        },
        { timeout: 20_000 },
      );
      return Promise.all(waiting);
    },
    /** What the outbox tells of a conversation, by version. */
    async told(conversationId: string): Promise<ConversationLogEvent[]> {
      const rows = await shards.of(conversationId).db.outbox.findMany({ where: { key: conversationId } });
      const parsed = rows.map(({ topic, payload }) => {
        if (topic !== 'parley.conversation') throw new Error(topic);
        const event = JSON.parse(payload) as { type: keyof typeof events };
        return events[event.type].parse(event) as ConversationLogEvent;
      });
      return parsed.sort((a, b) => a.conversationVersion - b.conversationVersion);
    },
    close: () => databases.close(),
  };
}

export interface Answer {
  // Tests read answers as they come.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  data: any;
  errors?: { message: string; path?: (string | number)[]; extensions: { code?: string; retryable?: boolean } }[];
}
interface Payload {
  conversation: { id: string } | null;
  errors: { code: string; path: string[]; message: string }[];
}
export interface Changed {
  uuid: string | null;
  errors: Payload['errors'];
}
export interface Delivered {
  version: number;
  seq?: number;
  read?: number;
  at?: Date | null;
  isRemoval?: boolean;
}

export const cnv = (uuid: string) => toPublicId('conversation', uuid);
export const usr = ({ userId }: Person) => toPublicId('user', userId);
export const codes = ({ errors }: { errors?: { code?: string; extensions?: { code?: string } }[] }) =>
  errors?.map((error) => error.code ?? error.extensions?.code) ?? [];

/** What a system message tells; undefined for every other event. */
export const systemKind = (event: ConversationLogEvent) =>
  event.type === 'MessageSent' ? event.message.systemEvent?.kind : undefined;
