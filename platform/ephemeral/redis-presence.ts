import type { PersonState, PresenceStatus, PresenceUpdate } from '../../schema/presence.js';
import type { RedisConnections } from '../redis/connection.js';
import type { Presences, Swept, Touch, Touched } from './presence-port.js';
import { awake, recorded, release, since, sweep, touch } from './redis-presence-scripts.js';

/** People are spread over so many hash tags: enough to share the work of a Cluster's nodes. */
const TAGS = 32;

type UpdateReply = [userId: string, status: PresenceStatus, lastSeenAt: number | null, number: number, at: number];
type SweepReply = [
  updates: UpdateReply[],
  online: string[],
  offline: [userId: string, lastSeenAt: number | null, number: number][],
  hasMore: number,
];

/**
 * In Redis; every script concerns the keys of one hash tag. Time is Redis's own, so that the clocks of routers and workers
 * need not agree. Needs a `maxmemory-policy` of noeviction or volatile-*: the sorted sets that sweeps read never expire.
 */
export class RedisPresences implements Presences {
  constructor(
    private readonly redis: RedisConnections,
    /** For tests: Unix ms, instead of Redis's time. */
    private readonly now: () => number | '' = () => '',
  ) {}

  async touch({
    userId,
    deviceId,
    source,
    ttlMs,
    unlessAlive,
    intent,
    reveal,
    seed,
  }: Touch): Promise<Touched | 'unknown'> {
    const tag = tagOf(userId);
    const reply = (await this.redis.evaluate(
      touch,
      [personKey(tag, userId), dueKey(tag), sinceKey(tag)],
      [
        this.now(),
        userId,
        deviceId,
        source,
        ttlMs,
        flag(unlessAlive),
        intent ?? '',
        flag(reveal),
        flag(seed !== undefined),
        flag(seed?.isInvisible),
        seed?.lastSeenAt ?? '',
      ],
    )) as [UpdateReply | null, number, number] | null;
    if (!reply) return 'unknown';
    const [update, isBack, wantsReveal] = reply;
    return { update: update && toUpdate(update), isBack: isBack === 1, wantsReveal: wantsReveal === 1 };
  }

  async release(userId: string, deviceId: string, source: string): Promise<void> {
    const tag = tagOf(userId);
    await this.redis.evaluate(
      release,
      [personKey(tag, userId), dueKey(tag)],
      [this.now(), userId, `${deviceId} ${source}`],
    );
  }

  /** Of the nodes that can be reached; throws where none can. */
  async sweep(limit: number): Promise<Swept> {
    const each = Math.ceil(limit / TAGS);
    const replies = await Promise.allSettled(
      tags.map((tag) =>
        this.redis.evaluate(sweep, [dueKey(tag), sinceKey(tag)], [this.now(), personKey(tag, ''), each]),
      ),
    );
    const swept: Swept = { updates: [], online: [], offline: [], hasMore: false };
    let failed = 0;
    for (const reply of replies) {
      if (reply.status === 'rejected') {
        if (++failed === TAGS) throw reply.reason;
        continue;
      }
      const [updates, online, offline, hasMore] = reply.value as SweepReply;
      swept.updates.push(...updates.map(toUpdate));
      swept.online.push(...online);
      for (const [userId, lastSeenAt, number] of offline) swept.offline.push({ userId, lastSeenAt, number });
      swept.hasMore ||= hasMore === 1;
    }
    return swept;
  }

  async recorded(userId: string, number: number): Promise<boolean> {
    const tag = tagOf(userId);
    return (
      (await this.redis.evaluate(recorded, [personKey(tag, userId), dueKey(tag)], [this.now(), userId, number])) === 1
    );
  }

  async read(userIds: readonly string[]): Promise<(PersonState | null)[]> {
    const found = await this.redis.run((client) =>
      Promise.all(
        userIds.map((userId) => client.hmget(personKey(tagOf(userId), userId), 'status', 'lastSeenAt', 'number')),
      ),
    );
    return found.map(([status, lastSeenAt, number]) =>
      status && number
        ? {
            status: status as PresenceStatus,
            lastSeenAt: lastSeenAt ? Number(lastSeenAt) : null,
            number: Number(number),
          }
        : null,
    );
  }

  async awake(userIds: readonly string[]): Promise<Set<string>> {
    const replies = await Promise.all(
      userIds.map((userId) => this.redis.evaluate(awake, [personKey(tagOf(userId), userId)], [this.now()])),
    );
    return new Set(userIds.filter((_, index) => replies[index] === 1));
  }

  /** Since when all of it is known: where a node of a Cluster has lost its part, since then. */
  async since(): Promise<number> {
    const times = await Promise.all(tags.map((tag) => this.redis.evaluate(since, [sinceKey(tag)], [this.now()])));
    return Math.max(...(times as number[]));
  }

  /** Ends nothing: the connections belong to whoever opened them. */
  async close(): Promise<void> {}
}

const tags = Array.from({ length: TAGS }, (_, number) => `{p${String(number).padStart(2, '0')}}`);

/** FNV-1a. It must never change: a person's hash would be lost to those who know another. */
function tagOf(userId: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < userId.length; i++) hash = Math.imul(hash ^ userId.charCodeAt(i), 0x01000193);
  return tags[(hash >>> 0) % TAGS]!;
}

const personKey = (tag: string, userId: string) => `${tag}:presence:${userId}`;
const dueKey = (tag: string) => `${tag}:presences-due`;
const sinceKey = (tag: string) => `${tag}:presences-since`;
const flag = (value: boolean | undefined) => (value ? '1' : '');

function toUpdate([userId, status, lastSeenAt, number, at]: UpdateReply): PresenceUpdate {
  return { userId, status, lastSeenAt, number, at };
}
