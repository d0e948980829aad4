import type { PubSub, Unsubscribe } from './port.js';

/** Chances from 0 to 1, drawn for each message in this order; at most one of them strikes. */
export interface Faults {
  drop?: number;
  double?: number;
  /** It waits, and so does all that is published behind it on its channel. */
  delay?: number;
  /** It arrives after the next one on its channel, or after maxDelayMs. */
  reorder?: number;
  maxDelayMs?: number;
}

interface Lane {
  tail: Promise<void>;
  held: { message: string; timer: NodeJS.Timeout }[];
}

/**
 * For tests: harms messages on purpose on their way into another PubSub. The same seed and the same messages give the
 * same harm. Only what is published through it is harmed.
 */
export class FaultyPubSub implements PubSub {
  readonly counts = { passed: 0, dropped: 0, doubled: 0, delayed: 0, reordered: 0 };
  private readonly random: () => number;
  private readonly lanes = new Map<string, Lane>();
  private readonly gaps = new Map<string, Set<() => void>>();
  private healed = false;

  constructor(
    private readonly inner: PubSub,
    private readonly options: {
      seed: number;
      faults: Faults;
      /** Which messages may be harmed; all of them unless told. */
      harms?: (channel: string, message: string) => boolean;
    },
  ) {
    this.random = mulberry32(options.seed);
  }

  async publish(channel: string, message: string): Promise<void> {
    const { faults, harms } = this.options;
    const isHarmed = !this.healed && (harms?.(channel, message) ?? true);
    if (!isHarmed) return this.pass(channel, message, 0);
    let draw = this.random();
    const strikes = (chance = 0) => (draw -= chance) < 0;
    if (strikes(faults.drop)) {
      this.counts.dropped++;
      return;
    }
    if (strikes(faults.double)) {
      this.counts.doubled++;
      await this.pass(channel, message, 0);
      return this.pass(channel, message, 0);
    }
    if (strikes(faults.delay)) {
      this.counts.delayed++;
      return this.pass(channel, message, this.delay());
    }
    if (strikes(faults.reorder)) {
      this.counts.reordered++;
      return this.hold(channel, message);
    }
    return this.pass(channel, message, 0);
  }

  async subscribe(channel: string, onMessage: (message: string) => void, onGap: () => void): Promise<Unsubscribe> {
    const unsubscribe = await this.inner.subscribe(channel, onMessage, onGap);
    const gaps = this.gaps.get(channel) ?? new Set();
    this.gaps.set(channel, gaps.add(onGap));
    return async () => {
      gaps.delete(onGap);
      await unsubscribe();
    };
  }

  /** Tells the subscribers of these channels that messages may have been lost, as after a broken connection. */
  gap(concerns: (channel: string) => boolean = () => true): void {
    for (const [channel, gaps] of this.gaps) if (concerns(channel)) for (const onGap of [...gaps]) onGap();
  }

  /** Harms nothing from now on; what is held back goes out. */
  heal(): void {
    this.healed = true;
    for (const channel of this.lanes.keys()) this.letGo(channel);
  }

  async close(): Promise<void> {
    this.healed = true;
    for (const lane of this.lanes.values()) for (const { timer } of lane.held.splice(0)) clearTimeout(timer);
    await this.inner.close();
  }

  private async pass(channel: string, message: string, delayMs: number): Promise<void> {
    this.counts.passed++;
    const lane = this.lane(channel);
    lane.tail = lane.tail.then(async () => {
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs).unref());
      await this.inner.publish(channel, message).catch(() => undefined);
    });
    this.letGo(channel);
    if (delayMs === 0 && lane.held.length === 0) await lane.tail;
  }

  private hold(channel: string, message: string): void {
    const timer = setTimeout(() => this.letGo(channel), this.delay()).unref();
    this.lane(channel).held.push({ message, timer });
  }

  private letGo(channel: string): void {
    const lane = this.lane(channel);
    for (const { message, timer } of lane.held.splice(0)) {
      clearTimeout(timer);
      lane.tail = lane.tail.then(() => this.inner.publish(channel, message).catch(() => undefined));
    }
  }

  private lane(channel: string): Lane {
    const lane = this.lanes.get(channel) ?? { tail: Promise.resolve(), held: [] };
    this.lanes.set(channel, lane);
    return lane;
  }

  private delay(): number {
    return 1 + this.random() * (this.options.faults.maxDelayMs ?? 100);
  }
}

/** A small seeded generator, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
