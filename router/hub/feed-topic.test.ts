import { describe, expect, test } from '@jest/globals';
import type { FeedPage, StreamEvent } from '../../schema/feeds.js';
import { FeedTopic, type TopicEvent, type TopicKind } from './feed-topic.js';
import type { RenderGroup } from './renderer.js';
import { Renderer } from './renderer.js';
import type { Subscriber } from './subscriber.js';

const group: RenderGroup = {
  key: 'g',
  document: null as never,
  operationName: null,
  rootField: 'conversationEvents',
  variables: {},
  viewer: null,
};

function change(version: number): TopicEvent {
  return {
    version,
    stream: { type: 'change', event: { kind: 'conversation', conversationId: 'c', version } },
  };
}

/** Several versions told as one. */
function range(fromVersion: number, version: number): TopicEvent {
  const event = { kind: 'watermarks' as const, conversationId: 'c', fromVersion, version, watermarks: [] };
  return { version, fromVersion, stream: { type: 'change', event } };
}

/** A feed in memory whose events may exist before anybody publishes them. */
class FakeFeed implements TopicKind {
  head = 0;
  reads = 0;
  fail = false;
  pageSize = Infinity;
  constructor(private readonly row = change) {}
  changes(after: number, first: number): Promise<FeedPage<TopicEvent>> {
    this.reads++;
    if (this.fail) return Promise.reject(new Error('down'));
    const last = Math.min(this.head, after + Math.min(first, this.pageSize));
    const events = Array.from({ length: Math.max(0, last - after) }, (_, i) => this.row(after + i + 1));
    return Promise.resolve({ events, version: last, hasMore: last < this.head });
  }
  caughtUp(version: number): StreamEvent {
    return { type: 'caughtUp', conversationId: 'c', version };
  }
  maySee(): boolean {
    return true;
  }
  ends(): boolean {
    return false;
  }
}

class FakeConnection {
  readonly seen: string[] = [];
  waiting = 0;
  closedWith: number | null = null;
  failed = false;
  private drain: (() => void) | null = null;
  readonly sink = {
    write: (payload: Buffer) => this.seen.push(payload.toString()),
    backlog: () => this.waiting,
    onDrain: (callback: () => void) => (this.waiting === 0 ? callback() : (this.drain = callback)),
    end: () => this.seen.push('end'),
    fail: () => (this.failed = true),
    close: (code: number) => (this.closedWith = code),
    onClose: () => undefined,
  } as unknown as Subscriber['sink'];

  subscriber(version: number): Subscriber {
    return {
      viewer: { kind: 'person', userId: 'u', deviceId: 'd', startedAt: 0 },
      group,
      sink: this.sink,
      version,
      spans: null,
      closed: false,
    };
  }
  makeRoom(): void {
    this.waiting = 0;
    this.drain?.();
  }
  /** The versions told, `=n` for caught up. */
  get versions(): string[] {
    return this.seen.map((text) => text);
  }
}

function renderer(slow = false): Renderer {
  return new Renderer(async (_group, _variables, event) => {
    if (slow) await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
    if (event.type === 'caughtUp') return { data: { label: `=${event.version}` } };
    if (event.type !== 'change') return { data: { label: '?' } };
    const { version } = event.event;
    const fromVersion = event.event.kind === 'watermarks' ? event.event.fromVersion : version;
    return { data: { label: fromVersion === version ? version : `${fromVersion}-${version}` } };
  });
}

const label = (value: string | number) => JSON.stringify({ data: { label: value } });
const labels = (...values: (string | number)[]) => values.map(label);

function openTopic(feed: FakeFeed, position: number, slow = false): FeedTopic {
  return new FeedTopic(position, feed, renderer(slow), { repaired: () => undefined, wrote: () => undefined });
}

async function until(condition: () => boolean): Promise<void> {
  const limit = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > limit) throw new Error('the condition did not come true in 5 s');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

