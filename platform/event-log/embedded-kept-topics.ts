import type { Statement } from '../database/hot-pool.js';
import { groupBy } from '../worker/group-by.js';
import type { Partition } from './partition-reader.js';
import type { KeptChange, KeptKey, KeptRecord, KeptTopics } from './port.js';

interface Row {
  topic: string;
  position: bigint;
  key: string;
  value: string;
  due_at: Date;
}

/** Those who ask together, as all consumers do: each is told by its number of the keys in its topics. */
const keptKeys: Statement = {
  name: 'kept_keys',
  text: `select asked.by, key, count(*)::int as count, min(position) as position,
      extract(epoch from (array_agg(due_at order by position))[1])::float8 * 1000 as "dueAt",
      extract(epoch from min(due_at))::float8 * 1000 as "earliestDueAt"
    from unnest($1::int[], $2::text[]) as asked (by, topic) join event_log_kept using (topic) group by asked.by, key`,
};
/** For how long questions gather. */
const GATHER_MS = 10;

interface Question {
  topics: readonly string[];
  answer: (keys: KeptKey[]) => void;
  fail: (error: unknown) => void;
}

/** Kept topics as a table of the database whose records they stem from. */
export class EmbeddedKeptTopics implements KeptTopics {
  /** By partition. */
  private readonly questions = new Map<string, Question[]>();

  constructor(private readonly partitions: readonly Partition[] | (() => readonly Partition[])) {}

  async change(partition: string, { add = [], replace = [], remove = [] }: KeptChange): Promise<void> {
    const kept = [...add, ...replace];
    await this.of(partition).$executeRaw`
      select change_kept_events(
        ${kept.map((record) => record.topic)}::text[], ${kept.map((record) => record.position)}::bigint[],
        ${kept.map((record) => record.key)}::uuid[], ${kept.map((record) => record.value)}::text[],
        ${kept.map((record) => new Date(record.dueAt).toISOString())}::timestamptz[],
        ${kept.map((_, index) => index >= add.length)}::boolean[],
        ${remove.map((record) => record.topic)}::text[], ${remove.map((record) => record.position)}::bigint[])`;
  }

  async read({ partition, topics, key, after, limit }: Parameters<KeptTopics['read']>[0]): Promise<KeptRecord[]> {
    const db = this.of(partition);
    const rows =
      key === undefined
        ? await db.$queryRaw<Row[]>`
            select topic, position, key, value, due_at from event_log_kept
            where topic = any (${topics}::text[]) and position > ${after ?? 0n} order by position limit ${limit}::int`
        : await db.$queryRaw<Row[]>`
            select topic, position, key, value, due_at from event_log_kept
            where topic = any (${topics}::text[]) and key = ${key}::uuid and position > ${after ?? 0n}
            order by position limit ${limit}::int`;
    return rows.map(({ due_at, ...record }) => ({ ...record, partition, dueAt: due_at.getTime() }));
  }

  keys(partition: string, topics: readonly string[]): Promise<KeptKey[]> {
    return new Promise((answer, fail) => {
      const question = { topics, answer, fail };
      const gathered = this.questions.get(partition);
      if (gathered) {
        gathered.push(question);
        return;
      }
      this.questions.set(partition, [question]);
      setTimeout(() => void this.ask(partition), GATHER_MS);
    });
  }

  private async ask(partition: string): Promise<void> {
    const questions = this.questions.get(partition) ?? [];
    this.questions.delete(partition);
    try {
      const asked = questions.flatMap(({ topics }, by) => topics.map((topic) => ({ by, topic })));
      const rows = await this.of(partition).hot.query<Omit<KeptKey, 'position'> & { by: number; position: number }>(
        keptKeys,
        [asked.map(({ by }) => by), asked.map(({ topic }) => topic)],
      );
      const keys = groupBy(rows, ({ by }) => by);
      questions.forEach(({ answer }, number) => {
        answer((keys.get(number) ?? []).map(({ by: _, ...key }) => ({ ...key, position: BigInt(key.position) })));
      });
    } catch (error) {
      for (const { fail } of questions) fail(error);
    }
  }

  async topics(): Promise<{ topic: string; partition: string; count: number }[]> {
    const all = await Promise.all(
      this.all().map(async ({ name: partition, db }) => {
        const rows = await db.$queryRaw<{ topic: string; count: number }[]>`
          select topic, count(*)::int as count from event_log_kept group by topic order by topic`;
        return rows.map((row) => ({ ...row, partition }));
      }),
    );
    return all.flat();
  }

  private all(): readonly Partition[] {
    return typeof this.partitions === 'function' ? this.partitions() : this.partitions;
  }

  private of(name: string): Partition['db'] {
    const partition = this.all().find((each) => each.name === name);
    if (!partition) throw new Error(`There is no partition ${name}.`);
    return partition.db;
  }
}
