import { setTimeout as delay } from 'node:timers/promises';
import type { Admin, ITopicConfig } from 'kafkajs';
import type { Log } from '../telemetry/log.js';

export interface TopicOptions {
  /** Of each topic that is made; those that exist keep theirs. */
  partitions: number;
  replication: number;
  /** For how long records stay, whether read or not. */
  keepMs: number;
}

/** Of one record with all that is around it; a parked one holds another, quoted. */
const [RECORD_BYTES, KEPT_RECORD_BYTES] = [4 * 1024 * 1024, 12 * 1024 * 1024];

/** For how long a topic that was made may be unknown to a broker, ms. */
const KNOWN_MS = 10_000;

/** Makes the topics that are missing. */
export async function ensureTopics(
  admin: Admin,
  topics: readonly string[],
  options: TopicOptions,
  log: Log,
): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const missing = topics.filter((topic) => !existing.has(topic));
  await create(
    admin,
    missing.map((topic) => ({
      topic,
      numPartitions: options.partitions,
      replicationFactor: options.replication,
      configEntries: entries({
        'cleanup.policy': 'delete',
        'retention.ms': options.keepMs,
        'max.message.bytes': RECORD_BYTES,
        'min.insync.replicas': minInSync(options.replication),
      }),
    })),
  );
  const counts = await countsOnceKnown(admin, topics);
  if (new Set(counts.values()).size > 1)
    log.warn({ partitions: Object.fromEntries(counts) }, 'the topics of the event log differ in their partitions');
}

/** Makes a compacted topic with at least so many partitions, or adds what it lacks. */
export async function ensureKeptTopic(
  admin: Admin,
  topic: string,
  partitions: number,
  replication: number,
): Promise<void> {
  await create(admin, [
    {
      topic,
      numPartitions: partitions,
      replicationFactor: replication,
      configEntries: entries({
        'cleanup.policy': 'compact',
        'max.message.bytes': KEPT_RECORD_BYTES,
        'min.insync.replicas': minInSync(replication),
      }),
    },
  ]);
  const count = (await partitionCounts(admin, [topic])).get(topic) ?? 0;
  if (count < partitions) await admin.createPartitions({ topicPartitions: [{ topic, count: partitions }] });
}

export async function partitionCounts(admin: Admin, topics: readonly string[]): Promise<Map<string, number>> {
  const metadata = await admin.fetchTopicMetadata({ topics: [...topics] });
  return new Map(metadata.topics.map(({ name, partitions }) => [name, partitions.length]));
}

/** Another process may just have made them, of which not every broker has heard yet. */
async function countsOnceKnown(admin: Admin, topics: readonly string[]): Promise<Map<string, number>> {
  for (const limit = Date.now() + KNOWN_MS; ; await delay(100))
    try {
      return await partitionCounts(admin, topics);
    } catch (error) {
      if ((error as { type?: string }).type !== 'UNKNOWN_TOPIC_OR_PARTITION' || Date.now() > limit) throw error;
    }
}

async function create(admin: Admin, topics: ITopicConfig[]): Promise<void> {
  if (topics.length === 0) return;
  // False where another process was first.
  await admin.createTopics({ topics, waitForLeaders: true });
}

/** What is acknowledged outlives the loss of one broker, and one broker may be away, where there are enough. */
const minInSync = (replication: number) => Math.max(1, Math.min(2, replication - 1));

const entries = (config: Record<string, string | number>) =>
  Object.entries(config).map(([name, value]) => ({ name, value: String(value) }));
