import type { StoredRecord } from './port.js';

/** Kafka's own name of a partition: `<topic>-<number>`. */
export function partitionName(topic: string, number: number): string {
  return `${topic}-${number}`;
}

/** Throws where it is no name of one. */
export function partitionNumber(name: string): number {
  const match = /-(\d{1,6})$/.exec(name);
  if (!match) throw new Error(`There is no partition ${name}.`);
  return Number(match[1]);
}

/** Positions begin at 1, offsets at 0. */
export function toRecord(
  topic: string,
  number: number,
  { offset, key, value }: { offset: string; key: Buffer | null; value: Buffer | null },
): StoredRecord {
  return {
    topic,
    partition: partitionName(topic, number),
    position: BigInt(offset) + 1n,
    key: key?.toString() ?? '',
    value: value?.toString() ?? '',
  };
}
