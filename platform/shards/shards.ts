import type { Statement } from '../database/hot-pool.js';
import type { DirectoryClient, ShardClient } from '../database/port.js';
import { isMoved, isUnavailable } from '../database/unavailable.js';
import { Fault } from '../errors/errors.js';
import { BUCKETS, bucketOf } from '../ids/ids.js';
import { groupBy } from '../worker/group-by.js';

export interface Shard {
  name: string;
  db: ShardClient;
  /** Raised by a failover that lost commits; sealed into cursors. */
  epoch: number;
}

/** What the shard of some keys says of them, or why it cannot. */
export type Answer<Key, Result> = { keys: Key[] } & ({ result: Result } | { error: Error });

/** Opens the pool of a shard that this process has not met yet. `url`: as registered, null where it was not. */
export type OpenShard = (name: string, url: string | null) => ShardClient;

/** For how long a call waits for a bucket that is being handed over. */
const PATIENCE_MS = 3_000;
const PAUSE_MS = 15;
/** For how long a new map waits for a shard to answer. */
const MEET_MS = 500;
/** Within it another shard must have answered, or answers now. */
const PING_MS = 500;
/** A shard that kept a call waiting for longer before it failed is not asked for a while, and then by one call for so long. */
const SLOW_MS = 250;
const AWAY_MS = 500;
const PROBE_MS = 5_000;
const ping: Statement = { name: 'ping', text: 'select 1' };

/**
 * Which shard holds an id. The map is cached and may be out of date: a shard refuses what is not its own, reads and writes
 * alike (PY001), and `on` and `each` then look where it is now. Every process learns of new shards by the version of the map.
 */
export class Shards {
  private readonly known = new Map<string, Shard>();
  private readonly byBucket: (Shard | undefined)[] = new Array<Shard | undefined>(BUCKETS);
  private readonly listeners = new Set<(shard: Shard) => void>();
  /** By bucket: resolves when it is time to ask again. So that those who wait ask together, and seldom. */
  private readonly held = new Map<number, Promise<void>>();
  private readonly awayUntil = new WeakMap<Shard, number>();
  private readonly answeredAt = new WeakMap<Shard, number>();
  private version = -1n;
  private reloading: Promise<void> | null = null;
  private isComplete = false;

  private constructor(
    private readonly directory: DirectoryClient,
    private readonly clients: Map<string, ShardClient>,
    private readonly open: OpenShard | null,
  ) {}

  /**
   * A shard that cannot be reached is passed over, and looked for again by `refresh`. Without `open`, only the shards of
   * `clients` can be used.
   */
  static async load(
    directory: DirectoryClient,
    clients: ReadonlyMap<string, ShardClient>,
    open: OpenShard | null = null,
  ): Promise<Shards> {
    const shards = new Shards(directory, new Map(clients), open);
    await shards.reload();
    return shards;
  }

