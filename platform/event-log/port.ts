/** A record to append. Records of one key stay in order; `value` is JSON text. */
export interface LogRecord {
  topic: string;
  /** UUID of what the event is about. */
  key: string;
  value: string;
}
/** A record as a consumer sees it. `position` grows within its partition. */
export interface StoredRecord extends LogRecord {
  partition: string;
  position: bigint;
}
export interface Consumption {
  /** Each group sees every record; members of one group share them out, a partition at a time. */
  group: string;
  topics: readonly string[];
  /** At most this many records are handed over at once. */
  maxBatch: number;
  /**
   * Records of one partition, in order. Once it resolves their position is committed; when it throws, or the process
   * dies first, the same records come again, to this process or another one.
   */
  handle(records: StoredRecord[]): Promise<void>;
}
export interface Consumer {
  /** Stops taking records, waits for the handler that runs, and commits. */
  stop(): Promise<void>;
}
/** An outbox that the log takes over by itself. */
export interface OutboxMove {
  moved: number;
  /** When the oldest of them was written; null where there was none. */
  waitingSince: Date | null;
}

/** The durable log between the write path and the workers. At least once, in order per key. */
export interface EventLog {
  /** Resolves once all records are durable; on an error any of them may or may not be in the log, so append them again. */
  append(records: readonly LogRecord[]): Promise<void>;
  /**
   * Of a log that lies in the very database whose outbox is to be relayed: moves up to `limit` of its oldest rows into the log,
   * in id order, in one transaction. Resolves once that is durable. Absent, or null, where rows have to be read, appended and
   * deleted.
   */
  mover?(database: string): ((limit: number) => Promise<OutboxMove>) | null;
  /** Resolves once the group exists: what is appended from now on will be handled. A new group starts at the oldest record. */
  consume(consumption: Consumption): Promise<Consumer>;
  /** Records that the group has not committed yet, per topic. */
  lag(group: string): Promise<Record<string, number>>;
  close(): Promise<void>;
}
