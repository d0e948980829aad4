import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Kafka, type Message, type Producer } from 'kafkajs';

/** A message for Kafka, with its size counted. */
export interface Outgoing {
  topic: string;
  message: Message;
}

/** One request holds about so many bytes: below the limit of a batch, which brokers count per partition. */
const REQUEST_BYTES = 512 * 1024;
const REQUEST_MESSAGES = 2_000;

/** For so long partitions may be on their way to another broker. */
const MOVING_MS = 4_000;
const MOVING_PAUSE_MS = 200;

interface Waiting {
  messages: Outgoing[];
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * An idempotent producer that waits for all in-sync replicas. What is sent while a request is under way goes together in the
 * next one. One that has failed is thrown away: its sequence numbers may be out of step with what the brokers have.
 */
export class KafkaProducer {
  private producer: Promise<Producer> | null = null;
  private readonly waiting: Waiting[] = [];
  private sending: Promise<void> | null = null;
  private isClosed = false;

  constructor(private readonly kafka: Kafka) {}

  /** Resolves once all are durable, in their order per partition; rejects within seconds where that is not known. */
  send(messages: Outgoing[]): Promise<void> {
    if (messages.length === 0) return Promise.resolve();
    if (this.isClosed) return Promise.reject(new Error('The event log is closed.'));
    return new Promise<void>((resolve, reject) => {
      this.waiting.push({ messages, resolve, reject });
      this.sending ??= this.sendWaiting().finally(() => (this.sending = null));
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.sending;
    await this.discard();
  }

  private async sendWaiting(): Promise<void> {
    for (let next = this.take(); next.length > 0; next = this.take()) {
      try {
        for (const part of parts(next.flatMap(({ messages }) => messages))) await this.sendPart(part);
        for (const { resolve } of next) resolve();
      } catch (error) {
        for (const { reject } of next) reject(error);
        await this.discard();
      }
    }
  }

  /** The oldest that wait, about a request of them. */
  private take(): Waiting[] {
    let count = 0;
    let end = 0;
    while (end < this.waiting.length && count < REQUEST_MESSAGES) count += this.waiting[end++]!.messages.length;
    return this.waiting.splice(0, end);
  }

  private async sendPart(outgoing: Outgoing[]): Promise<void> {
    for (const giveUpAt = performance.now() + MOVING_MS; ;) {
      try {
        return await this.sendOnce(outgoing);
      } catch (error) {
        if (!isRefusedForNow(error) || performance.now() > giveUpAt) throw error;
        await this.discard();
        await delay(MOVING_PAUSE_MS);
      }
    }
  }

  private async sendOnce(outgoing: Outgoing[]): Promise<void> {
    const messagesOf = new Map<string, Message[]>();
    for (const { topic, message } of outgoing) {
      const messages = messagesOf.get(topic);
      if (messages) messages.push(message);
      else messagesOf.set(topic, [message]);
    }
    this.producer ??= this.open();
    const producer = await this.producer;
    await producer.sendBatch({
      acks: -1,
      timeout: 3_000,
      topicMessages: [...messagesOf].map(([topic, messages]) => ({ topic, messages })),
    });
  }

  private async open(): Promise<Producer> {
    const producer = this.kafka.producer({
      idempotent: true,
      allowAutoTopicCreation: false,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      retry: { retries: 1, initialRetryTime: 100, maxRetryTime: 500 },
    });
    await producer.connect();
    return producer;
  }

  private async discard(): Promise<void> {
    const { producer } = this;
    this.producer = null;
    await producer?.then((each) => each.disconnect()).catch(() => undefined);
  }
}

function* parts(messages: Outgoing[]): Generator<Outgoing[]> {
  let part: Outgoing[] = [];
  let bytes = 0;
  for (const each of messages) {
    const size = Buffer.byteLength(each.message.value ?? '') + 200;
    if (part.length > 0 && (bytes + size > REQUEST_BYTES || part.length >= REQUEST_MESSAGES)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(each);
    bytes += size;
  }
  if (part.length > 0) yield part;
}

/** A broker has answered that it took nothing, and that another, or it later, will. */
function isRefusedForNow(error: unknown): boolean {
  const { cause } = error as { cause?: { name?: string; retriable?: boolean } };
  return cause?.name === 'KafkaJSProtocolError' && cause.retriable === true;
}