describe('a feed topic', () => {
  test('replays what came after the cursor, says so, and goes on live', async () => {
    const feed = new FakeFeed();
    feed.head = 3;
    const topic = openTopic(feed, 3);
    const connection = new FakeConnection();
    topic.add(connection.subscriber(1));
    await until(() => connection.seen.length === 3);
    feed.head = 4;
    topic.receive(change(4));
    await until(() => connection.seen.length === 4);
    expect(connection.versions).toEqual(labels(2, 3, '=3', 4));
  });

  test('drops what is doubled and repairs what is missing, in order, even when rendering takes its time', async () => {
    const feed = new FakeFeed();
    const topic = openTopic(feed, 0, true);
    const connection = new FakeConnection();
    topic.add(connection.subscriber(0));
    await until(() => connection.seen.length === 1);
    feed.head = 8;
    for (const version of [1, 1, 3, 2, 2, 6, 5, 8]) topic.receive(change(version));
    await until(() => connection.seen.length >= 9);
    expect(connection.versions).toEqual(labels('=0', 1, 2, 3, 4, 5, 6, 7, 8));
  });

  test('finds the last event, which nothing follows, when told to repair', async () => {
    const feed = new FakeFeed();
    const topic = openTopic(feed, 0);
    const connection = new FakeConnection();
    topic.add(connection.subscriber(0));
    feed.head = 1;
    topic.repair();
    await until(() => connection.seen.length === 2);
    expect(connection.versions).toEqual(labels('=0', 1));
  });

  test('goes on repairing until the database answers again', async () => {
    const feed = new FakeFeed();
    const topic = openTopic(feed, 0);
    const connection = new FakeConnection();
    topic.add(connection.subscriber(0));
    feed.head = 2;
    feed.fail = true;
    topic.receive(change(2));
    await until(() => feed.reads >= 2);
    feed.fail = false;
    await until(() => connection.seen.length === 3);
    expect(connection.versions).toEqual(labels('=0', 1, 2));
  });

  test('holds live events back from a slow connection and replays them once it has room', async () => {
    const feed = new FakeFeed();
    const topic = openTopic(feed, 0);
    const [slow, quick] = [new FakeConnection(), new FakeConnection()];
    topic.add(slow.subscriber(0));
    topic.add(quick.subscriber(0));
    await until(() => slow.seen.length === 1 && quick.seen.length === 1);
    slow.waiting = 2 * 1024 * 1024;
    for (let version = 1; version <= 50; version++) {
      feed.head = version;
      topic.receive(change(version));
    }
    await until(() => quick.seen.length === 51);
    expect(slow.seen).toHaveLength(1);
    slow.makeRoom();
    await until(() => slow.seen.length === 52);
    const versions = Array.from({ length: 50 }, (_, i) => i + 1);
    expect(slow.versions).toEqual(labels('=0', ...versions, '=50'));
  });

  test('shares one read among subscribers that resume from the same place', async () => {
    const feed = new FakeFeed();
    feed.head = 100;
    const topic = openTopic(feed, 100);
    const connections = Array.from({ length: 50 }, () => new FakeConnection());
    for (const connection of connections) topic.add(connection.subscriber(0));
    await until(() => connections.every((connection) => connection.seen.length === 101));
    expect(feed.reads).toBeLessThan(5);
  });

  test('ends a stream with UNAVAILABLE, never with a hole, when an event cannot be rendered', async () => {
    const feed = new FakeFeed();
    let broken = false;
    const failing = new Renderer(() =>
      broken ? Promise.reject(new Error('subgraph down')) : Promise.resolve({ data: { label: 'ok' } }),
    );
    const topic = new FeedTopic(0, feed, failing, { repaired: () => undefined, wrote: () => undefined });
    const connection = new FakeConnection();
    topic.add(connection.subscriber(0));
    await until(() => connection.seen.length === 1);
    broken = true;
    topic.receive(change(1));
    topic.receive(change(2));
    await until(() => connection.failed);
    expect(connection.seen).toHaveLength(1);
  });
});

