import type { KeptRecord, KeptTopics } from '../event-log/port.js';
import { deadTopic, letterOf, parseTopic, retryTopic, toKept, type Letter } from './letter.js';

/** An event that a worker has given up. */
export interface DeadLetter {
  /** `<worker>/<topic>/<partition>/<position>`: who gave it up, and where in the log it stood. */
  id: string;
  worker: string;
  /** Of the event. */
  topic: string;
  key: string;
  diedAt: Date;
  letter: Letter;
}

const PAGE = 100;

/** What an operator does with dead letters. Works beside the workers, in any process that reaches the log. */
export class DeadLetters {
  constructor(private readonly kept: KeptTopics) {}

  /** Oldest first in each partition; all workers' unless one is named. */
  async *all(worker?: string): AsyncGenerator<DeadLetter> {
    for (const { topic, partition } of await this.kept.topics()) {
      const name = parseTopic(topic);
      if (name?.kind !== 'dlq' || (worker !== undefined && name.worker !== worker)) continue;
      for (let after: bigint | undefined; ;) {
        const page = await this.kept.read({ partition, topics: [topic], after, limit: PAGE });
        for (const record of page) yield present(record);
        if (page.length < PAGE) break;
        after = page.at(-1)!.position;
      }
    }
  }

  async find(id: string): Promise<DeadLetter | null> {
    const record = await this.read(id);
    return record && present(record);
  }

  /** Puts it back to where its worker tries it again, before later parked events of its key. False when there is none. */
  async replay(id: string): Promise<boolean> {
    const record = await this.read(id);
    if (!record) return false;
    const { source, worker } = parseTopic(record.topic)!;
    const letter = { ...letterOf(record), pauses: 0 };
    const again = toKept(record, retryTopic(source, worker), letter, Date.now());
    await this.kept.change(record.partition, { add: [again], remove: [record] });
    return true;
  }

  /** Forgets it. False when there is none. */
  async discard(id: string): Promise<boolean> {
    const record = await this.read(id);
    if (!record) return false;
    await this.kept.change(record.partition, { remove: [record] });
    return true;
  }

  private async read(id: string): Promise<KeptRecord | null> {
    const match = /^([^/]+)\/([^/]+)\/([^/]+)\/(\d{1,18})$/.exec(id);
    if (!match) return null;
    const [worker = '', source = '', partition = '', position = ''] = match.slice(1);
    const topic = deadTopic(source, worker);
    if (!(await this.kept.topics()).some((each) => each.topic === topic && each.partition === partition)) return null;
    const after = BigInt(position) - 1n;
    const [record] = await this.kept.read({ partition, topics: [topic], after, limit: 1 });
    return record?.position === BigInt(position) ? record : null;
  }
}

function present(record: KeptRecord): DeadLetter {
  const { source, worker } = parseTopic(record.topic)!;
  return {
    id: `${worker}/${source}/${record.partition}/${record.position}`,
    worker,
    topic: source,
    key: record.key,
    diedAt: new Date(record.dueAt),
    letter: letterOf(record),
  };
}
