import { randomUUID } from 'node:crypto';
import { topics } from '../../schema/events.js';
import { channels } from '../../schema/live.js';
import type { Statement } from '../database/hot-pool.js';
import type { DirectoryClient } from '../database/port.js';
import type { PubSub } from '../pubsub/port.js';
import type { Shards } from '../shards/shards.js';
import type { Log } from '../telemetry/log.js';
import { EmbeddedKeptTopics } from './embedded-kept-topics.js';
import { PartitionReader, type Partition } from './partition-reader.js';
import { Tail } from './tail.js';
import type { Consumer, Consumption, EventLog, LogRecord, OutboxMove } from './port.js';

export interface EmbeddedEventLogOptions {
  directory: DirectoryClient;
  shards: Shards;
  pubsub: PubSub;
  log: Log;
  /**
   * Names this process as a holder of leases; random unless told. Where only one process can run, a name that stays the
   * same lets it go on at once after a crash, without waiting for its own lease to end.
   */
  owner?: string;
  /** For how long a member that went silent keeps its partition. */
  leaseMs?: number;
  /**
   * How often a reader looks unasked, which keeps its lease: it is told of what is new, and the relay finds what nobody told
   * of.
   */
  pollMs?: number;
  /** For how long records stay once every group has passed them. */
  keepMs?: number;
}

/** How many records of a topic a group has not handled. */
interface Behind {
  name: string;
  topic: string;
  count: number;
}

const TRIM_EVERY_MS = 60_000;
const TRIM_BATCH = 1_000;
/** Deleted rows after which an outbox is vacuumed: a read from its start walks over all that was deleted since. */
const VACUUM_AFTER = 20_000;
const DAY_MS = 24 * 3_600_000;

/**
 * The event log on tables of the databases that its events come from, a partition in each: what is about a person is in
 * the directory, all else on the shard of the key. An outbox lies beside the partition that its events go to, so a reader moves
 * what waits there as it looks for more.
 */
export class EmbeddedEventLog implements EventLog {
  readonly kept: EmbeddedKeptTopics;
  private readonly owner: string;
  private readonly leaseMs: number;
  private readonly pollMs: number;
  private readonly keepMs: number;
  private readonly directory: Partition;
  private readonly consumers = new Set<Consumer>();
  /** By group, as consumed through this object. */
  private readonly topicsOf = new Map<string, Set<string>>();
  private readonly membersOf = new Map<string, number>();
  /** By partition. */
  private readonly tails = new Map<string, Tail>();
  /** Rows deleted from the outbox of a database since it was vacuumed. */
  private readonly deleted = new Map<string, number>();
  private vacuums: Promise<void> = Promise.resolve();
  private counting: Promise<Behind[]> | undefined;
  private readonly trimmer: NodeJS.Timeout;

  constructor(private readonly options: EmbeddedEventLogOptions) {
    this.owner = options.owner ?? randomUUID();
    // A lease that nobody else waits for may be long.
    this.leaseMs = options.leaseMs ?? (options.owner === undefined ? 8_000 : 24_000);
    this.pollMs = options.pollMs ?? this.leaseMs / 4;
    this.keepMs = options.keepMs ?? DAY_MS;
    this.directory = { name: 'directory', db: options.directory };
    this.kept = new EmbeddedKeptTopics(() => [this.directory, ...options.shards.all]);
    this.trimmer = setInterval(() => {
      this.trim().catch((error: unknown) => options.log.warn({ err: error }, 'the event log was not trimmed'));
    }, TRIM_EVERY_MS).unref();
  }

  async append(records: readonly LogRecord[]): Promise<void> {
    const byPartition = new Map<string, { partition: Partition; records: LogRecord[] }>();
    for (const record of records) {
      const partition = this.partitionOf(record);
      const group = byPartition.get(partition.name);
      if (group) group.records.push(record);
      else byPartition.set(partition.name, { partition, records: [record] });
    }
    await Promise.all([...byPartition.values()].map((group) => this.appendTo(group.partition, group.records)));
  }

  /** All that an outbox holds belongs to the partition of its database. */
  mover(database: string): ((limit: number) => Promise<OutboxMove>) | null {
    const partition = [this.directory, ...this.options.shards.all].find(({ name }) => name === database);
    if (!partition) return null;
    return async (limit) => {
      const [row] = await partition.db.hot.query<{ moved: number; oldest: string | null }>(moveOutbox, [limit]);
      if (!row || row.moved === 0) return { moved: 0, oldest: null };
      await this.hasMoved(partition, row.moved, '');
      return { moved: row.moved, oldest: row.oldest };
    };
  }

