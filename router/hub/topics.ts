import type { FeedTopic, TopicEvent } from './feed-topic.js';
import type { Joined, Repair } from './root-stream.js';
import type { Subscriber } from './subscriber.js';

/** A topic that is opening or open, with the subscribers that hold it. */
export interface TopicEntry {
  key: string;
  holders: number;
  /** Resolves once live events arrive. */
  listening: Promise<void>;
  /** Live events that came before the topic knew where its feed stands. */
  early: TopicEvent[];
  topic: FeedTopic | null;
  stopListening: () => Promise<void>;
}

/** Topics by key, each listening from its first holder to its last. */
export class Topics {
  private readonly entries = new Map<string, TopicEntry>();
  private readonly subscriptions = new Set<Joined>();

  constructor(
    /** Starts to listen for live events of a key; resolves with what ends it. */
    private readonly listen: (entry: TopicEntry) => Promise<() => Promise<void>>,
  ) {}

  get(key: string): TopicEntry | undefined {
    return this.entries.get(key);
  }

  all(): Iterable<TopicEntry> {
    return this.entries.values();
  }

  /** Listens first, then reads: what is committed after the read arrives live. Held by the caller, unless it throws. */
  async hold<T>(key: string, read: () => Promise<T>): Promise<{ entry: TopicEntry; open: T }> {
    const entry = this.entryOf(key);
    entry.holders++;
    try {
      await entry.listening;
      return { entry, open: await read() };
    } catch (error) {
      this.release(entry);
      throw error;
    }
  }

  /** The topic, made by the first who knows where the feed stands. */
  open(entry: TopicEntry, create: () => FeedTopic): FeedTopic {
    if (!entry.topic) {
      entry.topic = create();
      for (const event of entry.early) entry.topic.receive(event);
      entry.early = [];
    }
    return entry.topic;
  }

  /** Adds the subscriber until its sink closes; its hold is given back then. */
  join(entry: TopicEntry, topic: FeedTopic, subscriber: Subscriber): void {
    const joined = { topic, subscriber };
    this.subscriptions.add(joined);
    topic.add(subscriber);
    subscriber.sink.onClose(() => {
      this.subscriptions.delete(joined);
      topic.remove(subscriber);
      this.release(entry);
    });
  }

  joined(): Iterable<Joined> {
    return this.subscriptions;
  }

  receive(entry: TopicEntry, event: TopicEvent): void {
    if (entry.topic) entry.topic.receive(event);
    else entry.early.push(event);
  }

  /** The last change of a feed has no successor that would show that it was lost: so ask the database. */
  async findBehind(heads: (keys: string[]) => Promise<Map<string, number>>): Promise<Repair[]> {
    const open = [...this.entries.values()].filter((entry) => entry.topic);
    if (open.length === 0) return [];
    const found = await heads(open.map((entry) => entry.key));
    return open
      .filter((entry) => (found.get(entry.key) ?? 0) > (entry.topic?.position ?? 0))
      .map((entry) => {
        const head = found.get(entry.key) ?? 0;
        return () => {
          if (entry.topic && entry.topic.position < head) entry.topic.repair();
        };
      });
  }

  private entryOf(key: string): TopicEntry {
    const known = this.entries.get(key);
    if (known) return known;
    const entry: TopicEntry = {
      key,
      holders: 0,
      listening: Promise.resolve(),
      early: [],
      topic: null,
      stopListening: () => Promise.resolve(),
    };
    entry.listening = this.listen(entry).then((stop) => {
      entry.stopListening = stop;
    });
    entry.listening.catch(() => this.entries.delete(key));
    this.entries.set(key, entry);
    return entry;
  }

  private release(entry: TopicEntry): void {
    if (--entry.holders > 0) return;
    entry.topic?.stop();
    if (this.entries.get(entry.key) === entry) this.entries.delete(entry.key);
    void entry.listening.then(() => entry.stopListening()).catch(() => undefined);
  }
}
