import { openTestDatabases, type TestDatabases } from '../database/testing.js';
import { EmbeddedEventLog } from '../event-log/embedded.js';
import type { Consumer, EventLog, KeptTopics, LogRecord } from '../event-log/port.js';
import { newUuid } from '../ids/ids.js';
import { EmbeddedPubSub } from '../pubsub/embedded.js';
import { Shards } from '../shards/shards.js';
import { silentLog } from '../telemetry/log.js';
import type { Worker, WorkerRuntime } from './define-worker.js';
import { MemoryEventLog } from './memory-event-log.fixture.js';

/** A worker in what counts as a process of its own. */
export interface Process {
  stop(): Promise<void>;
  /** Nothing more of it happens, and nobody is told. */
  crash(): void;
  /** Crashes at its n-th change of kept topics. */
  crashAt(change: number, when: 'before' | 'after', onCrash: () => void): void;
}
export interface Stage {
  readonly kept: KeptTopics;
  append(records: LogRecord[]): Promise<void>;
  start(worker: Worker, runtime: Omit<WorkerRuntime, 'eventLog'>): Promise<Process>;
  /** Empties the log. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

const never = () => new Promise<never>(() => undefined);

/** Whether one process lives; what it calls after its death never comes back. */
class Life {
  isAlive = true;
  /** What it has asked the databases for and has no answer to. */
  private readonly asked = new Set<Promise<unknown>>();
  private changes = 0;
  private plan: { change: number; when: 'before' | 'after'; onCrash: () => void } | null = null;

  crashAt(change: number, when: 'before' | 'after', onCrash: () => void): void {
    this.plan = { change, when, onCrash };
  }

  /** Kept topics as this process has them. */
  keptOf(kept: KeptTopics): KeptTopics {
    return {
      topics: () => this.call(() => kept.topics()),
      keys: (...args) => this.call(() => kept.keys(...args)),
      read: (query) => this.call(() => kept.read(query)),
      change: (...args) => {
        this.changes++;
        this.dieIf('before');
        return this.call(async () => {
          await kept.change(...args);
          this.dieIf('after');
          if (!this.isAlive) await never();
        });
      },
    };
  }

  /** A database client as this process has it. */
  clientOf<T extends object>(client: T): T {
    return new Proxy(client, {
      get: (target, name) => {
        const value = Reflect.get(target, name) as unknown;
        if (name === 'hot') return this.clientOf(value as object);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => (this.isAlive ? this.noted(value.apply(target, args)) : never());
      },
    });
  }

  /** What it had asked for before it died may still happen until then. */
  async lastAnswers(): Promise<void> {
    await Promise.allSettled(this.asked);
  }

  private noted(answer: unknown): unknown {
    if (!(answer instanceof Promise)) return answer;
    this.asked.add(answer);
    const forget = () => void this.asked.delete(answer);
    answer.then(forget, forget);
    return answer;
  }

  private call<T>(work: () => Promise<T>): Promise<T> {
    return this.isAlive ? work() : never();
  }

  private dieIf(when: 'before' | 'after'): void {
    if (this.plan?.change !== this.changes || this.plan.when !== when || !this.isAlive) return;
    this.isAlive = false;
    this.plan.onCrash();
  }
}

function processOf(life: Life, consumer: Consumer): Process {
  return {
    stop: async () => {
      if (life.isAlive) await consumer.stop();
      life.isAlive = false;
    },
    crash: () => void (life.isAlive = false),
    crashAt: (...args) => life.crashAt(...args),
  };
}

/** A log in memory that hands over by itself, to the process started last. */
export class MemoryStage implements Stage {
  private log = new MemoryEventLog();

  get kept(): KeptTopics {
    return this.log.kept;
  }

  append(records: LogRecord[]): Promise<void> {
    return this.log.append(records);
  }

  async start(worker: Worker, runtime: Omit<WorkerRuntime, 'eventLog'>): Promise<Process> {
    const life = new Life();
    const { log } = this;
    const eventLog: EventLog = {
      append: (records) => log.append(records),
      consume: (consumption) => log.consume(consumption),
      lag: () => log.lag(),
      close: () => log.close(),
      kept: life.keptOf(log.kept),
    };
    const consumer = await worker.start({ ...runtime, eventLog });
    const pump = async () => {
      while (life.isAlive) {
        await log.handOver(() => life.isAlive);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    };
    pump().catch(() => undefined); // it was stopped while it tried
    return processOf(life, consumer);
  }

  async clear(): Promise<void> {
    this.log = new MemoryEventLog();
  }

  async close(): Promise<void> {}
}

/** The log of npm start; each process has clients of its own. What a dead one held is free when the next one starts. */
export class EmbeddedStage implements Stage {
  private readonly lives = new Map<string, Life>();
  private constructor(
    private readonly databases: TestDatabases,
    private readonly pubsub: EmbeddedPubSub,
    private readonly log: EmbeddedEventLog,
  ) {}

  static async open(): Promise<EmbeddedStage> {
    const databases = await openTestDatabases();
    const shards = await Shards.load(databases.directory, databases.shards);
    const { directory } = databases;
    const pubsub = new EmbeddedPubSub();
    return new EmbeddedStage(databases, pubsub, new EmbeddedEventLog({ directory, shards, pubsub, log: silentLog() }));
  }

  get kept(): KeptTopics {
    return this.log.kept;
  }

  append(records: LogRecord[]): Promise<void> {
    return this.log.append(records);
  }

  async start(worker: Worker, runtime: Omit<WorkerRuntime, 'eventLog'>): Promise<Process> {
    await this.endLeasesOfTheDead();
    const [life, owner] = [new Life(), newUuid(0)];
    this.lives.set(owner, life);
    const directory = life.clientOf(this.databases.directory);
    const clients = new Map([...this.databases.shards].map(([name, client]) => [name, life.clientOf(client)]));
    const shards = await Shards.load(directory, clients);
    const log = new EmbeddedEventLog({ directory, shards, pubsub: this.pubsub, log: silentLog(), owner, pollMs: 200 });
    const eventLog: EventLog = {
      append: (records) => log.append(records),
      consume: (consumption) => log.consume(consumption),
      lag: (group) => log.lag(group),
      close: () => log.close(),
      kept: life.keptOf(log.kept),
    };
    return processOf(life, await worker.start({ ...runtime, eventLog }));
  }

  async clear(): Promise<void> {
    for (const shard of this.databases.shards.values())
      await shard.$executeRaw`truncate event_log, event_log_group, event_log_kept restart identity`;
  }

  async close(): Promise<void> {
    await this.log.close();
    await this.pubsub.close();
    await this.databases.close();
  }

  /** In place of the wait until they end by themselves. */
  private async endLeasesOfTheDead(): Promise<void> {
    for (const [owner, life] of this.lives) {
      if (life.isAlive) continue;
      this.lives.delete(owner);
      await life.lastAnswers();
      for (const db of [this.databases.directory, ...this.databases.shards.values()])
        await db.$executeRaw`
          update event_log_group set owner = null, leased_until = '-infinity' where starts_with(owner, ${owner})`;
    }
  }
}