  async consume(consumption: Consumption): Promise<Consumer> {
    const { group } = consumption;
    const { leaseMs, pollMs } = this;
    const { pubsub, log } = this.options;
    this.topicsOf.set(group, new Set([...(this.topicsOf.get(group) ?? []), ...consumption.topics]));
    const number = (this.membersOf.get(group) ?? 0) + 1;
    this.membersOf.set(group, number);
    const member = `${this.owner}/${number}`;
    // Members of other groups have the same name.
    const self = `${group} ${member}`;

    const readings: Promise<() => Promise<void>>[] = [];
    const read = async (partition: Partition): Promise<() => Promise<void>> => {
      const reader = new PartitionReader({
        partition,
        tail: this.tailOf(partition),
        consumption,
        member,
        leaseMs,
        pollMs,
        log,
        onMoved: (count) => this.hasMoved(partition, count, self),
      });
      const poke = () => reader.poke();
      const pokeUnlessOwn = (by: string) => void (by === self || reader.poke());
      const unsubscribes = await Promise.all([
        pubsub.subscribe(channels.outbox(partition.name), poke, poke),
        pubsub.subscribe(pokes(partition), pokeUnlessOwn, poke),
      ]);
      return async () => {
        await Promise.all(unsubscribes.map((unsubscribe) => unsubscribe()));
        await reader.stop();
      };
    };
    const { ofUsers, ofShards } = partitionsOf(consumption.topics);
    if (ofUsers) readings.push(read(this.directory));
    // Also those that are added later.
    const forget = ofShards ? this.options.shards.forEach((shard) => readings.push(read(shard))) : () => undefined;
    const consumer: Consumer = {
      stop: async () => {
        this.consumers.delete(consumer);
        forget();
        await Promise.all(readings.map(async (reading) => (await reading)()));
      },
    };
    await Promise.all(readings);
    this.consumers.add(consumer);
    return consumer;
  }

  async lag(group: string): Promise<Record<string, number>> {
    // All consumers ask at the same moments, and each would open connections for it.
    this.counting ??= this.countBehind().finally(() => (this.counting = undefined));
    const behind = (await this.counting).filter((row) => row.name === group);
    const consumed = this.topicsOf.get(group);
    const lags = Object.fromEntries([...(consumed ?? [])].map((topic) => [topic, 0]));
    for (const { topic, count } of behind)
      if (!consumed || consumed.has(topic)) lags[topic] = (lags[topic] ?? 0) + count;
    return lags;
  }

  /** Deletes what is past keeping, in small steps. A timer calls it. */
  async trim(): Promise<void> {
    const keep = `${this.keepMs} milliseconds`;
    const trimOne = async ({ db }: Partition) => {
      for (let trimmed = TRIM_BATCH; trimmed === TRIM_BATCH;) {
        const rows = await db.$queryRaw<{ trimmed: number }[]>`
          select trim_events(${keep}::interval, ${TRIM_BATCH}::int) as trimmed`;
        trimmed = rows[0]?.trimmed ?? 0;
      }
    };
    // Where a database is away, the others are trimmed all the same.
    const outcomes = await Promise.allSettled([this.directory, ...this.options.shards.all].map(trimOne));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  async close(): Promise<void> {
    clearInterval(this.trimmer);
    await Promise.all([...this.consumers].map((consumer) => consumer.stop()));
    await this.vacuums;
  }

  private async countBehind(): Promise<Behind[]> {
    const counts: Behind[] = [];
    for (const { db } of [this.directory, ...this.options.shards.all])
      counts.push(
        ...(await db.$queryRaw<Behind[]>`
          select g.name, l.topic, count(*)::int as count from event_log_group g join event_log l on l.position > g.position
          group by g.name, l.topic`),
      );
    return counts;
  }

  private async appendTo(partition: Partition, records: LogRecord[]): Promise<void> {
    const ofTopics = records.map((record) => record.topic);
    const ofKeys = records.map((record) => record.key);
    const values = records.map((record) => record.value);
    await partition.db.hot.query(appendEvents, [ofTopics, ofKeys, values]);
    await this.pokeReaders(partition, '');
  }

  /** `by`: the member, with its group, that has seen it already. */
  private async hasMoved(partition: Partition, count: number, by: string): Promise<void> {
    await this.pokeReaders(partition, by);
    const deleted = (this.deleted.get(partition.name) ?? 0) + count;
    this.deleted.set(partition.name, deleted < VACUUM_AFTER ? deleted : 0);
    if (deleted < VACUUM_AFTER) return;
    this.vacuums = this.vacuums.then(async () => {
      await partition.db.$executeRaw`vacuum (index_cleanup on, truncate off) outbox`.catch((error: unknown) =>
        this.options.log.warn({ err: error, database: partition.name }, 'the outbox was not vacuumed'),
      );
    });
  }

  private async pokeReaders(partition: Partition, by: string): Promise<void> {
    await this.options.pubsub.publish(pokes(partition), by).catch(() => undefined); // they look by themselves, too
  }

  private tailOf({ name }: Partition): Tail {
    let tail = this.tails.get(name);
    if (!tail) this.tails.set(name, (tail = new Tail()));
    return tail;
  }

  private partitionOf({ topic, key }: LogRecord): Partition {
    return topic === topics.user ? this.directory : this.options.shards.of(key);
  }
}

/** Where a consumer of these topics looks. */
function partitionsOf(consumed: readonly string[]): { ofUsers: boolean; ofShards: boolean } {
  return {
    ofUsers: consumed.includes(topics.user),
    ofShards: consumed.some((topic) => topic !== topics.user),
  };
}

const moveOutbox: Statement = {
  name: 'move_outbox',
  text: 'select moved, oldest from move_outbox($1::int)',
};
const appendEvents: Statement = {
  name: 'append_events',
  text: 'select append_events($1::text[], $2::uuid[], $3::text[])',
};

function pokes(partition: Partition): string {
  return `event-log:${partition.name}`;
}