  /** Those that were reached at least once, by name: in whichever order they answered. Grows. */
  get all(): readonly Shard[] {
    return [...this.known.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Changes with every change of the map, as far as this process knows. */
  get mapVersion(): bigint {
    return this.version;
  }

  /** Tells of each shard that is there, and of each that comes. */
  forEach(listener: (shard: Shard) => void): () => void {
    for (const shard of this.known.values()) listener(shard);
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Reads the map again, once for all who ask at the same time. */
  reload(): Promise<void> {
    this.reloading ??= this.load().finally(() => (this.reloading = null));
    return this.reloading;
  }

  /** Reads the map again if it has changed, or if a shard was missing. */
  async refresh(): Promise<void> {
    const { version } = await this.directory.shardMapVersion.findFirstOrThrow();
    if (version !== this.version || !this.isComplete) await this.reload();
  }

  /** The shard of a UUID made by newUuid. Throws UNAVAILABLE when this process has no connection to it. */
  of(uuid: string): Shard {
    return this.ofBucket(bucketOf(uuid));
  }

  ofBucket(bucket: number): Shard {
    const shard = this.byBucket[bucket];
    if (!shard) throw unreachable();
    return shard;
  }

  /** Calls the shard of an id: the new one, where the bucket has moved. `call` may run more than once, never half. */
  async on<Result>(uuid: string, call: (shard: Shard) => PromiseLike<Result>): Promise<Result> {
    const bucket = bucketOf(uuid);
    for (let deadline = 0; ;) {
      await this.held.get(bucket);
      const shard = this.ofBucket(bucket);
      const began = this.admit(shard);
      try {
        return this.answered(shard, await call(shard));
      } catch (error) {
        if (!isMoved(error)) throw await this.explain(shard, error, began);
        deadline ||= performance.now() + PATIENCE_MS;
        if (performance.now() > deadline) throw moving(error);
        await this.catchUp(bucket, shard);
      }
    }
  }

  /** Asks each shard once for all of its keys. One that cannot answer fails its own keys only. */
  async each<Key, Result>(
    keys: Iterable<Key>,
    uuidOf: (key: Key) => string,
    call: (shard: Shard, keys: Key[]) => PromiseLike<Result>,
  ): Promise<Answer<Key, Result>[]> {
    const answers: Answer<Key, Result>[] = [];
    const groups = new Map<Shard, Key[]>();
    for (const key of keys) {
      const shard = this.byBucket[bucketOf(uuidOf(key))];
      const group = shard && groups.get(shard);
      if (group) group.push(key);
      else if (shard) groups.set(shard, [key]);
      else answers.push({ keys: [key], error: unreachable() });
    }
    await Promise.all(
      [...groups].map(async ([shard, own]) => {
        let began = performance.now();
        try {
          began = this.admit(shard);
          answers.push({ keys: own, result: this.answered(shard, await call(shard, own)) });
        } catch (error) {
          if (isMoved(error)) answers.push(...(await this.bucketByBucket(own, uuidOf, call)));
          else answers.push({ keys: own, error: await this.explain(shard, error, began) });
        }
      }),
    );
    return answers;
  }

  /** As `each`, for what is of no use unless it is complete. */
  async gather<Key, Row>(
    keys: Iterable<Key>,
    uuidOf: (key: Key) => string,
    call: (shard: Shard, keys: Key[]) => PromiseLike<Row[]>,
  ): Promise<Row[]> {
    const rows: Row[] = [];
    for (const answer of await this.each(keys, uuidOf, call))
      if ('error' in answer) throw answer.error;
      else for (const row of answer.result) rows.push(row);
    return rows;
  }

  /** Some of the buckets were refused: each finds its own way, so that the others do not wait for them. */
  private bucketByBucket<Key, Result>(
    keys: Key[],
    uuidOf: (key: Key) => string,
    call: (shard: Shard, keys: Key[]) => PromiseLike<Result>,
  ): Promise<Answer<Key, Result>[]> {
    const buckets = groupBy(keys, (key) => bucketOf(uuidOf(key)));
    return Promise.all(
      [...buckets.values()].map(async (own) => {
        const [first] = own as [Key];
        return this.on(uuidOf(first), (shard) => call(shard, own)).then(
          (result) => ({ keys: own, result }),
          (error: unknown) => ({ keys: own, error: toError(error) }),
        );
      }),
    );
  }

  /** Reads the map; where the bucket has not moved, it is about to: waits a moment. */
  private catchUp(bucket: number, refusedBy: Shard): Promise<void> {
    const waiting = this.held.get(bucket);
    if (waiting) return waiting;
    const next = this.reload()
      .then(async () => {
        if (this.byBucket[bucket] === refusedBy) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      })
      .finally(() => this.held.delete(bucket));
    this.held.set(bucket, next);
    return next;
  }

  /** A shard that let calls wait in vain is asked by one at a time, and the others do not wait for it. Returns when it is. */
  private admit(shard: Shard): number {
    const now = performance.now();
    const until = this.awayUntil.get(shard);
    if (until === undefined) return now;
    if (now < until) throw unreachable();
    this.awayUntil.set(shard, now + PROBE_MS);
    return now;
  }

  private answered<Result>(shard: Shard, result: Result): Result {
    this.awayUntil.delete(shard);
    this.answeredAt.set(shard, performance.now());
    return result;
  }

  /**
   * One shard that is away while others answer is the matter of its own keys: UNAVAILABLE. Where none answers, the error
   * itself says so: nothing can be done at all, and who has time waits.
   */
  private async explain(shard: Shard, error: unknown, began: number): Promise<Error> {
    const original = error instanceof Fault ? error.originalError : error;
    if (!isUnavailable(original)) return toError(error);
    const others = this.all.filter((other) => other !== shard);
    const since = performance.now() - PING_MS;
    let isPartial = others.some((other) => (this.answeredAt.get(other) ?? -Infinity) > since);
    if (!isPartial && others.length > 0) {
      const pings = others.map((other) => other.db.hot.query(ping, []).then(() => this.answered(other, true)));
      const late = new Promise<boolean>((resolve) => setTimeout(resolve, PING_MS, false).unref());
      isPartial = await Promise.race([Promise.any(pings).catch(() => false), late]);
    }
    if (!isPartial) return toError(error);
    const isSlow = performance.now() - began > SLOW_MS;
    if (isSlow) this.awayUntil.set(shard, performance.now() + AWAY_MS);
    else this.awayUntil.delete(shard);
    return unreachable(original);
  }

  private async load(): Promise<void> {
    // The version first: what changes meanwhile is read again.
    const { version } = await this.directory.shardMapVersion.findFirstOrThrow();
    const ranges = await this.directory.shardRange.findMany();
    const isNews = version !== this.version;
    const place = (name: string, shard: Shard | undefined) => {
      for (const range of ranges)
        if (range.shard === name) this.byBucket.fill(shard, range.fromBucket, range.toBucket + 1);
    };
    if (isNews || !this.isComplete) {
      const names = new Set([...this.clients.keys(), ...ranges.map(({ shard }) => shard)]);
      const urls = new Map<string, string | null>([...names].map((name) => [name, null]));
      if (this.open) for (const { name, url } of await this.directory.shardPlace.findMany()) urls.set(name, url);
      const missing = new Set(urls.keys());
      const meeting = Promise.allSettled(
        [...urls].map(async ([name, url]) => {
          const shard = await this.meet(name, url, isNews);
          if (shard) place(name, shard);
          missing.delete(name);
        }),
      );
      // Who waits for a bucket that has moved does not wait for a shard that is away. At start there is nobody yet.
      await (this.version < 0n
        ? meeting
        : Promise.race([meeting, new Promise((go) => setTimeout(go, MEET_MS).unref())]));
      for (const name of missing) place(name, this.known.get(name));
      this.isComplete = missing.size === 0;
    }
    this.version = version;
  }

  /** Opens what is new, and reads its epoch: a shard that takes over a bucket has one no lower than that of its last shard. */
  private async meet(name: string, url: string | null, isNews: boolean): Promise<Shard | null> {
    const shard = this.known.get(name);
    if (shard && !isNews) return shard;
    const db = this.clients.get(name) ?? this.open?.(name, url);
    if (!db) return null;
    this.clients.set(name, db);
    const { epoch } = await db.shardState.findFirstOrThrow();
    if (shard) shard.epoch = epoch;
    else this.add({ name, db, epoch });
    return this.known.get(name) ?? null;
  }

  private add(shard: Shard): void {
    this.known.set(shard.name, shard);
    for (const listener of this.listeners) listener(shard);
  }
}

const toError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));
const unreachable = (cause?: unknown) =>
  new Fault('UNAVAILABLE', 'This part of the data cannot be reached right now. Try again.', { cause });
const moving = (cause: unknown) =>
  new Fault('UNAVAILABLE', 'This is being moved to another shard. Try again.', { cause });
