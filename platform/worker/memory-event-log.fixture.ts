import { MemoryKeptTopics } from '../event-log/memory-kept-topics.fixture.js';
import type { Consumer, Consumption, EventLog, KeptTopics, LogRecord, StoredRecord } from '../event-log/port.js';

/** For tests: one partition in memory, whose hand-over is under the test's control. The newest consumer has it. */
export class MemoryEventLog implements EventLog {
  readonly records: StoredRecord[] = [];
  readonly kept: KeptTopics = new MemoryKeptTopics();
  committed = 0;
  private consumption: Consumption | null = null;
  private isAssigned = false;

  async append(records: readonly LogRecord[]): Promise<void> {
    for (const record of records)
      this.records.push({ ...record, partition: 'memory', position: BigInt(this.records.length + 1) });
  }

  async consume(consumption: Consumption): Promise<Consumer> {
    this.consumption = consumption;
    this.isAssigned = false;
    return { stop: async () => undefined };
  }

  async lag(): Promise<Record<string, number>> {
    return { 'parley.conversation': this.records.length - this.committed };
  }

  async close(): Promise<void> {}

  /** Hands the next batch over and commits it; rejects when the handler does. Once its process is dead, nothing is committed. */
  async handOver(isAlive: () => boolean = () => true): Promise<void> {
    const consumption = this.consumption!;
    if (!this.isAssigned) {
      this.isAssigned = true;
      await consumption.assigned?.({
        partition: 'memory',
        isHeld: () => this.consumption === consumption && isAlive(),
      });
    }
    const batch = this.records.slice(this.committed, this.committed + consumption.maxBatch);
    await consumption.handle(batch);
    if (isAlive() && this.consumption === consumption) this.committed += batch.length;
  }
}
