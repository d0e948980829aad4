import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../../platform/errors/errors.js';
import { within, type Span } from '../../platform/telemetry/tracing.js';
import type { FeedPage, StreamEvent } from '../../schema/feeds.js';
import type { Renderer, RenderGroup } from './renderer.js';
import type { Subscriber } from './subscriber.js';

/** One change of a feed, on its way to subscribers. */
export interface TopicEvent {
  version: number;
  /** The first of the versions that it tells, where they are several. */
  fromVersion?: number;
  stream: StreamEvent;
  /** Until it has been written, where it is traced. */
  span?: Span | null;
}

/** What differs between the feed of a conversation and of an inbox. */
export interface TopicKind {
  /** What changed after a version; throws while the database cannot answer. */
  changes(after: number, first: number): Promise<FeedPage<TopicEvent>>;
  caughtUp(version: number): StreamEvent;
  maySee(subscriber: Subscriber, event: TopicEvent): boolean;
  /** Whether this event ends the subscriber's stream, after it has been told. */
  ends(subscriber: Subscriber, event: TopicEvent): boolean;
}

export interface TopicMetrics {
  repaired(): void;
  /** It has been handed to at least one socket. */
  wrote(event: TopicEvent): void;
}

/** Bytes that may wait on a connection before its live events are held back. */
const BACKLOG_LIMIT = 1024 * 1024;
/** A connection that takes nothing for so long is closed. */
const STALL_MS = 30_000;
const PAGE = 200;
const BUFFER_LIMIT = 5_000;

/**
 * One feed with dense versions, shared by all its subscribers on this router. Live events come from pubsub, which may
 * lose, double or reorder them; `position` says up to where everything has been told, and a hole is read from the
 * feed's database before anything newer passes.
 *
 * A subscriber is either *live* (told what the topic dispatches) or *replaying* (reads the feed at its own pace, then
 * joins the live ones at a moment when both stand at the same version).
 */
export class FeedTopic {
  /** By the key of their group. */
  private readonly live = new Map<string, Set<Subscriber>>();
  /** By the first of their versions. */
  private readonly buffered = new Map<number, TopicEvent>();
  private readonly pages = new Map<number, Promise<FeedPage<TopicEvent>>>();
  /** By the key of a group. */
  private readonly rendered = new WeakMap<FeedPage<TopicEvent>, Map<string, Promise<Buffer[]>>>();
  private flushed: Promise<void> = Promise.resolve();
  private repairing = false;
  /** A repair was asked for since the one under way began to read its last page. */
  private isWanted = false;
  private stopped = false;

  constructor(
    /** Everything up to this version has been handed to the live subscribers. */
    public position: number,
    private readonly kind: TopicKind,
    private readonly renderer: Renderer,
    private readonly metrics: TopicMetrics,
  ) {}

  stop(): void {
    this.stopped = true;
  }

  /** Starts the subscriber at its version: replays what came since, tells that it is caught up, then goes live. */
  add(subscriber: Subscriber): void {
    void this.replay(subscriber);
  }

  remove(subscriber: Subscriber): void {
    subscriber.closed = true;
    this.leaveLive(subscriber);
  }

  /** From now on the subscriber is told what this group is told. */
  regroup(subscriber: Subscriber, group: RenderGroup): void {
    const isLive = this.live.get(subscriber.group.key)?.has(subscriber) ?? false;
    this.leaveLive(subscriber);
    subscriber.group = group;
    // What was dispatched to the group that it left, but not written yet, it reads from the feed.
    if (isLive) void this.replay(subscriber);
  }

  /**
   * A live event from pubsub: dropped when known, told when it begins with the next version, else the hole before it is
   * repaired; so is one of several versions of which some are known, so that none is told twice.
   */
  receive(event: TopicEvent): void {
    if (event.version <= this.position) return;
    if (startOf(event) === this.position + 1 && !this.repairing) {
      this.dispatch(event);
      return;
    }
    if (this.buffered.size < BUFFER_LIMIT) this.buffered.set(startOf(event), event);
    this.startRepair();
  }

