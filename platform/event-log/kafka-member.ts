import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer as KafkaConsumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { Log } from '../telemetry/log.js';
import { KafkaLane } from './kafka-lane.js';
import { partitionName, toRecord } from './kafka-partition.js';
import type { Consumption } from './port.js';
import { Tenure } from './tenure.js';

export interface MemberOptions {
  kafka: Kafka;
  consumption: Consumption;
  /** For how long a member that went silent keeps its partitions. */
  sessionMs: number;
  log: Log;
}

/** A fetch waits so long for records, which is how often a member that gets none is heard of. */
const FETCH_WAIT_MS = 500;
/**
 * For so long the other partitions of a broker wait while one is handled, and a rebalance waits for handlers. Then the
 * partition is paused instead.
 */
const STALL_MS = 500;
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [200, 3_000];
/** Of the session, what a member counts on: it stops before the group gives its partitions away. */
const SURE = 0.8;

/** A member of a consumer group. It comes back by itself after whatever ends its session. */
export class KafkaMember {
  private readonly lanes = new Map<string, KafkaLane>();
  private tenures: Tenure[] = [];
  private consumer: KafkaConsumer | null = null;
  private commitOffsets: EachBatchPayload['commitOffsetsIfNecessary'] | null = null;
  private readonly stopping = new AbortController();
  private readonly stopped = new Promise<void>((resolve) =>
    this.stopping.signal.addEventListener('abort', () => resolve()),
  );
  private readonly running: Promise<void>;
  private lastJoin: (() => void) | null = null;
  /** Resolves once it is in the group for the first time. */
  readonly joined: Promise<void>;

  constructor(private readonly options: MemberOptions) {
    this.joined = new Promise((resolve) => (this.lastJoin = resolve));
    this.running = this.run();
  }

  holds(partition: string): boolean {
    return this.tenures.some((tenure) => tenure.partition === partition && tenure.isHeld());
  }

  async stop(): Promise<void> {
    // Handlers first: meanwhile the session goes on, and nobody else has the partitions.
    await Promise.all([...this.lanes.values()].map((lane) => lane.stop()));
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { log, consumption } = this.options;
    for (let failures = 0; !this.stopping.signal.aborted; failures++) {
      const startedAt = performance.now();
      try {
        await this.session();
      } catch (error) {
        if (performance.now() - startedAt > 60_000) failures = 0;
        const level = failures === 0 ? 'warn' : 'debug';
        log[level]({ err: error, group: consumption.group }, 'the event log cannot be read right now; trying again');
      }
      this.lose();
      const pauseMs =
        Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 10)) * (0.5 + Math.random() / 2);
      await delay(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  /** From joining to a crash, with which it rejects, or to the stop. */
  private async session(): Promise<void> {
    const { kafka, consumption, sessionMs } = this.options;
    const consumer = (this.consumer = kafka.consumer({
      groupId: consumption.group,
      sessionTimeout: sessionMs,
      rebalanceTimeout: Math.max(sessionMs, 10_000),
      heartbeatInterval: Math.min(3_000, Math.floor(sessionMs / 5)),
      maxWaitTimeInMs: Math.min(FETCH_WAIT_MS, Math.floor(sessionMs / 5)),
      allowAutoTopicCreation: false,
      retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: async () => false },
    }));
    const crashed = new Promise<never>((_, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    });
    crashed.catch(() => undefined); // it is also raced
    this.watch(consumer);
    try {
      const start = async () => {
        await consumer.connect();
        await consumer.subscribe({ topics: [...consumption.topics], fromBeginning: true });
        await consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          partitionsConsumedConcurrently: 1_000,
          eachBatch: (payload) => this.take(payload),
        });
      };
      await Promise.race([start().then(() => this.stopped), crashed, this.stopped]);
    } finally {
      await consumer.disconnect().catch(() => undefined);
      this.consumer = null;
      this.commitOffsets = null;
    }
  }

  private watch(consumer: KafkaConsumer): void {
    // A request counts from when it was sent: what the group counts from is later.
    let sentAt = Number.NEGATIVE_INFINITY;
    consumer.on(consumer.events.REQUEST, ({ payload }) => {
      if (payload.apiName === 'Heartbeat' || payload.apiName === 'SyncGroup')
        sentAt = performance.now() - (Date.now() - payload.sentAt);
    });
    consumer.on(consumer.events.HEARTBEAT, () => {
      for (const tenure of this.tenures) tenure.begin(sentAt);
    });
    consumer.on(consumer.events.REBALANCING, () => this.lose());
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => this.hold(payload.memberAssignment, sentAt));
  }

  /**
   * After each rebalance all tenures are new: the group may have gone through a state in which another had a partition,
   * without a sign of it.
   */
  private hold(assignment: Record<string, number[]>, sentAt: number): void {
    this.lose();
    if (!this.stopping.signal.aborted)
      for (const [topic, numbers] of Object.entries(assignment))
        for (const number of numbers) {
          const tenure = new Tenure(partitionName(topic, number), this.options.sessionMs * SURE);
          tenure.begin(sentAt);
          this.tenures.push(tenure);
          this.laneOf(topic, number).begin(tenure);
          this.consumer?.resume([{ topic, partitions: [number] }]);
        }
    this.lastJoin?.();
  }

  private lose(): void {
    for (const tenure of this.tenures) tenure.end();
    this.tenures = [];
    for (const lane of this.lanes.values()) lane.end();
  }

  private laneOf(topic: string, number: number): KafkaLane {
    const { consumption, log } = this.options;
    const name = partitionName(topic, number);
    let lane = this.lanes.get(name);
    if (!lane) {
      const commit = async (offset: bigint) => {
        if (!this.commitOffsets) throw new Error('There is no session.');
        const partitions = [{ partition: number, offset: String(offset) }];
        await this.commitOffsets({ topics: [{ topic, partitions }] });
      };
      lane = new KafkaLane({ name, consumption, commit, log });
      this.lanes.set(name, lane);
    }
    return lane;
  }

  private async take(payload: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = payload.batch;
    this.commitOffsets = (offsets) => payload.commitOffsetsIfNecessary(offsets);
    const lane = this.laneOf(topic, partition);
    lane.push(messages.map((message) => toRecord(topic, partition, message)));
    payload.resolveOffset(payload.batch.lastOffset());
    const stalled = new AbortController();
    await Promise.race([lane.idle(), delay(STALL_MS, undefined, { signal: stalled.signal }).catch(() => undefined)]);
    stalled.abort();
    if (lane.isIdle()) return;
    const resume = payload.pause();
    void lane.idle().then(resume);
  }
}
