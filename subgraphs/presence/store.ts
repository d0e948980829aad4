import type { DirectoryClient, ShardClient } from '../../platform/database/port.js';
import type { Seed } from '../../platform/ephemeral/presence-port.js';
import { newUuid, randomBucket } from '../../platform/ids/ids.js';
import type { Shards } from '../../platform/shards/shards.js';

/** A row of "presence". */
export interface StoredPresence {
  isInvisible: boolean;
  /** When they were last known to be online; null once known to be offline, and while invisible. */
  onlineAt: Date | null;
  lastSeenAt: Date | null;
}

/** What is durable about presence, and what is read of conversations to count who is online. */
export class PresenceStore {
  constructor(
    private readonly directory: DirectoryClient,
    private readonly shards: Shards,
  ) {}

  async byIds(userIds: readonly string[]): Promise<Map<string, StoredPresence>> {
    const rows = await this.directory.presence.findMany({ where: { userId: { in: [...userIds] } } });
    return new Map(rows.map((row) => [row.userId, row]));
  }

  /** Notes that these people are online, save where they are invisible, and says what is known of each. No entry for an account that is gone. */
  async arrive(userIds: readonly string[]): Promise<Map<string, Seed>> {
    const rows = await this.directory.$queryRaw<{ userId: string; isInvisible: boolean; lastSeenAt: Date | null }[]>`
      insert into presence as p (user_id, online_at)
      select u.user_id, now() from "user" u 
      where u.user_id = any(${[...userIds]}::uuid[]) and u.deleted_at is null order by u.user_id
      on conflict (user_id) do update set online_at = case when p.is_invisible then null else now() end
      returning p.user_id as "userId", p.is_invisible as "isInvisible", p.last_seen_at as "lastSeenAt"`;
    return new Map(
      rows.map(({ userId, isInvisible, lastSeenAt }) => [
        userId,
        { isInvisible, lastSeenAt: lastSeenAt?.getTime() ?? null },
      ]),
    );
  }

  /** Notes when people who have gone were last to be seen. `lastSeenAt`: Unix ms. */
  async leave(gone: readonly { userId: string; lastSeenAt: number | null }[]): Promise<void> {
    const userIds = gone.map(({ userId }) => userId);
    const times = gone.map(({ lastSeenAt }) => (lastSeenAt === null ? null : new Date(lastSeenAt).toISOString()));
    await this.directory.$executeRaw`
      with gone as (
        select p.user_id, g.seen from presence p join unnest(${userIds}::uuid[], ${times}::timestamptz[]) as g (user_id, seen) using (user_id)
        order by p.user_id for update of p
      )
      update presence p set online_at = null, last_seen_at = greatest(p.last_seen_at, gone.seen)
      from gone where p.user_id = gone.user_id`;
  }

  /** Seen now, where they were to be seen. */
  async hide(userId: string): Promise<void> {
    await this.directory.$executeRaw`
      insert into presence as p (user_id, is_invisible)
      select user_id, true from "user" where user_id = ${userId}::uuid and deleted_at is null
      on conflict (user_id) do update set is_invisible = true, online_at = null,
        last_seen_at = case when p.online_at is null then p.last_seen_at else now() end`;
  }

  async reveal(userId: string): Promise<void> {
    await this.directory.$executeRaw`
      update presence set is_invisible = false, online_at = now() where user_id = ${userId}::uuid`;
  }

  /** May anybody look at it? */
  async isPublic(conversationId: string): Promise<boolean> {
    const [found] = await this.shards.on(
      conversationId,
      ({ db }) => db.$queryRaw<{ visibility: string }[]>`
      select c.visibility from conversation c
      where owns_buckets(array[${conversationId}::uuid]) and c.conversation_id = ${conversationId}::uuid`,
    );
    return found?.visibility === 'PUBLIC';
  }

  /**
   * The number of members, and some of them: short runs of the index, each from a random place on. Costs the same however
   * many there are.
   */
  sampleMembers(conversationId: string): Promise<{ memberCount: number; userIds: string[] }> {
    return this.shards.on(conversationId, ({ db }) => this.sampleOn(db, conversationId));
  }

  private async sampleOn(db: ShardClient, conversationId: string) {
    const [extent] = await db.$queryRaw<{ memberCount: number; first: string | null; last: string | null }[]>`
      select h.member_count as "memberCount",
        (select m.user_id from member m where m.conversation_id = h.conversation_id order by m.user_id limit 1) as first,
        (select m.user_id from member m where m.conversation_id = h.conversation_id order by m.user_id desc limit 1) as last
      from conversation_head h
      where owns_buckets(array[${conversationId}::uuid]) and h.conversation_id = ${conversationId}::uuid`;
    if (!extent?.first || !extent.last) return { memberCount: 0, userIds: [] };
    const places = randomPlaces(extent.first, extent.last);
    const rows = await db.$queryRaw<{ userId: string }[]>`
      select distinct run.user_id as "userId" from unnest(${places}::uuid[]) as place (user_id)
      cross join lateral (
        select m.user_id, m.left_at from member m
        where m.conversation_id = ${conversationId}::uuid and m.user_id >= place.user_id
        order by m.user_id limit ${RUN}
      ) run
      where owns_buckets(array[${conversationId}::uuid]) and run.left_at is null`;
    return { memberCount: extent.memberCount, userIds: rows.map(({ userId }) => userId) };
  }
}

const PLACES = 16;
const RUN = 16;

/** Ids begin with the time at which they were made: places in time between two of them. */
function randomPlaces(first: string, last: string): string[] {
  const millis = (uuid: string) => parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
  const low = millis(first);
  return Array.from({ length: PLACES }, () =>
    newUuid(randomBucket(), low + Math.floor(Math.random() * (millis(last) - low + 1))),
  );
}