describe('events that tell several versions', () => {
  /** As the feed has it: a version for each member. */
  const mark = (version: number) => range(version, version);
  /** Every version told, in order, and each once; the labels as they came. */
  const versionsIn = (told: string[]) =>
    told
      .map((text) => String((JSON.parse(text) as { data: { label: string | number } }).data.label))
      .filter((text) => !text.startsWith('='))
      .flatMap((text) => {
        const [from, to = from] = text.split('-').map(Number) as [number, number?];
        return Array.from({ length: to - from + 1 }, (_, i) => from + i);
      });

  test('are told as they come when they begin with the next version', async () => {
    const feed = new FakeFeed(mark);
    const topic = openTopic(feed, 0);
    const connection = new FakeConnection();
    topic.add(connection.subscriber(0));
    await until(() => connection.seen.length === 1);
    feed.head = 6;
    topic.receive(change(1));
    topic.receive(range(2, 5));
    topic.receive(range(2, 5));
    topic.receive(change(6));
    await until(() => connection.seen.length === 4);
    expect(connection.versions).toEqual(labels('=0', 1, '2-5', 6));
    expect(feed.reads).toBe(0);
  });

  test('wait for the hole before them, and follow it', async () => {
    const feed = new FakeFeed(mark);
    const topic = openTopic(feed, 0);
    const connection = new FakeConnection();
    topic.add(connection.subscriber(0));
    await until(() => connection.seen.length === 1);
    // The database answers with what was committed first: the hole alone.
    feed.head = 2;
    topic.receive(range(3, 5));
    await until(() => connection.seen.length === 4);
    expect(connection.versions).toEqual(labels('=0', 1, 2, '3-5'));
    feed.head = 5;
    topic.receive(change(6));
    feed.head = 6;
    await until(() => connection.seen.length === 5);
    expect(versionsIn(connection.seen)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('are completed from the feed where a repair has stopped among their versions', async () => {
    const feed = new FakeFeed(mark);
    feed.head = 3;
    const topic = openTopic(feed, 0);
    const connection = new FakeConnection();
    topic.add(connection.subscriber(0));
    await until(() => connection.seen.length === 1);
    topic.receive(change(3)); // a hole: the repair reads 1 to 3
    await until(() => connection.seen.length === 4);
    feed.head = 5;
    topic.receive(range(2, 5));
    await until(() => connection.seen.length === 6);
    topic.receive(range(2, 5));
    feed.head = 6;
    topic.receive(change(6));
    await until(() => connection.seen.length === 7);
    expect(connection.versions).toEqual(labels('=0', 1, 2, 3, 4, 5, 6));
  });

  test('are told from the feed to who resumes from among their versions while the topic is behind', async () => {
    const feed = new FakeFeed(mark);
    feed.head = 5;
    const topic = openTopic(feed, 1);
    const [resumed, live] = [new FakeConnection(), new FakeConnection()];
    topic.add(live.subscriber(1));
    topic.add(resumed.subscriber(3));
    await until(() => resumed.seen.length === 1 && live.seen.length === 1);
    topic.receive(range(2, 5));
    await until(() => resumed.seen.length === 4 && live.seen.length === 2);
    feed.head = 6;
    topic.receive(change(6));
    await until(() => resumed.seen.length === 5);
    expect(live.versions).toEqual(labels('=1', '2-5', 6));
    expect(resumed.versions).toEqual(labels('=3', 4, 5, '=5', 6));
  });

  test('come once and in order, whatever is lost, doubled, late, or read from the feed meanwhile', async () => {
    for (let round = 0; round < 20; round++) {
      const feed = new FakeFeed(mark);
      feed.pageSize = 1 + Math.floor(Math.random() * 4);
      const topic = openTopic(feed, 0, true);
      const connections = Array.from({ length: 3 }, () => new FakeConnection());
      const late = [connections[1]!.subscriber(0), connections[2]!.subscriber(5)];
      topic.add(connections[0]!.subscriber(0));
      const published: TopicEvent[] = [];
      while (feed.head < 40) {
        const last = feed.head + 1 + Math.floor(Math.random() * 4);
        published.push(last === feed.head + 1 ? change(last) : range(feed.head + 1, last));
        feed.head = last;
        // Those held back come with the next, newest first.
        for (const event of Math.random() < 0.3 ? [] : published.splice(0).reverse())
          if (Math.random() < 0.8)
            for (const each of Math.random() < 0.2 ? [event, event] : [event]) topic.receive(each);
        if (feed.head > 15 * (3 - late.length) && late[0]) topic.add(late.shift()!);
        if (Math.random() < 0.3) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      for (const each of late) topic.add(each);
      topic.repair();
      for (const [index, connection] of connections.entries()) {
        const from = index === 2 ? 6 : 1;
        await until(() => versionsIn(connection.seen).at(-1) === feed.head);
        expect(versionsIn(connection.seen)).toEqual(Array.from({ length: feed.head - from + 1 }, (_, i) => from + i));
      }
    }
  });

  test('look another way to another group: what was dispatched to the old one is not lost', async () => {
    const feed = new FakeFeed(mark);
    const topic = openTopic(feed, 0, true);
    const connection = new FakeConnection();
    const subscriber = connection.subscriber(0);
    topic.add(subscriber);
    await until(() => connection.seen.length === 1);
    feed.head = 3;
    for (const version of [1, 2, 3]) topic.receive(change(version));
    topic.regroup(subscriber, { ...group, key: 'other' });
    feed.head = 4;
    topic.receive(change(4));
    await until(() => versionsIn(connection.seen).at(-1) === 4);
    expect(versionsIn(connection.seen)).toEqual([1, 2, 3, 4]);
  });
});
