import { expect, test } from '@jest/globals';
import type { TypedDocumentString } from '../generated/graphql.js';
import { Cell } from '../observable.js';
import { SharedTabs } from '../testing/shared-tabs.js';
import { webEnvironment } from '../web-environment.js';
import type { Connection, Live, LiveEnd, LiveSink } from './live.js';
import { TabLive } from './tab-live.js';

const turns = async () => {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
};

/** The socket of one tab; the test says what it brings. */
class FakeSocket implements Live {
  readonly connection = new Cell<Connection>('online');
  readonly running: { query: string; variables: unknown; sink: LiveSink<unknown> }[] = [];
  isOpen = true;

  subscribe<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
    sink: LiveSink<Result>,
  ): () => void {
    const subscription = { query: document.toString(), variables, sink: sink as LiveSink<unknown> };
    this.running.push(subscription);
    return () => void this.running.splice(this.running.indexOf(subscription), 1);
  }

  close(): void {
    this.isOpen = false;
  }
}

function browser() {
  const shared = new SharedTabs();
  const sockets: FakeSocket[] = [];
  const open = () => {
    const tab = shared.open();
    const openSocket = () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    };
    return { tab, live: new TabLive(tab.tabs, webEnvironment(), openSocket) };
  };
  return { sockets, open };
}

/** Subscribes again after its last result whenever it is lost, as all users of a Live do. */
function follow(live: TabLive) {
  const seen: unknown[] = [];
  const ends: LiveEnd[] = [];
  let stop = () => undefined as void;
  const subscribe = () => {
    stop = live.subscribe({ toString: () => 'events' } as never, { after: seen.at(-1) ?? null } as never, {
      next: (result) => seen.push(result),
      end: (end) => {
        ends.push(end);
        if (end.kind === 'lost') subscribe();
      },
    });
  };
  subscribe();
  return { seen, ends, stop: () => stop() };
}

test('two tabs have one socket, and each is told what it has subscribed to', async () => {
  const { sockets, open } = browser();
  const [first, second] = [open(), open()];
  await turns();
  const [a, b] = [follow(first.live), follow(second.live)];
  await turns();
  expect(sockets).toHaveLength(1);
  expect(second.live.connection.get()).toBe('online');
  sockets[0]!.running.forEach(({ sink }, i) => sink.next(i));
  await turns();
  expect([a.seen, b.seen]).toEqual([[0], [1]]);
  b.stop();
  await turns();
  expect(sockets[0]!.running).toHaveLength(1);
});

test.each(['close', 'crash'] as const)(
  'when the tab with the socket goes (%s), the next one opens its own, and goes on after its last result',
  async (how) => {
    const { sockets, open } = browser();
    const [first, second, third] = [open(), open(), open()];
    await turns();
    const [b, c] = [follow(second.live), follow(third.live)];
    await turns();
    for (const { sink } of sockets[0]!.running) sink.next('seen');
    await turns();
    if (how === 'close') first.live.close();
    first.tab.crash();
    await turns();
    expect(sockets).toHaveLength(2);
    expect(sockets[1]!.running.map(({ variables }) => variables)).toEqual([{ after: 'seen' }, { after: 'seen' }]);
    for (const { sink } of sockets[1]!.running) sink.next('later');
    await turns();
    expect([b.seen, c.seen]).toEqual([
      ['seen', 'later'],
      ['seen', 'later'],
    ]);
  },
);

test('what a tab that crashed had subscribed to ends on the socket', async () => {
  const { sockets, open } = browser();
  const [first, second] = [open(), open()];
  await turns();
  follow(first.live);
  follow(second.live);
  await turns();
  expect(sockets[0]!.running).toHaveLength(2);
  second.tab.crash();
  await turns();
  expect(sockets[0]!.running).toHaveLength(1);
});

test('an error of the server reaches the tab that asked, as what it is', async () => {
  const { sockets, open } = browser();
  const [, second] = [open(), open()];
  await turns();
  const b = follow(second.live);
  await turns();
  const error = { code: 'FORBIDDEN', message: 'Not yours.', retryable: false };
  sockets[0]!.running[0]!.sink.end({ kind: 'refused', error: error as never });
  await turns();
  expect(b.ends).toMatchObject([{ kind: 'refused', error }]);
});
