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
  fetch(request: FetchRequest): Promise<FetchResponse>;
}
interface FetchRequest {
  maxWaitTime: number;
  minBytes: number;
  maxBytes: number;
  isolationLevel: number;
  topics: { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[];
}
interface FetchResponse {
  responses: { topicName: string; partitions: FetchedPartition[] }[];
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

/** A connection with those who use it: disconnected while one does, the library would connect it again, for nobody. */
interface Session {
  cluster: Promise<Cluster>;
  using: Set<Promise<unknown>>;
}

const FETCH_BYTES = 4 * 1024 * 1024;
const TRIES = 4;

/**
 * Reads partitions from an offset on, to their end, as no consumer of the library can: it has none outside a group. The
 * leader answers, so what any process was told is durable before the call is there.
 */
export class KafkaReader {
  private session: Session | null = null;
  /** The one that knows of some topics. */
  private loaded: Cluster | null = null;
  private readonly seen = new Set<string>();
  /** Those with an open connection for this kind of request. */
  private readonly fetched = new WeakSet<Broker>();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly kafka: Kafka) {}

  /** Null where there is no such partition. `isAnew`: what was before the offset is gone, these are all. */
  async readFrom(
    topic: string,
    partition: number,
    offset: bigint,
  ): Promise<{ messages: ReadMessage[]; isAnew: boolean } | null> {
    for (let tries = 1; ; tries++) {
      const session = (this.session ??= { cluster: this.open(), using: new Set() });
      const reading = session.cluster.then((cluster) => this.tryRead(cluster, topic, partition, offset));
      session.using.add(reading);
      try {
        return await reading;
      } catch (error) {
        if (tries === TRIES) throw error;
        if (this.session === session) void this.close();
        await new Promise((resolve) => setTimeout(resolve, 100 * tries));
      } finally {
        session.using.delete(reading);
      }
    }
  }

  /** Resolves once nobody uses it any more. The next who reads connects anew. */
  async close(): Promise<void> {
    const { session } = this;
    this.session = null;
    if (!session) return;
    await Promise.allSettled([...session.using]);
    await session.cluster.then((cluster) => cluster.disconnect()).catch(() => undefined);
  }

  private async tryRead(
    cluster: Cluster,
    topic: string,
    partition: number,
    offset: bigint,
  ): Promise<{ messages: ReadMessage[]; isAnew: boolean } | null> {
    if (!(await this.hasPartition(cluster, topic, partition))) return null;
    try {
      return { messages: await this.readToEnd(cluster, topic, partition, offset), isAnew: false };
    } catch (error) {
      if ((error as { name?: string }).name !== 'KafkaJSOffsetOutOfRange') throw error;
      const [start] = await cluster.fetchTopicsOffset([{ topic, partitions: [{ partition }], fromBeginning: true }]);
      const first = BigInt(start?.partitions[0]?.offset ?? 0);
      return { messages: await this.readToEnd(cluster, topic, partition, first), isAnew: true };
    }
  }

  private async readToEnd(cluster: Cluster, topic: string, partition: number, offset: bigint): Promise<ReadMessage[]> {
    const read: ReadMessage[] = [];
    for (let next = offset; ;) {
      const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
      if (nodeId === undefined) throw new Error(`${topic}-${partition} has no leader right now.`);
      const broker = await this.inTurn(() => cluster.findBroker({ nodeId }));
      const { responses } = await this.fetch(broker, {
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

  private fetch(broker: Broker, request: FetchRequest): Promise<FetchResponse> {
    if (this.fetched.has(broker)) return broker.fetch(request);
    return this.inTurn(async () => {
      const response = await broker.fetch(request);
      this.fetched.add(broker);
      return response;
    });
  }

  private async hasPartition(cluster: Cluster, topic: string, partition: number): Promise<boolean> {
    const known = () => cluster.findTopicPartitionMetadata(topic);
    const isKnown = () => known().some((each) => each.partitionId === partition);
    if (this.loaded === cluster && isKnown()) return true;
    return this.inTurn(async () => {
      try {
        await cluster.addTargetTopic(topic);
      } catch (error) {
        if ((error as { type?: string }).type !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
        await cluster.refreshMetadata(); // rejects where it is another topic that is gone
        // A broker that has just started may not know it yet; what it holds must not be taken for nothing.
        if (this.seen.has(topic)) throw error;
        return false;
      }
      this.loaded = cluster;
      // It may have been added by a call that the connection failed, and that nobody answered.
      if (!isKnown()) await cluster.refreshMetadata();
      if (known().length > 0) this.seen.add(topic);
      return isKnown();
    });
  }

  /** One after the other: the library mixes up topics that are asked for at once, and opens a connection for each caller. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  private async open(): Promise<Cluster> {
    const symbol = Object.getOwnPropertySymbols(this.kafka).find((each) => each.description?.endsWith('createCluster'));
    const create = symbol && (this.kafka as unknown as Record<symbol, (options: object) => Cluster>)[symbol];
    if (!create) throw new Error('This version of kafkajs is not the one that Parley was made for.');
    const cluster = create({ metadataMaxAge: 60_000, allowAutoTopicCreation: false });
    await cluster.connect();
    return cluster;
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
