import type { DirectoryClient } from '../../platform/database/port.js';

/** For how long a look keeps others away, should its process die. */
const LEASE_MS = 120_000;

export interface ClaimedDigest {
  userId: string;
  revision: number;
}
/** What was mailed of a conversation: up to which message, and when. */
export interface Mailed {
  conversationId: string;
  seq: number;
  mailedAt: Date;
}

/** The tables email_digest and mailed_conversation of the directory. */
export class DigestRows {
  constructor(private readonly directory: DirectoryClient) {}

  /** Has people looked at after so many ms, or sooner where somebody is to look already. Each person at most once a call. */
  async schedule(due: readonly { userId: string; delayMs: number }[]): Promise<void> {
    const sorted = [...due].sort((a, b) => (a.userId < b.userId ? -1 : 1));
    await this.directory.$executeRaw`
      insert into email_digest as d (user_id, due_at)
      select w.user_id, clock_timestamp() + w.delay * interval '1 ms'
      from unnest(${sorted.map(({ userId }) => userId)}::uuid[], ${sorted.map(({ delayMs }) => Math.round(delayMs))}::int[])
        as w (user_id, delay)
      join "user" u using (user_id)
      order by w.user_id
      on conflict (user_id) do update set
        revision = d.revision + 1, due_at = least(d.due_at, excluded.due_at)`;
  }

  async claim(limit: number): Promise<ClaimedDigest[]> {
    return this.directory.$queryRaw<ClaimedDigest[]>`
      update email_digest d set leased_until = clock_timestamp() + ${`${LEASE_MS} milliseconds`}::interval
      from (
        select user_id from email_digest
        where due_at <= clock_timestamp() and coalesce(leased_until <= clock_timestamp(), true)
        order by due_at limit ${limit} for update skip locked
      ) c
      where d.user_id = c.user_id
      returning d.user_id as "userId", d.revision`;
  }

  /**
   * Ends the look. `againInMs` null: nothing waits. What came meanwhile is looked at after `newsInMs`, or sooner.
   */
  async settle({ userId, revision }: ClaimedDigest, againInMs: number | null, newsInMs: number): Promise<void> {
    if (againInMs === null) {
      const gone = await this.directory.emailDigest.deleteMany({ where: { userId, revision } });
      if (gone.count > 0) return;
    }
    const again = againInMs ?? newsInMs;
    await this.directory.$executeRaw`
      update email_digest set leased_until = null,
        due_at = clock_timestamp() + interval '1 ms'
          * case when revision = ${revision} then ${again}::float8 else least(${again}::float8, ${newsInMs}::float8) end
      where user_id = ${userId}::uuid`;
  }

  async mailed(userId: string): Promise<Map<string, Mailed>> {
    const rows = await this.directory.mailedConversation.findMany({ where: { userId } });
    return new Map(rows.map((row) => [row.conversationId, row]));
  }

  /** Before the letter goes: so that none goes twice. */
  async note(userId: string, told: readonly { conversationId: string; seq: number }[], at: Date): Promise<void> {
    await this.directory.$executeRaw`
      insert into mailed_conversation (user_id, conversation_id, seq, mailed_at)
      select ${userId}::uuid, w.conversation_id, w.seq, ${at}::timestamptz
      from unnest(${told.map(({ conversationId }) => conversationId)}::uuid[], ${told.map(({ seq }) => seq)}::int[])
        as w (conversation_id, seq)
      on conflict (user_id, conversation_id) do update set seq = excluded.seq, mailed_at = excluded.mailed_at`;
  }

  /** The letter did not go: all as it was. */
  async takeBack(userId: string, told: readonly { conversationId: string }[], before: ReadonlyMap<string, Mailed>) {
    const conversationIds = told.map(({ conversationId }) => conversationId);
    await this.directory.mailedConversation.deleteMany({ where: { userId, conversationId: { in: conversationIds } } });
    const data = conversationIds.flatMap((id) => before.get(id) ?? []).map((row) => ({ ...row, userId }));
    await this.directory.mailedConversation.createMany({ data, skipDuplicates: true });
  }
}
