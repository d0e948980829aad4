import type { Kafka } from 'kafkajs';

/** What a message of a partition is, read without a group. */
export interface ReadMessage {
  offset: bigint;
  key: string | null;
  /** Null where it says that the key is gone. */
  value: string | null;
  headers: Record<string, string>;
}

/** The parts of the library that it keeps for itself and that this file uses; its version is pinned. */
interface Broker {
  fetch(request: {
    maxWaitTime: number;
    minBytes: number;
    maxBytes: number;
    isolationLevel: number;
    topics: { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[];
  }): Promise<{ responses: { topicName: string; partitions: FetchedPartition[] }[] }>;
}
interface FetchedPartition {
  partition: number;
  highWatermark: string;
  messages: {
    offset: string;
    key: Buffer | null;
    value: Buffer | null;
    headers: Record<string, Buffer | undefined>;
  }[];
}
interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  findTopicPartitionMetadata(topic: string): { partitionId: number }[];
  findLeaderForPartitions(topic: string, partitions: number[]): Record<string, number[]>;
  findBroker(target: { nodeId: string }): Promise<Broker>;
  fetchTopicsOffset(
    topics: { topic: string; partitions: { partition: number }[]; fromBeginning: boolean }[],
  ): Promise<{ partitions: { partition: number; offset: string }[] }[]>;
}

const FETCH_BYTES = 4 * 1024 * 1024;
const TRIES = 4;

/**
 * Reads partitions from an offset on, to their end, as no consumer of the library can: it has none outside a group. The
 * leader answers, so what any process was told is durable before the call is there.
 */
export class KafkaReader {
  private cluster: Promise<Cluster> | null = null;

  constructor(private readonly kafka: Kafka) {}

  /** Null where there is no such partition. `isAnew`: what was before the offset is gone, these are all. */
  async readFrom(
    topic: string,
    partition: number,
    offset: bigint,
  ): Promise<{ messages: ReadMessage[]; isAnew: boolean } | null> {
    for (let tries = 1; ; tries++) {
      const opened = (this.cluster ??= this.open());
      try {
        return await this.tryRead(await opened, topic, partition, offset);
      } catch (error) {
        const { type } = error as { type?: string };
        // Unless it is another topic that is gone, which makes every look fail.
        if (type === 'UNKNOWN_TOPIC_OR_PARTITION' && (await knowsTheOthers(opened))) return null;
        if (tries === TRIES) throw error;
        if (this.cluster === opened) await this.close();
        await new Promise((resolve) => setTimeout(resolve, 100 * tries));
      }
    }
  }

  async close(): Promise<void> {
    const { cluster } = this;
    this.cluster = null;
    await cluster?.then((each) => each.disconnect()).catch(() => undefined);
  }

  private async tryRead(
    cluster: Cluster,
    topic: string,
    partition: number,
    offset: bigint,
  ): Promise<{ messages: ReadMessage[]; isAnew: boolean } | null> {
    await cluster.addTargetTopic(topic);
    const hasPartition = () => cluster.findTopicPartitionMetadata(topic).some((each) => each.partitionId === partition);
    if (!hasPartition()) await cluster.refreshMetadata();
    if (!hasPartition()) return null;
    try {
      return { messages: await readToEnd(cluster, topic, partition, offset), isAnew: false };
    } catch (error) {
      if ((error as { name?: string }).name !== 'KafkaJSOffsetOutOfRange') throw error;
      const [start] = await cluster.fetchTopicsOffset([{ topic, partitions: [{ partition }], fromBeginning: true }]);
      const first = BigInt(start?.partitions[0]?.offset ?? 0);
      return { messages: await readToEnd(cluster, topic, partition, first), isAnew: true };
    }
  }

  private async open(): Promise<Cluster> {
    const symbol = Object.getOwnPropertySymbols(this.kafka).find((each) => each.description?.endsWith('createCluster'));
    const create = symbol && (this.kafka as unknown as Record<symbol, (options: object) => Cluster>)[symbol];
    if (!create) throw new Error('This version of kafkajs is not the one that Parley was made for.');
    const cluster = create({ metadataMaxAge: 60_000, allowAutoTopicCreation: false });
    await cluster.connect();
    const find = cluster.findBroker.bind(cluster);
    // One after the other: it would open a connection for each caller.
    let finding: Promise<unknown> = Promise.resolve();
    cluster.findBroker = (target) => {
      const found = finding.then(() => find(target));
      finding = found.catch(() => undefined);
      return found;
    };
    return cluster;
  }
}

async function knowsTheOthers(opened: Promise<Cluster>): Promise<boolean> {
  try {
    await (await opened).refreshMetadata();
    return true;
  } catch {
    return false;
  }
}

async function readToEnd(cluster: Cluster, topic: string, partition: number, offset: bigint): Promise<ReadMessage[]> {
  const read: ReadMessage[] = [];
  for (let next = offset; ;) {
    const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
    if (nodeId === undefined) throw new Error(`${topic}-${partition} has no leader right now.`);
    const broker = await cluster.findBroker({ nodeId });
    const { responses } = await broker.fetch({
      maxWaitTime: 0,
      minBytes: 0,
      maxBytes: FETCH_BYTES,
      isolationLevel: 1,
      topics: [{ topic, partitions: [{ partition, fetchOffset: String(next), maxBytes: FETCH_BYTES }] }],
    });
    const fetched = responses[0]?.partitions[0];
    if (!fetched) throw new Error(`${topic}-${partition} was not read.`);
    const messages = fetched.messages.map(toMessage).filter((message) => message.offset >= next);
    read.push(...messages);
    // None though there is a rest: compaction has emptied it.
    if (messages.length === 0) return read;
    next = messages.at(-1)!.offset + 1n;
    if (next >= BigInt(fetched.highWatermark)) return read;
  }
}

function toMessage({ offset, key, value, headers }: FetchedPartition['messages'][number]): ReadMessage {
  return {
    offset: BigInt(offset),
    key: key?.toString() ?? null,
    value: value?.toString() ?? null,
    headers: Object.fromEntries(Object.entries(headers).map(([name, each]) => [name, each?.toString() ?? ''])),
  };
}
