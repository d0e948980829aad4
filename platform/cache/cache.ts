import { Counter, type Registry } from 'prom-client';
import type { Ephemeral } from '../ephemeral/port.js';

export interface CacheOptions {
  /** Part of the key, and the label of its metrics: 'profile'. */
  name: string;
  ephemeral: Ephemeral;
  /** An entry lives for this long, ms; up to a tenth less, so that what was read together does not expire together. */
  ttlMs: number;
  registry?: Registry;
}

/** One call of a loader. */
interface Flight<Value> {
  values: Promise<Map<string, Value>>;
  /** Changed since the call began: what it found of them is not kept. */
  dropped: Set<string>;
}

/**
 * Cache-aside over the ephemeral port, shared by all processes: values as JSON, found by id. A value may be as old as the
 * TTL: fit to be shown, never to decide whether a write is allowed. Where the store cannot be reached, all is loaded.
 */
export class Cache<Value> {
  private readonly count: (requests: number, hits: number) => void;
  private readonly flights = new Map<string, Flight<Value>>();

  constructor(private readonly options: CacheOptions) {
    this.count = cacheMetrics(options);
  }

  /** By id; what `load` does not find is left out, and looked for again the next time. One load at a time for an id. */
  async getMany(
    ids: readonly string[],
    load: (missing: string[]) => Promise<Map<string, Value>>,
  ): Promise<Map<string, Value>> {
    const wanted = [...new Set(ids)];
    const found = new Map<string, Value>();
    for (const [index, text] of (await this.read(wanted)).entries())
      if (text !== null) found.set(wanted[index]!, JSON.parse(text) as Value);
    this.count(wanted.length, found.size);

    const flights = new Set<Flight<Value>>();
    const missing: string[] = [];
    for (const id of wanted) {
      if (found.has(id)) continue;
      const flight = this.flights.get(id);
      if (flight) flights.add(flight);
      else missing.push(id);
    }
    if (missing.length > 0) flights.add(this.start(missing, load));
    for (const flight of flights) {
      const values = await flight.values;
      for (const id of wanted) if (!found.has(id) && values.has(id)) found.set(id, values.get(id)!);
    }
    return found;
  }

  async get(id: string, load: () => Promise<Value | null>): Promise<Value | null> {
    const found = await this.getMany([id], async () => {
      const value = await load();
      return value === null ? new Map<string, Value>() : new Map([[id, value]]);
    });
    return found.get(id) ?? null;
  }

  /** After the commit of a change. Loads that are under way will not be kept. */
  async drop(...ids: string[]): Promise<void> {
    for (const id of ids) {
      this.flights.get(id)?.dropped.add(id);
      this.flights.delete(id);
    }
    await this.options.ephemeral.delete(...ids.map((id) => this.keyOf(id))).catch(() => undefined);
  }

  private start(ids: string[], load: (missing: string[]) => Promise<Map<string, Value>>): Flight<Value> {
    const dropped = new Set<string>();
    const flight = { dropped, values: load(ids).then((values) => this.keep(values, dropped).then(() => values)) };
    for (const id of ids) this.flights.set(id, flight);
    const land = () => {
      for (const id of ids) if (this.flights.get(id) === flight) this.flights.delete(id);
    };
    flight.values.then(land, land);
    return flight;
  }

  private read(ids: string[]): Promise<(string | null)[]> {
    return this.options.ephemeral.getMany(ids.map((id) => this.keyOf(id))).catch(() => ids.map(() => null));
  }

  private async keep(values: Map<string, Value>, dropped: ReadonlySet<string>): Promise<void> {
    const { ephemeral, ttlMs } = this.options;
    const kept = [...values].filter(([id]) => !dropped.has(id));
    const ttl = () => Math.round(ttlMs * (0.9 + Math.random() / 10));
    await Promise.all(kept.map(([id, value]) => ephemeral.set(this.keyOf(id), JSON.stringify(value), ttl()))).catch(
      () => undefined,
    );
  }

  private keyOf(id: string): string {
    return `cache:${this.options.name}:${id}`;
  }
}

function cacheMetrics({ name, registry }: CacheOptions): (requests: number, hits: number) => void {
  if (!registry) return () => undefined;
  const counter = (metric: string, help: string) =>
    (registry.getSingleMetric(metric) as Counter | undefined) ??
    new Counter({ name: metric, help, labelNames: ['cache'], registers: [registry] });
  const requests = counter('cache_requests_total', 'Values that were asked of a cache');
  const hits = counter('cache_hits_total', 'Values that a cache had');
  return (asked, had) => {
    requests.inc({ cache: name }, asked);
    hits.inc({ cache: name }, had);
  };
}
