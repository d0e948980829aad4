import { Fault } from '../../platform/errors/errors.js';
import type { Answer, Shards } from '../../platform/shards/shards.js';
import type { Scope } from '../../platform/search-index/port.js';

/** Some of it may be unknown: a shard cannot answer. */
export interface Partly<T> {
  known: T;
  /** What is not. */
  missing: ReadonlySet<string>;
}

/** A conversation list ends here for search; the most recently active come first. */
const CONVERSATIONS = 20_000;
/** So many of what a person has hidden are left to the index to pass over, the newest; the others are sorted out after it. */
const HIDDEN = 1_000;

/** What decides on who may find what, read uncached. One statement a shard, however many conversations there are. */
export class SearchStore {
  constructor(private readonly shards: Shards) {}

  /** The conversations of a person's list: all, or those with a title. Which of them they are still in is for others to say. */
  async conversationIds(userId: string, which: 'all' | 'titled'): Promise<string[]> {
    const rows = await this.shards.on(
      userId,
      ({ db }) => db.$queryRaw<{ id: string }[]>`
      select i.conversation_id::text as id from inbox i
      where owns_buckets(array[${userId}::uuid]) and i.user_id = ${userId}::uuid and i.left_at is null
        and (${which === 'all'} or i.kind is distinct from 'DIRECT')
      order by i.last_activity_at desc limit ${CONVERSATIONS}::int`,
    );
    return rows.map(({ id }) => id);
  }

  /** What this person may read of these conversations; those that they are not in are left out. */
  async scopes(userId: string, conversationIds: readonly string[]): Promise<Partly<Scope[]>> {
    const answers = await this.shards.each(
      conversationIds,
      (id) => id,
      ({ db }, ids) => db.$queryRaw<{ id: string; from: number; to: number | null }[]>`
        select mb.conversation_id::text as id, s.from_seq as "from", s.to_seq as "to"
        from unnest(${ids}::uuid[]) w (id)
        cross join lateral (
          select mb.conversation_id, mb.user_id from member mb
          where mb.conversation_id = w.id and mb.user_id = ${userId}::uuid and mb.left_at is null limit 1
        ) mb
        cross join lateral (
          select s.from_seq, s.to_seq from member_span s
          where s.conversation_id = mb.conversation_id and s.user_id = mb.user_id order by s.from_seq limit 1000
        ) s
        where owns_buckets(${ids}::uuid[])`,
    );
    const { known, missing } = partly(answers);
    const spans = new Map<string, Scope['spans'][number][]>();
    for (const { id, from, to } of known) {
      const span = { fromSeq: from, toSeq: to };
      const others = spans.get(id);
      if (others) others.push(span);
      else spans.set(id, [span]);
    }
    return { known: [...spans].map(([conversationId, own]) => ({ conversationId, spans: own })), missing };
  }

  /** Messages that the person has hidden lately; of one conversation where it is named. */
  async hidden(userId: string, conversationId: string | null): Promise<string[]> {
    const rows = await this.shards.on(
      userId,
      ({ db }) => db.$queryRaw<{ id: string }[]>`
      select h.message_id::text as id from hidden_message h
      where owns_buckets(array[${userId}::uuid]) and h.user_id = ${userId}::uuid
        and (${conversationId}::uuid is null or h.conversation_id = ${conversationId}::uuid)
      order by h.version desc limit ${HIDDEN}::int`,
    );
    return rows.map(({ id }) => id);
  }

  /** Of some messages, those that this person has hidden. */
  async hiddenAmong(userId: string, messageIds: readonly string[]): Promise<Set<string>> {
    const rows = await this.shards.on(
      userId,
      ({ db }) => db.$queryRaw<{ id: string }[]>`
      select h.message_id::text as id from unnest(${[...messageIds]}::uuid[]) w (id)
      cross join lateral (
        select h.message_id from hidden_message h where h.user_id = ${userId}::uuid and h.message_id = w.id limit 1
      ) h
      where owns_buckets(array[${userId}::uuid])`,
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** How messages read now; those that are gone are left out. */
  async bodies(messageIds: readonly string[]): Promise<Partly<Map<string, string>>> {
    const answers = await this.shards.each(
      messageIds,
      (id) => id,
      ({ db }, ids) => db.$queryRaw<{ id: string; body: string }[]>`
        select m.id::text as id, coalesce(m.body, '') as body from unnest(${ids}::uuid[]) w (id)
        cross join lateral (select m.id, m.body, is_gone(m) from message m where m.id = w.id limit 1) m
        where owns_buckets(${ids}::uuid[]) and not m.is_gone`,
    );
    const { known, missing } = partly(answers);
    return { known: new Map(known.map(({ id, body }) => [id, body])), missing };
  }

  /** Of some conversations, those that this person may look at: public channels, and those they are in. */
  async openTo(userId: string, conversationIds: readonly string[]): Promise<Partly<Set<string>>> {
    const answers = await this.shards.each(
      conversationIds,
      (id) => id,
      ({ db }, ids) => db.$queryRaw<{ id: string }[]>`
        select c.conversation_id::text as id from unnest(${ids}::uuid[]) w (id)
        cross join lateral (select * from conversation c where c.conversation_id = w.id limit 1) c
        where owns_buckets(${ids}::uuid[]) and ((c.kind = 'CHANNEL' and c.visibility = 'PUBLIC') or exists (
          select from member mb
          where mb.conversation_id = c.conversation_id and mb.user_id = ${userId}::uuid and mb.left_at is null))`,
    );
    const { known, missing } = partly(answers);
    return { known: new Set(known.map(({ id }) => id)), missing };
  }
}

/** Throws what is no outage of a single shard. */
function partly<Row>(answers: readonly Answer<string, Row[]>[]): Partly<Row[]> {
  const known: Row[] = [];
  const missing = new Set<string>();
  for (const answer of answers)
    if ('result' in answer) for (const row of answer.result) known.push(row);
    else if (!(answer.error instanceof Fault) || answer.error.code !== 'UNAVAILABLE') throw answer.error;
    else for (const key of answer.keys) missing.add(key);
  return { known, missing };
}
