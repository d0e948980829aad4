import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Counter, type Registry } from 'prom-client';
import type { ObjectStore } from '../platform/object-store/port.js';
import type { Breaker } from '../platform/worker/breaker.js';
import { defineWorker, type Worker } from '../platform/worker/define-worker.js';
import { analyticsRow, countedEvents, type CountedEvent } from '../schema/analytics.js';

/** Lines gather so long, ms, or until there are so many. */
const [GATHER_MS, BATCH] = [60_000, 2_000];
export const ANALYTICS = 'analytics/';
export const NDJSON = 'application/x-ndjson';

export interface AnalyticsDependencies {
  objects: Pick<ObjectStore, 'write'>;
  /** Of the object store. */
  breaker: Breaker;
  registry?: Registry;
  gatherMs?: number;
}

/**
 * Writes what happened as lines of JSON (NDJSON, gzip) into the object store, by the hour in which it happened. A batch is
 * durable before its events count as handled, so none is lost; after a crash the same events come again, in the same or in
 * another object, and whoever counts takes each id once.
 */
export function analytics({ objects, breaker, registry, gatherMs = GATHER_MS }: AnalyticsDependencies): Worker {
  const counter = new Counter({
    name: 'analytics_events_total',
    help: 'Events that were written for analytics',
    registers: registry ? [registry] : [],
  });
  return defineWorker({
    name: 'analytics',
    events: countedEvents,
    anyOrder: true,
    breaker,
    batch: { size: BATCH, within: gatherMs },
    handle: async (events, signal) => {
      for (const [hour, lines] of byHour(events)) {
        signal.throwIfAborted();
        const body = await promisify(gzip)(lines.map((line) => `${JSON.stringify(analyticsRow(line))}\n`).join(''));
        await objects.write(`${hour}${nameOf(lines)}`, body, { contentType: NDJSON, size: body.length });
      }
      counter.inc(events.length);
    },
  });
}

/** analytics/date=2026-11-29/hour=20/, as tools that query files read their partitions. UTC. */
export function hourFolder(at: string): string {
  const instant = new Date(at).toISOString();
  return `${ANALYTICS}date=${instant.slice(0, 10)}/hour=${instant.slice(11, 13)}/`;
}

function byHour(events: readonly CountedEvent[]): Map<string, CountedEvent[]> {
  const hours = new Map<string, CountedEvent[]>();
  for (const event of events) {
    const hour = hourFolder(event.at);
    const those = hours.get(hour);
    if (those) those.push(event);
    else hours.set(hour, [event]);
  }
  return hours;
}

/** The same for the same events, so that writing them again replaces them. */
function nameOf(events: readonly CountedEvent[]): string {
  const digest = createHash('sha256').update(events.map(({ id }) => id).join());
  return `part-${events[0]!.id}-${digest.digest('hex').slice(0, 16)}.ndjson.gz`;
}