  /** Reads what is missing from the feed. Safe to call at any time. */
  repair(): void {
    this.isWanted = true;
    this.startRepair();
  }

  private startRepair(): void {
    if (this.repairing || this.stopped) return;
    this.repairing = true;
    this.metrics.repaired();
    void this.readMissing();
  }

  private async readMissing(): Promise<void> {
    for (let failures = 0; !this.stopped;) {
      try {
        this.isWanted = false;
        const page = await this.page(this.position);
        failures = 0;
        for (const event of page.events) if (event.version > this.position) this.dispatch(event);
        if (page.version > this.position) this.position = page.version;
        this.takeBuffered();
        if (!page.hasMore && this.buffered.size === 0 && !this.isWanted) {
          // At once, so that nothing is left to a repair that has ended.
          this.repairing = false;
          return;
        }
        // A buffered event was committed before it was published, so the next page reaches it.
        if (!page.hasMore) await delay(10);
      } catch {
        failures++;
        await delay(Math.min(5_000, 100 * 2 ** failures) * (0.5 + Math.random() / 2));
      }
    }
  }

  private takeBuffered(): void {
    for (const [start, { version }] of this.buffered) if (version <= this.position) this.buffered.delete(start);
    for (let next = this.buffered.get(this.position + 1); next; next = this.buffered.get(this.position + 1)) {
      this.buffered.delete(startOf(next));
      this.dispatch(next);
    }
  }

  /** Renders for every group side by side with earlier events, and writes after them. */
  private dispatch(event: TopicEvent): void {
    this.position = event.version;
    const renderings: [Set<Subscriber>, Promise<Buffer | null>][] = [];
    for (const subscribers of this.live.values()) {
      const [first] = subscribers;
      if (!first) continue;
      const rendering = within(event.span, () => this.renderer.render(first.group, event.stream, first.viewer));
      renderings.push([subscribers, rendering.catch(() => null)]);
    }
    this.flushed = this.flushed.then(async () => {
      let sockets = 0;
      for (const [subscribers, rendering] of renderings) {
        const payload = await rendering;
        for (const subscriber of subscribers) if (this.tell(subscriber, event, payload)) sockets++;
      }
      if (sockets > 0) this.metrics.wrote(event);
      event.span?.end();
    });
  }

  /** True when it was written. */
  private tell(subscriber: Subscriber, event: TopicEvent, payload: Buffer | null): boolean {
    // One that joined after this event was dispatched has read it from the feed.
    if (subscriber.closed || event.version <= subscriber.version) return false;
    if (!payload) {
      this.refuse(subscriber);
      return false;
    }
    // One that stopped between two of its versions reads the rest from the feed.
    const knowsPart = startOf(event) <= subscriber.version;
    if (knowsPart || subscriber.sink.backlog() > BACKLOG_LIMIT) {
      this.holdBack(subscriber);
      return false;
    }
    subscriber.version = event.version;
    if (!this.kind.maySee(subscriber, event)) return false;
    subscriber.sink.write(payload);
    if (this.kind.ends(subscriber, event)) this.finish(subscriber);
    return true;
  }

  private finish(subscriber: Subscriber): void {
    this.remove(subscriber);
    subscriber.sink.end();
  }

  /** Nothing is lost: the client resumes after its last cursor. */
  private refuse(subscriber: Subscriber): void {
    this.remove(subscriber);
    subscriber.sink.fail([
      new Fault('UNAVAILABLE', 'The stream cannot go on right now. Subscribe again after the last cursor.'),
    ]);
  }

  private holdBack(subscriber: Subscriber): void {
    this.leaveLive(subscriber);
    void this.replay(subscriber);
  }

