import type { KafkaReader, ReadMessage } from './kafka-reader.js';
import type { KeptKey, KeptRecord } from './port.js';

/** What one partition of a compacted topic holds: the newest of each name. */
export class KeptTable {
  /** By the partition that they stem from, then by position. */
  private records = new Map<string, Map<bigint, KeptRecord>>();
  private next = 0n;
  private readAt = performance.now();
  private reading: Promise<void> | null = null;
  private again: Promise<void> | null = null;

  constructor(
    private readonly topic: string,
    private readonly number: number,
  ) {}

  isOlderThan(ms: number): boolean {
    return performance.now() - this.readAt > ms;
  }

  /** To the end as it is after this call; calls that wait share one look. */
  readOn(reader: KafkaReader): Promise<void> {
    if (!this.reading) {
      this.reading = this.readOnce(reader).finally(() => (this.reading = null));
      return this.reading;
    }
    // The look that runs may have been answered before what this caller must see.
    this.again ??= this.reading
      .catch(() => undefined)
      .then(() => {
        this.again = null;
        return this.readOn(reader);
      });
    return this.again;
  }

  get(partition: string, position: bigint): KeptRecord | undefined {
    return this.records.get(partition)?.get(position);
  }

  of(partition: string): KeptRecord[] {
    return [...(this.records.get(partition)?.values() ?? [])];
  }

  partitions(): { partition: string; count: number }[] {
    return [...this.records].map(([partition, { size }]) => ({ partition, count: size }));
  }

  private async readOnce(reader: KafkaReader): Promise<void> {
    const startedAt = performance.now();
    const found = await reader.readFrom(this.topic, this.number, this.next);
    if (!found || found.isAnew) {
      this.records = new Map();
      this.next = 0n;
    }
    for (const message of found?.messages ?? []) this.apply(message);
    this.readAt = startedAt;
  }

  private apply({ offset, key, value, headers }: ReadMessage): void {
    this.next = offset + 1n;
    const match = /^(.+)\/(\d{1,18})$/.exec(key ?? '');
    if (!match) return; // put there by something else
    const [partition, position] = [match[1]!, BigInt(match[2]!)];
    const ofPartition = this.records.get(partition) ?? new Map<bigint, KeptRecord>();
    if (value === null) ofPartition.delete(position);
    else
      ofPartition.set(position, {
        topic: this.topic,
        partition,
        position,
        key: headers.key ?? '',
        value,
        dueAt: Number(headers['due-at'] ?? 0),
      });
    if (ofPartition.size === 0) this.records.delete(partition);
    else this.records.set(partition, ofPartition);
  }
}

/** Of records in the order of their positions. */
export function keysOf(records: KeptRecord[]): KeptKey[] {
  const keys = new Map<string, KeptKey>();
  for (const { key, position, dueAt } of records) {
    const known = keys.get(key);
    if (!known) keys.set(key, { key, count: 1, position, dueAt, earliestDueAt: dueAt });
    else {
      known.count++;
      known.earliestDueAt = Math.min(known.earliestDueAt, dueAt);
    }
  }
  return [...keys.values()];
}
