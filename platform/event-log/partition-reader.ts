import type { Statement } from '../database/hot-pool.js';
import type { DirectoryClient, ShardClient } from '../database/port.js';
import type { Log } from '../telemetry/log.js';
import { startLoop, type Loop } from '../worker/loop.js';
import type { Consumption } from './port.js';
import type { Entry, Tail } from './tail.js';
import { Tenure } from './tenure.js';

export interface Partition {
  /** The database's name. */
  name: string;
  db: DirectoryClient | ShardClient;
}

export interface ReaderOptions {
  partition: Partition;
  /** Of the partition, and of all its readers in this process. */
  tail: Tail;
  consumption: Consumption;
  /** Names this member of the group. */
  member: string;
  leaseMs: number;
  pollMs: number;
  log: Log;
  /** So many rows of the outbox were moved into the log on the way. */
  onMoved: (count: number) => Promise<void>;
}

/** First the place of the group, whose topic is null, and then the records. No row where another member has the lease. */
interface Row {
  position: number;
  topic: string | null;
  key: string;
  value: string;
  moved: number;
}

/** A look commits what was handled; where nothing more comes, it is made after this. */
const COMMIT_MS = 2_000;

const readEvents: Statement = {
  name: 'read_events',
  text: 'select * from read_events($1::text, $2::text, $3::bigint, $4::interval, $5::int, $6::boolean, $7::bigint)',
};

/** On the connections that read afterwards: a start would open as many of Prisma's for this alone. */
const registerGroup: Statement = {
  name: 'register_group',
  text: 'insert into event_log_group (name) values ($1::text) on conflict do nothing',
};

/** One member of a group on one partition: reads while it holds the group's lease there. */
export class PartitionReader {
  private readonly loop: Loop;
  private readonly topics: ReadonlySet<string>;
  private readonly lease: string;
  private readonly tenure: Tenure;
  private handled = 0;
  private lookedAt = Number.NEGATIVE_INFINITY;
  /** Whether the group has a place in this partition. */
  private isKnown = false;
  private isStopping = false;
  /** Before then what comes gathers, where the group gives it time. */
  private gathersUntil = Number.NEGATIVE_INFINITY;
  private gathering: NodeJS.Timeout | undefined;

  constructor(private readonly options: ReaderOptions) {
    const { consumption, partition, pollMs, log } = options;
    this.topics = new Set(consumption.topics);
    this.lease = `${options.leaseMs} milliseconds`;
    this.tenure = new Tenure(partition.name, options.leaseMs / 2);
    this.loop = startLoop({ name: `${consumption.group} on ${partition.name}`, turn: () => this.turn(), pollMs, log });
  }

  get partition(): Partition {
    return this.options.partition;
  }

  poke(): void {
    const { gathersUntil } = this;
    const rest = gathersUntil - performance.now();
    if (rest <= 0) this.loop.poke();
    else
      this.gathering ??= setTimeout(() => {
        this.gathering = undefined;
        // Timers are early by a fraction of a millisecond.
        if (this.gathersUntil === gathersUntil) this.gathersUntil = Number.NEGATIVE_INFINITY;
        this.loop.poke();
      }, rest);
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.gathering);
    await this.loop.stop();
    this.tenure.end();
    await this.release().catch(() => undefined); // the lease then ends by itself, and the batch is replayed
  }

  private async turn(): Promise<boolean> {
    const { maxBatch, group, withinMs } = this.options.consumption;
    const { partition, member, pollMs } = this.options;
    const now = performance.now();
    const isGathering = now < this.gathersUntil;
    if (isGathering && now - this.lookedAt < pollMs / 2) {
      this.poke(); // told while the last turn ran
      return false;
    }
    this.lookedAt = now;
    // A look that takes nothing keeps the lease, and commits.
    const limit = isGathering ? 0 : maxBatch;
    if (!this.isKnown) {
      await partition.db.hot.query(registerGroup, [group]);
      this.isKnown = true;
    }
    const known = this.options.tail.behind(this.handled, limit);
    const rows = await partition.db.hot.query<Row>(readEvents, [
      group,
      member,
      this.handled,
      this.lease,
      limit - known.length,
      withinMs === undefined && known.length === 0,
      known.at(-1)?.position ?? this.handled,
    ]);
    const [place, ...found] = rows;
    if (!place) return false;
    if (place.moved > 0) void this.options.onMoved(place.moved);
    await this.noteTenure(now);
    if (this.isStopping) return false;
    const entries = this.entriesBehind(place.position, known, found);
    this.handled = place.position;
    const records = entries.flatMap(({ record }) => (this.topics.has(record.topic) ? [record] : []));
    if (records.length > 0) await this.whileLeased(() => this.options.consumption.handle(records));
    this.handled = entries.at(-1)?.position ?? this.handled;
    if (entries.length === 0) return false;
    // The next look commits this batch too. Where nothing more is known of, it may wait: a crash before it means a replay.
    if (withinMs === undefined) return true; // until a look finds nothing: only such a one has waited for who moves the outbox
    if (entries.length === limit) return true;
    this.gathersUntil = now + withinMs;
    this.loop.pokeIn(COMMIT_MS);
    return false;
  }

  /** What the group has not handled, of what was known and what was found behind that. */
  private entriesBehind(place: number, known: Entry[], found: Row[]): Entry[] {
    const after = Math.max(place, known.at(-1)?.position ?? 0);
    const more = found.map((row) => this.toEntry(row));
    this.options.tail.add(after, more);
    return [...known.filter(({ position }) => position > place), ...more];
  }

  private async noteTenure(lookedAt: number): Promise<void> {
    const { consumption } = this.options;
    if (!consumption.assigned || this.isStopping || this.tenure.goesOn(lookedAt)) return;
    this.tenure.begin(lookedAt);
    await this.whileLeased(async () => consumption.assigned?.(this.tenure)).catch((error: unknown) => {
      this.tenure.end();
      throw error;
    });
  }

  private toEntry({ position, topic, key, value }: Row): Entry {
    const partition = this.options.partition.name;
    return { position, record: { partition, position: BigInt(position), topic: topic!, key, value } };
  }

  private async whileLeased(work: () => Promise<void>): Promise<void> {
    const renewal = setInterval(() => void this.renew().catch(() => undefined), this.options.leaseMs / 3).unref();
    try {
      await work();
    } finally {
      clearInterval(renewal);
    }
  }

  private async renew(): Promise<void> {
    const renewedAt = performance.now();
    const count = await this.options.partition.db.$executeRaw`
      update event_log_group set leased_until = clock_timestamp() + ${this.lease}::interval
      where name = ${this.options.consumption.group} and owner = ${this.options.member}`;
    if (count === 1) this.tenure.goesOn(renewedAt);
  }

  private async release(): Promise<void> {
    await this.options.partition.db.$executeRaw`
      update event_log_group set position = greatest(position, ${this.handled}::bigint), owner = null, leased_until = '-infinity'
      where name = ${this.options.consumption.group} and owner = ${this.options.member}`;
  }
}
