import type { Consumer, Consumption, EventLog, LogRecord, StoredRecord } from '../event-log/port.js';

/** For tests: one partition in memory, whose hand-over is under the test's control. */
export class MemoryEventLog implements EventLog {
  readonly records: StoredRecord[] = [];
  committed = 0;
  private consumption: Consumption | null = null;

  async append(records: readonly LogRecord[]): Promise<void> {
    for (const record of records)
      this.records.push({ ...record, partition: 'memory', position: BigInt(this.records.length + 1) });
  }

  async consume(consumption: Consumption): Promise<Consumer> {
    this.consumption = consumption;
    return { stop: async () => undefined };
  }

  async lag(): Promise<Record<string, number>> {
    return { 'parley.conversation': this.records.length - this.committed };
  }

  async close(): Promise<void> {}

  /** Hands the next batch over and commits it; rejects when the handler does. */
  async handOver(): Promise<void> {
    const batch = this.records.slice(this.committed, this.committed + this.consumption!.maxBatch);
    await this.consumption!.handle(batch);
    this.committed += batch.length;
  }
}
