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
  /** Looks are so far apart, ms, unless there is more than one batch: records gather meanwhile. Absent: each comes as it can. */
  withinMs?: number;
  /**
   * Records of one partition, in order. Once it resolves their position is committed; when it throws, or the process
   * dies first, the same records come again, to this process or another one.
   */
  handle(records: StoredRecord[]): Promise<void>;
  /**
   * Called when this member has got a partition, before its first records, and again whenever another member may have had
   * it in between: what is known of it may be out of date.
   */
  assigned?(holding: Holding): Promise<void>;
}
/** A partition that a member of a group has for now. */
export interface Holding {
  readonly partition: string;
  /** False as soon as another member may have it. */
  isHeld(): boolean;
}
export interface Consumer {
  /** Stops taking records, waits for the handler that runs, and commits. */
  stop(): Promise<void>;
}
/** An outbox that the log takes over by itself. */
export interface OutboxMove {
  moved: number;
  /** The payload of the oldest of them, as it stood in the outbox; null where there was none. */
  oldest: string | null;
}

/** A record of a kept topic. Its partition and position are those of the record it stems from: they name it, and order its key. */
export interface KeptRecord extends StoredRecord {
  /** Epoch ms. Means nothing to the log. */
  dueAt: number;
}
export interface KeptChange {
  /** Left as they are where they are kept already. */
  add?: readonly KeptRecord[];
  replace?: readonly KeptRecord[];
  remove?: readonly Pick<StoredRecord, 'topic' | 'position'>[];
}
/** What is kept of one key, in some topics of a partition. */
export interface KeptKey {
  key: string;
  count: number;
  /** Of its first record. */
  position: bigint;
  dueAt: number;
  /** Of the record that is due first. */
  earliestDueAt: number;
}
/**
 * Topics whose records stay, the newest state of each, until they are removed, and never expire: what is parked for a later
 * try, and dead letters. In Kafka, compacted topics with the partitions of those they stem from, read into a table.
 */
export interface KeptTopics {
  /** Resolves once durable. In the order add, replace, remove: on an error, a first part may have been done; do it again. */
  change(partition: string, change: KeptChange): Promise<void>;
  /** In the order of their positions. */
  read(query: {
    partition: string;
    topics: readonly string[];
    key?: string;
    after?: bigint;
    limit: number;
  }): Promise<KeptRecord[]>;
  /** All keys that have records in these topics. */
  keys(partition: string, topics: readonly string[]): Promise<KeptKey[]>;
  /** What there is, of all topics and partitions. */
  topics(): Promise<{ topic: string; partition: string; count: number }[]>;
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
  readonly kept: KeptTopics;
  close(): Promise<void>;
}
