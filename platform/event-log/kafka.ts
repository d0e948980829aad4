import type { Kafka } from 'kafkajs';
import { topics } from '../../schema/events.js';
import type { Log } from '../telemetry/log.js';
import { StartError } from '../config/start-error.js';
import { KafkaAdmin } from './kafka-admin.js';
import { kafkaClient, type KafkaConnection } from './kafka-client.js';
import { KafkaKeptTopics } from './kafka-kept-topics.js';
import { groupLag } from './kafka-lag.js';
import { KafkaMember } from './kafka-member.js';
import { KafkaProducer } from './kafka-producer.js';
import { ensureTopics } from './kafka-topics.js';
import type { Consumer, Consumption, EventLog, LogRecord } from './port.js';

export interface KafkaEventLogOptions extends KafkaConnection {
  log: Log;
  /** Of topics that this process makes because they are missing. */
  partitions?: number;
  replication?: number;
  keepMs?: number;
  /** For how long a member that went silent keeps its partitions. */
  sessionMs?: number;
}

const DAY_MS = 24 * 3_600_000;
const JOIN_MS = 60_000;

/** Makes the topics that are missing. Throws StartError where no broker can be used. */
export async function openKafkaEventLog(options: KafkaEventLogOptions): Promise<EventLog> {
  const { brokers, log, partitions = 12, replication = 1, keepMs = 7 * DAY_MS, sessionMs = 10_000 } = options;
  const kafka = kafkaClient(options, log);
  const admin = new KafkaAdmin(kafka);
  try {
    await admin.use((each) => ensureTopics(each, Object.values(topics), { partitions, replication, keepMs }, log));
  } catch (error) {
    await admin.close();
    throw new StartError(
      `Kafka at ${brokers.join(', ')} cannot be used: ${(error as Error).message}. Check PARLEY_KAFKA_BROKERS and the variables beside it.`,
      { cause: error },
    );
  }
  return new KafkaEventLog(kafka, admin, { partitions, replication, sessionMs, log });
}

interface Settings {
  partitions: number;
  replication: number;
  sessionMs: number;
  log: Log;
}

/**
 * The event log on Kafka. A partition of the port is a partition of a topic, `<topic>-<number>`, and a position is an offset
 * plus one. A key has the same number in every topic, as long as they have the same number of partitions.
 */
class KafkaEventLog implements EventLog {
  readonly kept: KafkaKeptTopics;
  private readonly producer: KafkaProducer;
  private readonly consumers = new Set<Consumer>();
  private readonly members = new Map<string, Set<KafkaMember>>();

  constructor(
    private readonly kafka: Kafka,
    private readonly admin: KafkaAdmin,
    private readonly settings: Settings,
  ) {
    this.producer = new KafkaProducer(kafka);
    this.kept = new KafkaKeptTopics({
      kafka,
      admin,
      producer: this.producer,
      ...settings,
      isLost: (group, partition) => this.isLost(group, partition),
    });
  }

  async append(records: readonly LogRecord[]): Promise<void> {
    await this.producer.send(records.map(({ topic, key, value }) => ({ topic, message: { key, value } })));
  }

  async consume(consumption: Consumption): Promise<Consumer> {
    const { sessionMs, log } = this.settings;
    const member = new KafkaMember({ kafka: this.kafka, consumption, sessionMs, log });
    const members = this.members.get(consumption.group) ?? new Set();
    this.members.set(consumption.group, members.add(member));
    const consumer: Consumer = {
      stop: async () => {
        this.consumers.delete(consumer);
        await member.stop();
        members.delete(member);
      },
    };
    this.consumers.add(consumer);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const say = () => reject(new Error(`${consumption.group} could not join its group within ${JOIN_MS} ms.`));
      timer = setTimeout(say, JOIN_MS);
    });
    try {
      await Promise.race([member.joined, late]);
    } catch (error) {
      await consumer.stop();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    return consumer;
  }

  lag(group: string): Promise<Record<string, number>> {
    return this.admin.use((admin) => groupLag(admin, group));
  }

  async close(): Promise<void> {
    await Promise.all([...this.consumers].map((consumer) => consumer.stop()));
    await this.producer.close();
    await this.kept.close();
    await this.admin.close();
  }

  /** Whether members of the group run here and none of them has the partition: then another process may. */
  private isLost(group: string, partition: string): boolean {
    const members = [...(this.members.get(group) ?? [])];
    return members.length > 0 && !members.some((member) => member.holds(partition));
  }
}
