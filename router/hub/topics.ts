import type { FeedTopic, TopicEvent } from './feed-topic.js';

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

  hold(key: string): TopicEntry {
    let entry = this.entries.get(key);
    if (!entry) {
      const created: TopicEntry = {
        key,
        holders: 0,
        listening: Promise.resolve(),
        early: [],
        topic: null,
        stopListening: () => Promise.resolve(),
      };
      created.listening = this.listen(created).then((stop) => {
        created.stopListening = stop;
      });
      created.listening.catch(() => this.entries.delete(key));
      this.entries.set(key, created);
      entry = created;
    }
    entry.holders++;
    return entry;
  }

  release(entry: TopicEntry): void {
    if (--entry.holders > 0) return;
    entry.topic?.stop();
    if (this.entries.get(entry.key) === entry) this.entries.delete(entry.key);
    void entry.listening.then(() => entry.stopListening()).catch(() => undefined);
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

  receive(entry: TopicEntry, event: TopicEvent): void {
    if (entry.topic) entry.topic.receive(event);
    else entry.early.push(event);
  }
}
