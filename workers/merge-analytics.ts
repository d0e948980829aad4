import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ListedObject, ObjectStore } from '../platform/object-store/port.js';
import { defineJob, type Job } from '../platform/worker/define-job.js';
import { ANALYTICS, hourFolder, NDJSON } from './analytics.js';

const [MINUTE, HOUR] = [60_000, 3_600_000];
const EVERY_MS = 15 * MINUTE;
/** Hours that are looked at: what comes later stays in pieces. */
const HOURS = 48;
/** An hour is over once nothing is written into it so soon. */
const SETTLED_MS = 10 * MINUTE;
/** Pieces that become one: S3 copies no more than 5 GB at once, and tools read what is smaller side by side. */
const [MOST_PIECES, MOST_BYTES] = [5_000, 1 << 30];

export interface MergeAnalyticsDependencies {
  objects: Pick<ObjectStore, 'read' | 'write' | 'delete' | 'list'>;
  everyMs?: number;
  settledMs?: number;
}

/**
 * Makes one object of the pieces of each hour that is over: gzip members one behind the other are one gzip file (RFC 1952
 * §2.2). It is written before they are deleted, so that a crash between the two leaves lines twice, and none never.
 */
export function mergeAnalytics({
  objects,
  everyMs = EVERY_MS,
  settledMs = SETTLED_MS,
}: MergeAnalyticsDependencies): Job {
  return defineJob({
    name: 'merge-analytics',
    everyMs,
    run: async (signal) => {
      const now = Date.now();
      for (let back = 1; back <= HOURS && !signal.aborted; back++) {
        const folder = hourFolder(new Date(now - back * HOUR).toISOString());
        const pieces = await piecesOf(objects, folder);
        if (pieces.some(({ modifiedAt }) => modifiedAt.getTime() > now - settledMs)) continue;
        for (const group of groupsOf(pieces)) {
          if (signal.aborted) return;
          await merge(objects, folder, group);
        }
      }
    },
  });
}

async function piecesOf(objects: MergeAnalyticsDependencies['objects'], folder: string): Promise<ListedObject[]> {
  const pieces: ListedObject[] = [];
  for await (const piece of objects.list(folder)) pieces.push(piece);
  return pieces;
}

/** Those that become one. What is large already, or alone, stays. */
function groupsOf(pieces: readonly ListedObject[]): ListedObject[][] {
  const groups: ListedObject[][] = [[]];
  let bytes = 0;
  for (const piece of pieces.filter(({ size }) => size < MOST_BYTES / 2)) {
    bytes += piece.size;
    const last = groups.at(-1)!;
    if (bytes > MOST_BYTES || last.length >= MOST_PIECES) {
      groups.push([piece]);
      bytes = piece.size;
    } else last.push(piece);
  }
  return groups.filter(({ length }) => length > 1);
}

async function merge(
  objects: MergeAnalyticsDependencies['objects'],
  folder: string,
  pieces: readonly ListedObject[],
): Promise<void> {
  const keys = pieces.map(({ key }) => key);
  const digest = createHash('sha256').update(keys.join()).digest('hex').slice(0, 16);
  const size = pieces.reduce((sum, piece) => sum + piece.size, 0);
  // What was replaced meanwhile by other bytes does not have that size: then nothing is written, and the next run begins anew.
  await objects.write(
    `${folder}merged-${digest}.ndjson.gz`,
    Readable.from(chunksOf(objects, keys), { objectMode: false }),
    {
      contentType: NDJSON,
      size,
    },
  );
  await objects.delete(keys);
}

async function* chunksOf(
  objects: MergeAnalyticsDependencies['objects'],
  keys: readonly string[],
): AsyncIterable<Buffer> {
  for (const key of keys) {
    const piece = await objects.read(key);
    if (!piece) throw new Error(`${key.slice(ANALYTICS.length)} is gone`);
    yield* piece as AsyncIterable<Buffer>;
  }
}
