import type { KeptRecord, StoredRecord } from '../event-log/port.js';
import type { Failure } from './attempts.js';

/** What a parked or dead record holds: the record that it stems from, and what happened to it. */
export interface Letter {
  /** The value of that record. */
  value: string;
  /** Calls of the handler that failed, those with others in a batch too. */
  attempts: number;
  /** How many of the pauses for parked events it has had. */
  pauses: number;
  /** RFC 3339; null while it only waits behind another. */
  firstFailedAt: string | null;
  lastFailedAt: string | null;
  /** The last one. */
  error: { message: string; stack: string | null } | null;
  /** All tries are over; what is left is to say so. */
  isGivenUp?: boolean;
}

export const retryTopic = (source: string, worker: string) => `${source}.${worker}.retry`;
export const deadTopic = (source: string, worker: string) => `${source}.${worker}.dlq`;

/** The parts of such a name; null when it is another. Names of workers have no dot. */
export function parseTopic(topic: string): { source: string; worker: string; kind: 'retry' | 'dlq' } | null {
  const match = /^(.+)\.([^.]+)\.(retry|dlq)$/.exec(topic);
  return match && { source: match[1]!, worker: match[2]!, kind: match[3] as 'retry' | 'dlq' };
}

export const waiting = (value: string): Letter => ({
  value,
  attempts: 0,
  pauses: 0,
  firstFailedAt: null,
  lastFailedAt: null,
  error: null,
});

export function failed(letter: Letter, { error, attempts, firstAt, lastAt }: Failure): Letter {
  const { message, stack } = error instanceof Error ? error : { message: String(error) };
  return {
    ...letter,
    attempts: letter.attempts + attempts,
    firstFailedAt: letter.firstFailedAt ?? new Date(firstAt).toISOString(),
    lastFailedAt: new Date(lastAt).toISOString(),
    error: { message, stack: stack ?? null },
  };
}

export function toKept(
  { partition, position, key }: StoredRecord,
  topic: string,
  letter: Letter,
  dueAt: number,
): KeptRecord {
  return { topic, partition, position, key, value: JSON.stringify(letter), dueAt };
}

export const letterOf = (record: KeptRecord) => JSON.parse(record.value) as Letter;
