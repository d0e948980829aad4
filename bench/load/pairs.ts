import { randomUUID } from 'node:crypto';
import { bodyOf, inboxEvents, sendMessage } from '../documents.js';
import { answer } from '../helper.js';
import { openGraphQL, type LiveSocket } from '../live-socket.js';
import { percentile } from '../report.js';

export interface PairTask {
  url: string;
  pairs: { conversationId: string; accessTokens: [string, string] }[];
}
export interface PairResult {
  messages: number;
  seconds: number;
  ackMs: { p50: number; p99: number };
  deliveryMs: { p50: number; p99: number };
}

interface Frame {
  id: string;
  type: string;
  payload?: {
    data?: {
      sendMessage?: { message: { id: string } | null; errors: unknown[] };
      inboxEvents?: { __typename: string; message?: { clientMessageId: string } };
    };
    errors?: unknown;
  };
}

/** Two people; one message on its way at a time, the two ends in turn. */
class Pair {
  private ends: LiveSocket[] = [];
  private turn = 0;
  private current: { clientMessageId: string; sentAt: number; missing: number; done: () => void } | null = null;

  constructor(
    private readonly conversationId: string,
    private readonly stats: { ack: number[]; delivery: number[] },
  ) {}

  async connect(url: string, accessTokens: string[]): Promise<void> {
    await Promise.all(
      accessTokens.map(async (accessToken, end) => {
        let ready: () => void = () => undefined;
        const isReady = new Promise<void>((resolve) => (ready = resolve));
        this.ends[end] = await openGraphQL(url, accessToken, (text) => this.receive(end, text, ready));
        this.ends[end].send(JSON.stringify({ id: 'stream', type: 'subscribe', payload: { query: inboxEvents } }));
        await isReady;
      }),
    );
  }

  /** Resolves once the message is acknowledged and the other end has it. */
  send(): Promise<void> {
    const clientMessageId = randomUUID();
    const input = { conversationId: this.conversationId, clientMessageId, body: bodyOf(clientMessageId) };
    this.turn = 1 - this.turn;
    return new Promise((done) => {
      this.current = { clientMessageId, sentAt: performance.now(), missing: 2, done };
      this.ends[this.turn]!.send(
        JSON.stringify({
          id: clientMessageId,
          type: 'subscribe',
          payload: { query: sendMessage, variables: { input } },
        }),
      );
    });
  }

  private receive(end: number, text: Buffer, ready: () => void): void {
    const { id, type, payload } = JSON.parse(text.toString()) as Frame;
    if (type === 'complete') return;
    if (type === 'error' || payload?.errors) throw new Error(text.toString());
    const event = payload?.data?.inboxEvents;
    if (event?.__typename === 'InboxCaughtUp') return ready();
    const { current } = this;
    if (id === current?.clientMessageId) {
      if (!payload?.data?.sendMessage?.message) throw new Error(text.toString());
      this.arrived(this.stats.ack);
    } else if (end !== this.turn && current && event?.message?.clientMessageId === current.clientMessageId) {
      this.arrived(this.stats.delivery);
    }
  }

  private arrived(latencies: number[]): void {
    const { current } = this;
    latencies.push(performance.now() - current!.sentAt);
    if (--current!.missing === 0) current!.done();
  }

  async close(): Promise<void> {
    await Promise.all(this.ends.map((end) => end.close()));
  }
}

const stats = { ack: [] as number[], delivery: [] as number[] };
let pairs: Pair[] = [];

answer({
  async connect({ url, pairs: wanted }: PairTask): Promise<void> {
    pairs = wanted.map(({ conversationId }) => new Pair(conversationId, stats));
    await Promise.all(pairs.map((pair, index) => pair.connect(url, wanted[index]!.accessTokens)));
  },
  async run(ms: number): Promise<PairResult> {
    stats.ack.length = stats.delivery.length = 0;
    const startedAt = performance.now();
    const until = startedAt + ms;
    await Promise.all(
      pairs.map(async (pair) => {
        while (performance.now() < until) await pair.send();
      }),
    );
    return {
      messages: stats.delivery.length,
      seconds: (performance.now() - startedAt) / 1000,
      ackMs: percentiles(stats.ack),
      deliveryMs: percentiles(stats.delivery),
    };
  },
  async close(): Promise<void> {
    await Promise.all(pairs.map((pair) => pair.close()));
  },
});

function percentiles(latencies: number[]) {
  const sorted = latencies.sort((a, b) => a - b);
  return { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) };
}