  private joinLive(subscriber: Subscriber): void {
    const group = this.live.get(subscriber.group.key);
    if (group) group.add(subscriber);
    else this.live.set(subscriber.group.key, new Set([subscriber]));
  }

  private leaveLive(subscriber: Subscriber): void {
    const group = this.live.get(subscriber.group.key);
    if (group?.delete(subscriber) && group.size === 0) this.live.delete(subscriber.group.key);
  }

  private async replay(subscriber: Subscriber): Promise<void> {
    for (let failures = 0; !subscriber.closed;) {
      if (!(await this.drained(subscriber))) return;
      // From this check to joining nothing is awaited, so no event slips between.
      if (subscriber.version >= this.position) {
        this.joinLive(subscriber);
        this.tellCaughtUp(subscriber);
        return;
      }
      try {
        await this.replayPage(subscriber);
        failures = 0;
      } catch {
        if (++failures > 5) return this.refuse(subscriber);
        await delay(100 * 2 ** failures * Math.random());
      }
    }
  }

  /** In its place among the events: after what was dispatched before, ahead of what comes later. */
  private tellCaughtUp(subscriber: Subscriber): void {
    const rendering = this.renderer.render(subscriber.group, this.kind.caughtUp(subscriber.version), subscriber.viewer);
    this.flushed = this.flushed.then(async () => {
      const payload = await rendering.catch(() => null);
      if (subscriber.closed) return;
      if (payload) subscriber.sink.write(payload);
      else this.refuse(subscriber);
    });
  }

  private async replayPage(subscriber: Subscriber): Promise<void> {
    const page = await this.page(subscriber.version);
    const payloads = await this.renderPage(page, subscriber);
    if (subscriber.closed) return;
    for (const [index, event] of page.events.entries()) {
      const payload = payloads[index];
      if (!payload || event.version <= subscriber.version) continue;
      subscriber.version = event.version;
      if (!this.kind.maySee(subscriber, event)) continue;
      subscriber.sink.write(payload);
      if (this.kind.ends(subscriber, event)) return this.finish(subscriber);
    }
    subscriber.version = Math.max(subscriber.version, page.version);
  }

  /** The events of a page as its group is told them: all who read the page at the same time share this, too. */
  private renderPage(page: FeedPage<TopicEvent>, { group, viewer }: Subscriber): Promise<Buffer[]> {
    const rendered = this.rendered.get(page) ?? new Map<string, Promise<Buffer[]>>();
    this.rendered.set(page, rendered);
    const known = rendered.get(group.key);
    if (known) return known;
    const rendering = Promise.all(page.events.map(({ stream }) => this.renderer.render(group, stream, viewer)));
    rendered.set(group.key, rendering);
    return rendering;
  }

  /** Subscribers that resume from the same version share the read. */
  private page(after: number): Promise<FeedPage<TopicEvent>> {
    const underWay = this.pages.get(after);
    if (underWay) return underWay;
    const reading = this.kind.changes(after, PAGE).finally(() => this.pages.delete(after));
    this.pages.set(after, reading);
    return reading;
  }

  /** Waits until the connection has room. False when it stalled and was closed. */
  private async drained(subscriber: Subscriber): Promise<boolean> {
    if (subscriber.sink.backlog() <= BACKLOG_LIMIT) return true;
    let timer: NodeJS.Timeout | undefined;
    const hasDrained = await Promise.race([
      new Promise<boolean>((resolve) => subscriber.sink.onDrain(() => resolve(true))),
      new Promise<boolean>((resolve) => {
        timer = setTimeout(() => resolve(false), STALL_MS);
      }),
    ]);
    clearTimeout(timer);
    if (hasDrained || subscriber.closed) return !subscriber.closed;
    this.remove(subscriber);
    subscriber.sink.close(4408, 'Too slow: nothing was taken for 30 s. Resume after the last cursor.');
    return false;
  }
}

function startOf({ version, fromVersion = version }: TopicEvent): number {
  return fromVersion;
}
