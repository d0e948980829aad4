import type { EventOf, EventType } from '../../schema/events.js';
import type { StoredRecord } from '../event-log/port.js';
import type { Failure } from './attempts.js';
import { groupBy } from './group-by.js';
import type { ParkingLot } from './parking-lot.js';
import type { Reading } from './read-event.js';

export interface Item<Type extends EventType> {
  record: StoredRecord;
  event: EventOf<Type>;
}

export interface Handling<Type extends EventType> {
  isBatch: boolean;
  /** Keys side by side, at most. */
  concurrency: number;
  read(record: StoredRecord): Reading<Type>;
  /** Tries so often in place; what went wrong, if it did to the end. */
  attempt(items: Item<Type>[], inPlace: number): Promise<Failure | null>;
  inPlace: number;
}

/**
 * Handles a batch of records of one partition. Once it resolves each of them is handled, parked or a dead letter; it rejects
 * only where the log is away, or the worker stops.
 */
export async function handleRecords<Type extends EventType>(
  records: StoredRecord[],
  handling: Handling<Type>,
  lot: ParkingLot,
): Promise<void> {
  const items: Item<Type>[] = [];
  const unreadable: { record: StoredRecord; error: Error }[] = [];
  for (const record of records) {
    const reading = handling.read(record);
    if (reading.kind === 'event') items.push({ record, event: reading.event });
    else if (reading.kind === 'unreadable') unreadable.push({ record, error: reading.error });
  }
  if (unreadable.length > 0) await lot.bury(unreadable);
  if (items.length === 0) return;
  const release = lot.occupy(items.map(keyOf));
  try {
    if (handling.isBatch) await handleTogether(items, handling, lot);
    else
      await sideBySide([...groupBy(items, keyOf).values()], handling.concurrency, (ofKey) =>
        handleInTurn(ofKey, handling, lot, handling.inPlace),
      );
  } finally {
    release();
  }
}

const keyOf = ({ record }: Item<EventType>) => record.key;

/** The events of one key, one after the other. */
async function handleInTurn<Type extends EventType>(
  ofKey: Item<Type>[],
  handling: Handling<Type>,
  lot: ParkingLot,
  inPlace: number,
  earlier?: Failure,
): Promise<void> {
  for (const [index, item] of ofKey.entries()) {
    if (lot.isParked(item.record.key)) return lot.follow(ofKey.slice(index).map(({ record }) => record));
    const failure = await handling.attempt([item], inPlace);
    if (failure) await lot.park(item.record, earlier ? together(earlier, failure) : failure);
  }
}

/** All at once; when that fails in place, key by key, and where it still fails, event by event: only the bad ones are parked. */
async function handleTogether<Type extends EventType>(
  items: Item<Type>[],
  handling: Handling<Type>,
  lot: ParkingLot,
): Promise<void> {
  const free = items.filter((item) => !lot.isParked(item.record.key));
  await lot.follow(items.filter((item) => lot.isParked(item.record.key)).map(({ record }) => record));
  const [first] = free;
  if (!first) return;
  const failure = await handling.attempt(free, handling.inPlace);
  if (!failure) return;
  if (free.length === 1) return lot.park(first.record, failure);
  const keys = [...groupBy(free, keyOf).values()];
  await sideBySide(keys, handling.concurrency, async (ofKey) => {
    let earlier = failure;
    if (ofKey.length > 1 && keys.length > 1) {
      const again = await handling.attempt(ofKey, 0);
      if (!again) return;
      earlier = together(failure, again);
    }
    await handleInTurn(ofKey, handling, lot, 0, earlier);
  });
}

const together = (earlier: Failure, { error, attempts, lastAt }: Failure): Failure => ({
  error,
  attempts: earlier.attempts + attempts,
  firstAt: earlier.firstAt,
  lastAt,
});

/** Waits for all of them, also when one throws. */
async function sideBySide<T>(items: T[], limit: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const lane = async () => {
    for (const item of queue) await work(item);
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, lane));
  for (const each of lanes) if (each.status === 'rejected') throw each.reason;
}
