import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { DirectoryClient, ShardClient } from '../database/port.js';
import type { PubSub } from '../pubsub/port.js';
import type { Shards } from '../shards/shards.js';
import type { Consumer, Consumption, EventLog, LogRecord, StoredRecord } from './port.js';

const POLL_MS = 250;
const RETENTION_MS = 24 * 3_600_000;
const TRIM_MS = 60_000;
const TRIM_ROWS = 10_000;

/** A database that holds a partition of the log. */
interface Partition {
  name: string;
  db: DirectoryClient | ShardClient;
}

export interface EmbeddedEventLogOptions {
  directory: DirectoryClient;
  shards: Shards;
  pubsub: PubSub;
  log: Logger;
}

/**
 * The event log on tables of the databases that its events come from. For one process: whoever runs several has Kafka.
 * Records about conversations are in the conversation's shard, all others in the directory.
 */
export class EmbeddedEventLog implements EventLog {
  private readonly directory: Partition;
  private readonly partitions: Partition[];
  private readonly trimmer: NodeJS.Timeout;
  /** One member of a group at a time has a partition. */
  private readonly turns = new Map<string, Promise<void>>();

  constructor(private readonly options: EmbeddedEventLogOptions) {
    this.directory = { name: 'directory', db: options.directory };
    this.partitions = [this.directory, ...options.shards.all];
    this.trimmer = setInterval(() => void this.trim(), TRIM_MS).unref();
  }

  async append(records: readonly LogRecord[]): Promise<void> {
    const groups = new Map<Partition, LogRecord[]>();
    for (const record of records) {
      const partition = this.partitionOf(record);
      const group = groups.get(partition);
      if (group) group.push(record);
      else groups.set(partition, [record]);
    }
    for (const [{ name, db }, group] of groups) {
      const topics = group.map((record) => record.topic);
      const keys = group.map((record) => record.key);
      const values = group.map((record) => record.value);
      await db.$executeRaw`select append_events(${topics}::text[], ${keys}::uuid[], ${values}::text[])`;
      await this.options.pubsub.publish(channel(name), '');
    }
  }

  async consume(consumption: Consumption): Promise<Consumer> {
    const readers = this.partitions.map((partition) => new Reader(partition, consumption, this.options));
    for (const reader of readers) await reader.join();
    const running = readers.map((reader) => {
      const turn = `${consumption.group} ${reader.name}`;
      const before = this.turns.get(turn) ?? Promise.resolve();
      const run = before.then(() => reader.run());
      this.turns.set(turn, run);
      return run;
    });
    return {
      stop: async () => {
        for (const reader of readers) await reader.stop();
        await Promise.all(running);
      },
    };
  }

  async lag(group: string): Promise<Record<string, number>> {
    const lag: Record<string, number> = {};
    for (const { db } of this.partitions) {
      const rows = await db.$queryRaw<{ topic: string; count: bigint }[]>`
        select topic, count(*) as count from event_log
        where position > coalesce((select position from event_log_group where name = ${group}), 0) group by topic`;
      for (const { topic, count } of rows) lag[topic] = (lag[topic] ?? 0) + Number(count);
    }
    return lag;
  }

  close(): Promise<void> {
    clearInterval(this.trimmer);
    return Promise.resolve();
  }

  private partitionOf({ topic, key }: LogRecord): Partition {
    if (topic !== 'parley.conversation') return this.directory;
    const shard = this.options.shards.of(key);
    return this.partitions.find((partition) => partition.name === shard.name) ?? shard;
  }

  /** Removes what every group has passed and nobody needs for replay any more. */
  private async trim(): Promise<void> {
    const before = new Date(Date.now() - RETENTION_MS);
    for (const { name, db } of this.partitions)
      try {
        await db.$executeRaw`
          delete from event_log where position in (
            select position from event_log
            where position <= (select min(position) from event_log_group) and at < ${before}
            order by position limit ${TRIM_ROWS})`;
      } catch (error) {
        this.options.log.warn({ err: error, partition: name }, 'event log not trimmed');
      }
  }
}

function channel(partition: string): string {
  return `event-log:${partition}`;
}

/** Hands the records of one partition to one member of a group. */
class Reader {
  private isStopped = false;
  private wake: () => void = () => undefined;
  private hasNews = false;
  private unsubscribe = () => Promise.resolve();

  constructor(
    private readonly partition: Partition,
    private readonly consumption: Consumption,
    private readonly options: EmbeddedEventLogOptions,
  ) {}

  get name(): string {
    return this.partition.name;
  }

  async join(): Promise<void> {
    await this.partition.db.$executeRaw`
      insert into event_log_group (name) values (${this.consumption.group}) on conflict do nothing`;
    const poke = () => {
      this.hasNews = true;
      this.wake();
    };
    this.unsubscribe = await this.options.pubsub.subscribe(channel(this.name), poke, poke);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.wake();
    await this.unsubscribe();
  }

  /** Until stopped. What a handler or the database refuses comes again, with growing pauses. */
  async run(): Promise<void> {
    const { group, maxBatch, handle } = this.consumption;
    let position: bigint | null = null;
    for (let failures = 0; !this.isStopped; ) {
      try {
        position ??= await this.committed();
        this.hasNews = false;
        const records = await this.read(position, maxBatch);
        const last = records.at(-1);
        if (last) {
          await handle(records);
          await this.commit(last.position);
          position = last.position;
        }
        failures = 0;
        if (records.length < maxBatch) await this.pause(POLL_MS);
      } catch (error) {
        position = null;
        const pauseMs = Math.min(30_000, 100 * 2 ** failures++);
        this.options.log.error({ err: error, group, partition: this.name, pauseMs }, 'event log: a batch failed and comes again');
        this.hasNews = false;
        await this.pause(pauseMs * (0.5 + Math.random() / 2));
      }
    }
  }

  private async committed(): Promise<bigint> {
    const rows = await this.partition.db.$queryRaw<{ position: bigint }[]>`
      select position from event_log_group where name = ${this.consumption.group}`;
    return rows[0]?.position ?? 0n;
  }

  private async read(after: bigint, first: number): Promise<StoredRecord[]> {
    const topics = [...this.consumption.topics];
    const rows = await this.partition.db.$queryRaw<Omit<StoredRecord, 'partition'>[]>`
      select position, topic, key::text as key, value from event_log
      where position > ${after} and topic = any (${topics}::text[]) order by position limit ${first}`;
    return rows.map((row) => ({ ...row, partition: this.name }));
  }

  /** Not waited for on the disk: a commit that a crash forgets means a replay, which handlers bear. */
  private async commit(position: bigint): Promise<void> {
    await this.partition.db.$executeRaw`
      update event_log_group set position = ${position}
      where name = ${this.consumption.group} and set_config('synchronous_commit', 'off', true) is not null`;
  }

  private async pause(ms: number): Promise<void> {
    if (this.hasNews || this.isStopped) return;
    const abort = new AbortController();
    this.wake = () => abort.abort();
    await delay(ms, undefined, { signal: abort.signal, ref: false }).catch(() => undefined);
    this.wake = () => undefined;
  }
}
