import type { Kafka, Message } from 'kafkajs';
import { parseTopic } from '../worker/letter.js';
import type { KafkaAdmin } from './kafka-admin.js';
import { partitionNumber } from './kafka-partition.js';
import type { KafkaProducer } from './kafka-producer.js';
import { KafkaReader } from './kafka-reader.js';
import { ensureKeptTopic, partitionCounts } from './kafka-topics.js';
import { keysOf, KeptTable } from './kept-table.js';
import type { KeptChange, KeptKey, KeptRecord, KeptTopics } from './port.js';

export interface KafkaKeptTopicsOptions {
  kafka: Kafka;
  admin: KafkaAdmin;
  producer: KafkaProducer;
  /** Of a topic that is made, at least. */
  partitions: number;
  replication: number;
  /** Whether this process takes part in a group, but may have lost a partition of it: then it must change nothing there. */
  isLost: (group: string, partition: string) => boolean;
}

/** A table that nobody has asked for so long is read anew: compaction forgets after a day what was removed. */
const TABLE_MS = 10 * 60_000;

/**
 * Kept topics as compacted topics. What a partition of one holds is read into a table as it is asked for, and each call first
 * reads on to the end, so it sees what any process has changed before. A record's name is `<partition>/<position>`; one
 * without a value says that it is removed.
 */
export class KafkaKeptTopics implements KeptTopics {
  private readonly tables = new Map<string, KeptTable>();
  /** Topics that are known to exist, with their partitions. */
  private readonly counts = new Map<string, number>();
  private readonly reader: KafkaReader;

  constructor(private readonly options: KafkaKeptTopicsOptions) {
    this.reader = new KafkaReader(options.kafka);
  }

  async change(partition: string, { add = [], replace = [], remove = [] }: KeptChange): Promise<void> {
    const number = partitionNumber(partition);
    const tables = await this.caughtUp(partition, [...new Set(add.map(({ topic }) => topic))]);
    const isKept = ({ topic, position }: KeptRecord) => tables.get(topic)?.get(partition, position) !== undefined;
    const named = (record: { position: bigint }) => ({ key: `${partition}/${record.position}`, partition: number });
    const put = (record: KeptRecord): [string, Message] => [
      record.topic,
      { ...named(record), value: record.value, headers: { key: record.key, 'due-at': String(record.dueAt) } },
    ];
    await this.send(partition, add.filter((record) => !isKept(record)).map(put));
    await this.send(partition, replace.map(put));
    await this.send(
      partition,
      remove.map((record) => [record.topic, { ...named(record), value: null }]),
    );
  }

  async read({ partition, topics, key, after = 0n, limit }: Parameters<KeptTopics['read']>[0]): Promise<KeptRecord[]> {
    const tables = await this.caughtUp(partition, topics);
    return [...tables.values()]
      .flatMap((table) => table.of(partition))
      .filter((record) => record.position > after && (key === undefined || record.key === key))
      .sort(byPosition)
      .slice(0, limit);
  }

  async keys(partition: string, topics: readonly string[]): Promise<KeptKey[]> {
    const tables = await this.caughtUp(partition, topics);
    return keysOf([...tables.values()].flatMap((table) => table.of(partition)).sort(byPosition));
  }

  async topics(): Promise<{ topic: string; partition: string; count: number }[]> {
    const names = await this.options.admin.use(async (admin) => (await admin.listTopics()).filter(parseTopic).sort());
    if (names.length === 0) return [];
    for (const [topic, count] of await this.options.admin.use((admin) => partitionCounts(admin, names)))
      this.counts.set(topic, count);
    const all = await Promise.all(
      names.flatMap((topic) =>
        Array.from({ length: this.counts.get(topic) ?? 0 }, async (_, number) => {
          const table = await this.table(topic, number);
          return table.partitions().map(({ partition, count }) => ({ topic, partition, count }));
        }),
      ),
    );
    return all.flat();
  }

  close(): Promise<void> {
    return this.reader.close();
  }

  private async caughtUp(partition: string, topics: readonly string[]): Promise<Map<string, KeptTable>> {
    const number = partitionNumber(partition);
    const tables = await Promise.all(topics.map((topic) => this.table(topic, number)));
    return new Map(topics.map((topic, i) => [topic, tables[i]!]));
  }

  /** Read to the end. */
  private async table(topic: string, number: number): Promise<KeptTable> {
    const name = `${topic}-${number}`;
    let table = this.tables.get(name);
    if (!table || table.isOlderThan(TABLE_MS)) {
      table = new KeptTable(topic, number);
      this.tables.set(name, table);
    }
    await table.readOn(this.reader);
    return table;
  }

  private async send(partition: string, messages: [topic: string, Message][]): Promise<void> {
    if (messages.length === 0) return;
    for (const topic of new Set(messages.map(([topic]) => topic))) await this.ensure(topic, partition);
    for (const [topic] of messages) {
      const group = parseTopic(topic)?.worker;
      if (group !== undefined && this.options.isLost(group, partition))
        throw new Error(`${group} may have lost ${partition}; whoever has it goes on.`);
    }
    await this.options.producer.send(messages.map(([topic, message]) => ({ topic, message })));
  }

  private async ensure(topic: string, partition: string): Promise<void> {
    const needed = partitionNumber(partition) + 1;
    if ((this.counts.get(topic) ?? 0) >= needed) return;
    const { admin, partitions, replication } = this.options;
    const count = Math.max(needed, partitions);
    await admin.use((each) => ensureKeptTopic(each, topic, count, replication));
    this.counts.set(topic, count);
  }
}

const byPosition = (a: KeptRecord, b: KeptRecord) => (a.position < b.position ? -1 : a.position > b.position ? 1 : 0);
