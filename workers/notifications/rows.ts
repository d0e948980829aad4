import type { Shard, Shards } from '../../platform/shards/shards.js';

/** Somebody's place in a conversation. */
export interface Place {
  userId: string;
  conversationId: string;
}

/** That messages have come which somebody may have to be told of. */
export interface Arrival extends Place {
  /** The newest. */
  seq: number;
  /** The first, where no device was awake: told although a device may have taken it. */
  pushFrom: number | null;
  /** When to look, ms from now. */
  delayMs: number;
}

/** A row of notification that was claimed. */
export interface Claimed extends Place {
  pushFrom: number | null;
  settledSeq: number;
  /** Push targets that show the conversation, each with the last message it was told of. */
  shown: Record<string, number>;
  attempts: number;
  /** For how long it has been due, ms. */
  lateMs: number;
}

/** What came of a look. */
export interface Settled extends Place {
  /** Up to here it is decided. */
  seq: number;
  /** Targets that show nothing any more. */
  hidden: string[];
  /** When to look again, ms from now; null: no sooner than something happens. */
  againInMs: number | null;
  pushFrom: number | null;
  attempts: number;
}

/** For how long a look keeps others away, should its process die. Longer than any look takes. */
const LEASE_MS = 60_000;

/** The table notification of the shards: when to look whether a person is to be told of a conversation. */
export class NotificationRows {
  constructor(private readonly shards: Shards) {}

  /** Each place at most once a call. What was decided already is left alone. Throws where a shard cannot, after the others did. */
  async schedule(arrivals: readonly Arrival[]): Promise<void> {
    await this.onEach(
      arrivals,
      ({ db }, some) => db.$executeRaw`
        select schedule_notifications(
          ${some.map(({ userId }) => userId)}::uuid[], ${some.map(({ conversationId }) => conversationId)}::uuid[],
          ${some.map(({ seq }) => seq)}::int[], ${some.map(({ pushFrom }) => pushFrom)}::int[],
          ${some.map(({ delayMs }) => Math.round(delayMs))}::int[])`,
    );
  }

  /** Has those looked at that a device shows, or may show in a moment. Returns how many. */
  async wake(places: readonly Place[]): Promise<number> {
    const woken = await this.onEach(
      places,
      ({ db }, some) => db.$queryRaw<{ woken: number }[]>`
        select wake_notifications(
          ${some.map(({ userId }) => userId)}::uuid[], ${some.map(({ conversationId }) => conversationId)}::uuid[]) as woken`,
    );
    return sum(woken);
  }

  /** Has what is postponed looked at again. Returns how much. */
  async wakePostponed(userIds: readonly string[]): Promise<number> {
    const woken = await this.onEach(
      userIds.map((userId) => ({ userId })),
      ({ db }, some) => db.$queryRaw<{ woken: number }[]>`
        select wake_postponed(${some.map(({ userId }) => userId)}::uuid[]) as woken`,
    );
    return sum(woken);
  }

  /** Those of a shard that are due, the longest first: nobody else gets them for a while. */
  async claim({ db }: Shard, limit: number): Promise<Claimed[]> {
    return db.$queryRaw<Claimed[]>`
      select user_id as "userId", conversation_id as "conversationId", push_from as "pushFrom", settled_seq as "settledSeq",
        shown, attempts, (extract(epoch from clock_timestamp() - due_at) * 1000)::float8 as "lateMs"
      from claim_notifications(${limit}::int, ${`${LEASE_MS} milliseconds`}::interval)`;
  }

  async show({ userId, conversationId }: Place, targetId: string, seq: number): Promise<void> {
    await this.shards.on(
      userId,
      ({ db }) =>
        db.$executeRaw`select show_notification(${userId}::uuid, ${conversationId}::uuid, ${targetId}::uuid, ${seq}::int)`,
    );
  }

  /** Ends looks. Throws where a shard cannot, after the others did. */
  async settle(looks: readonly Settled[]): Promise<void> {
    await this.onEach(looks, ({ db }, some) => {
      const rows = some.map(({ againInMs, ...look }) => ({
        ...look,
        againInMs: againInMs === null ? null : Math.round(againInMs),
      }));
      return db.$executeRaw`
        select settle_notification(w."userId", w."conversationId", w.seq, w.hidden, w."againInMs", w."pushFrom", w.attempts)
        from (
          select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r ("userId" uuid, "conversationId" uuid, seq int,
            hidden text[], "againInMs" int, "pushFrom" int, attempts int)
          order by "userId", "conversationId"
        ) w`;
    });
  }

  /** How many were forgotten of which nothing will come. */
  async forget({ db }: Shard, limit: number): Promise<number> {
    const [row] = await db.$queryRaw<{ count: number }[]>`select forget_notifications(${limit}::int) as count`;
    return row?.count ?? 0;
  }

  private async onEach<Each extends Pick<Place, 'userId'>, Result>(
    places: readonly Each[],
    call: (shard: Shard, some: Each[]) => PromiseLike<Result>,
  ): Promise<Result[]> {
    const answers = await this.shards.each(places, ({ userId }) => userId, call);
    return answers.map((answer) => {
      if ('error' in answer) throw answer.error;
      return answer.result;
    });
  }
}

function sum(woken: { woken: number }[][]): number {
  return woken.flat().reduce((total, each) => total + each.woken, 0);
}
