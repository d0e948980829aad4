import type { StoredRecord } from './port.js';

/** How many records stay here: what comes to a busy process in the time that groups let events gather. */
const KEPT = 500;

export interface Entry {
  position: number;
  record: StoredRecord;
}

/**
 * The newest records of a partition that this process has read, without a gap. Each group reads all records: whoever comes
 * after the first takes them from here, the very same objects, and asks the database for newer ones alone.
 */
export class Tail {
  private entries: Entry[] = [];
  /** All that lies behind it, up to the last entry, is here. */
  private after = 0;

  /** The first records behind a position, at most so many; none where the next one may be missing here. */
  behind(position: number, limit: number): Entry[] {
    if (position < this.after) return [];
    const first = this.entries.findIndex((entry) => entry.position > position);
    return first === -1 ? [] : this.entries.slice(first, first + limit);
  }

  /** `found`: all that lies behind `after`, up to the last of them. */
  add(after: number, found: readonly Entry[]): void {
    const end = this.entries.at(-1)?.position ?? -1;
    if (after > end) [this.after, this.entries] = [after, [...found]];
    else this.entries.push(...found.filter(({ position }) => position > end));
    const dropped = this.entries.splice(0, Math.max(0, this.entries.length - KEPT));
    this.after = dropped.at(-1)?.position ?? this.after;
  }
}
