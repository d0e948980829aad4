import type { Caller, Person } from '../../platform/auth/caller.js';
import { openTestDatabases } from '../../platform/database/testing.js';
import { EmbeddedEphemeral } from '../../platform/ephemeral/embedded.js';
import { EmbeddedPresences } from '../../platform/ephemeral/embedded-presence.js';
import { newUuid, randomBucket, toPublicId } from '../../platform/ids/ids.js';
import type { PubSub } from '../../platform/pubsub/port.js';
import { Limits } from '../../platform/rate-limit/limits.js';
import type { RateLimiter } from '../../platform/rate-limit/port.js';
import { Shards } from '../../platform/shards/shards.js';
import { executeOn } from '../../platform/subgraph/execute.js';
import { silentLog } from '../../platform/telemetry/log.js';
import type { Memberships } from '../../schema/memberships.js';
import { defaultPrivacy, type People, type Privacy } from '../../schema/people.js';
import { presenceChannels, type PresenceUpdate, type StateEvent } from '../../schema/presence.js';
import { sweepPresence, SWEEP_MS } from '../../workers/sweep-presence.js';
import { presenceSubgraph } from './subgraph.js';

/** What the presence subgraph is told of people and memberships. */
export class FakePeople implements People, Memberships {
  readonly blocks = new Set<string>();
  readonly settings = new Map<string, Partial<Privacy>>();
  readonly members = new Map<string, string[]>();
  readonly directs = new Set<string>();
  readonly unknown = new Set<string>();

  async known(userIds: readonly string[]) {
    return new Set(userIds.filter((userId) => !this.unknown.has(userId)));
  }
  async blocked(userId: string, others: readonly string[]) {
    return new Set(
      others.filter((other) => this.blocks.has(`${userId} ${other}`) || this.blocks.has(`${other} ${userId}`)),
    );
  }
  async findable(userId: string, others: readonly string[]) {
    const blocked = await this.blocked(userId, others);
    return new Set(others.filter((other) => !this.unknown.has(other) && !blocked.has(other)));
  }
  async privacy(userIds: readonly string[]) {
    return new Map(userIds.map((userId) => [userId, { ...defaultPrivacy, ...this.settings.get(userId) }]));
  }
  async isMember(conversationId: string, userId: string) {
    return this.members.get(conversationId)?.includes(userId) ?? false;
  }
  async membersOf(conversationId: string, limit: number) {
    return (this.members.get(conversationId) ?? []).slice(0, limit);
  }
  async directContacts(userId: string, others: readonly string[]) {
    return new Set(others.filter((other) => this.directs.has([userId, other].sort().join(' '))));
  }
}

/** The presence subgraph on a real directory and shards, with a clock that stands still until it is told to go on. */
export async function openPresence() {
  const databases = await openTestDatabases();
  const { directory } = databases;
  const shards = await Shards.load(directory, databases.shards);
  const people = new FakePeople();
  const published: { channel: string; message: string }[] = [];
  const pubsub = {
    publish: async (channel: string, message: string) => void published.push({ channel, message }),
  } as Partial<PubSub> as PubSub;
  const ephemeral = new EmbeddedEphemeral();
  let time = Date.now();
  const now = () => time;

  const unlimited = {} as RateLimiter;

  async function start(presences = new EmbeddedPresences(now)) {
    const subgraph = await presenceSubgraph({
      directory,
      shards,
      presences,
      ephemeral,
      pubsub,
      people,
      memberships: people,
      limits: new Limits(unlimited, null, silentLog()),
      log: silentLog(),
      now,
    });
    return { subgraph, presences };
  }
  let running = await start();

  return {
    directory,
    shards,
    people,
    published,
    now,
    get presence() {
      return running.subgraph.presence;
    },
    get feed() {
      return running.subgraph.presenceFeed;
    },
    get store() {
      return running.subgraph.store;
    },
    /** Another process on the same databases; the store of living devices is kept, or as fresh as after a crash. */
    async restart(keeps: 'store' | 'nothing') {
      running = await start(keeps === 'store' ? running.presences : undefined);
    },
    /** Lets time go by, with a sweeper at work. */
    async pass(ms: number, each: () => Promise<void> = async () => undefined): Promise<void> {
      for (let passed = 0; passed < ms; passed += SWEEP_MS) {
        time += Math.min(SWEEP_MS, ms - passed);
        const { presences, subgraph } = running;
        while (await sweepPresence({ presences, store: subgraph.store, pubsub }));
        await each();
      }
    },
    /** What was published of somebody, in order. */
    told(userId: string): PresenceUpdate[] {
      return published
        .filter(({ channel }) => channel === presenceChannels.person(userId))
        .map(({ message }) => JSON.parse(message) as PresenceUpdate);
    },
    /** Somebody new, with an account. */
    async somebody(): Promise<Person> {
      const [person] = await this.crowd(1);
      return person!;
    },
    async crowd(count: number): Promise<Person[]> {
      const crowd = Array.from({ length: count }, (): Person => {
        const userId = newUuid(randomBucket());
        return { kind: 'person', userId, deviceId: newUuid(randomBucket()), startedAt: time };
      });
      await directory.user.createMany({
        data: crowd.map(({ userId }) => ({ userId, handle: userId.replaceAll('-', '_'), displayName: 'Somebody' })),
      });
      return crowd;
    },
    async run(
      caller: Caller,
      query: string,
      variables: Record<string, unknown> = {},
      root?: Record<string, StateEvent>,
    ): Promise<Answer> {
      const result = await executeOn(running.subgraph, { query, variables }, caller, root);
      return JSON.parse(JSON.stringify(result)) as Answer;
    },
    /** As `viewer` sees the person through `_entities`. */
    async seen(viewer: Caller, person: Person): Promise<Answer> {
      const answer = await this.run(
        viewer,
        'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id presence { status lastSeenAt } } } }',
        { r: [{ __typename: 'User', id: usr(person) }] },
      );
      const [user] = entitiesOf(answer);
      return { ...answer, data: user?.presence ?? null };
    },
    /** A field of a conversation as the viewer sees it. */
    async ofConversation(viewer: Caller, conversationId: string, selection: string): Promise<Answer> {
      const answer = await this.run(
        viewer,
        `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Conversation { ${selection} } } }`,
        { r: [{ __typename: 'Conversation', id: toPublicId('conversation', conversationId) }] },
      );
      return { ...answer, data: entitiesOf(answer)[0] ?? null };
    },
    /** One mutation with an input; the codes of its errors. */
    async change(caller: Caller, name: string, input: Record<string, unknown>): Promise<string[]> {
      const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
      const answer: Answer<unknown> = await this.run(
        caller,
        `mutation ($input: ${type}!) { ${name}(input: $input) { errors { code path message } } }`,
        { input },
      );
      const { data, errors } = answer;
      if (errors) throw new Error(JSON.stringify(errors));
      return (data as Record<string, { errors: { code: string }[] }>)[name]?.errors.map(({ code }) => code) ?? [];
    },
    async close() {
      await ephemeral.close();
      await databases.close();
    },
  };
}

// Tests read answers as they come.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export interface Answer<Data = any> {
  data: Data;
  errors?: { message: string; extensions: { code?: string } }[];
}

function entitiesOf({ data }: Answer<unknown>): Record<string, unknown>[] {
  return (data as { _entities: Record<string, unknown>[] } | null)?._entities ?? [];
}

export const usr = ({ userId }: Person) => toPublicId('user', userId);
