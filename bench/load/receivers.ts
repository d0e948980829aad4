import { randomUUID } from 'node:crypto';
import { bodyOf, conversationEvents, inboxEvents, sendMessage } from '../documents.js';
import { answer } from '../helper.js';
import { LiveSocket, openGraphQL } from '../live-socket.js';

/** Connections that listen: to a conversation of Parley, to inboxes, or to the plain server of the baseline. */
export interface ListenTask {
  url: string;
  kind: 'conversation' | 'inbox' | 'plain';
  /** One connection each; unused by the plain server. */
  accessTokens: string[];
  conversationId?: string;
  /** Resume from here, or null for live only. */
  after: string | null;
  /** Connect all at the same time, as after an outage; else some at a time. */
  atOnce: boolean;
}
export interface Listening {
  /** Until every connection was told that it is caught up, ms. */
  ms: number;
  /** Messages each connection got before that. */
  fewest: number;
  most: number;
}
export interface Flood {
  deliveries: number;
  seconds: number;
  /** Bytes of text a delivery has. */
  bytes: number;
}

const SEQ = Buffer.from('"seq":');
const CURSOR = Buffer.from('"cursor":"');

/** One connection. Every message must come with the next seq: a hole, a repeat or a disorder ends the bench. */
class Receiver {
  socket!: LiveSocket;
  messages = 0;
  seq: number | null = null;
  private told: () => void = () => undefined;
  readonly caughtUp = new Promise<void>((resolve) => (this.told = resolve));

  receive(text: Buffer): void {
    const at = text.indexOf(SEQ);
    if (at >= 0) {
      const seq = numberAt(text, at + SEQ.length);
      if (this.seq !== null && seq !== this.seq + 1) throw new Error(`seq ${seq} came after ${this.seq}`);
      this.seq = seq;
      this.messages++;
      sample ??= text.toString();
      count(seq);
    } else if (text.includes('CaughtUp')) {
      lastCursor = cursorIn(text) ?? lastCursor;
      this.told();
    } else if (!text.includes('"type":"next"')) throw new Error(`unexpected: ${text.toString()}`);
  }
}

let receivers: Receiver[] = [];
let sample: string | null = null;
let lastCursor: string | null = null;
/** How many connections have each message that is on its way. */
const counts = new Map<number, number>();
let onComplete: (seq: number) => void = () => undefined;

function count(seq: number): void {
  const seen = (counts.get(seq) ?? 0) + 1;
  if (seen < receivers.length) counts.set(seq, seen);
  else {
    counts.delete(seq);
    onComplete(seq);
  }
}

answer({
  async listen(task: ListenTask): Promise<Listening> {
    counts.clear();
    sample = null;
    receivers = task.accessTokens.map(() => new Receiver());
    const startedAt = performance.now();
    const one = (index: number) => connect(receivers[index]!, task, task.accessTokens[index]!);
    if (task.atOnce) await Promise.all(receivers.map((_, index) => one(index)));
    else {
      let next = 0;
      await Promise.all(
        Array.from({ length: 20 }, async () => {
          while (next < receivers.length) await one(next++);
        }),
      );
    }
    const ms = performance.now() - startedAt;
    const messages = receivers.map((receiver) => receiver.messages);
    return { ms, fewest: Math.min(...messages), most: Math.max(...messages) };
  },

  /** Publishes for so long, `inFlight` messages at a time; one is done when every connection has it. */
  async flood({ ms, inFlight, publish }: { ms: number; inFlight: number; publish: Publish }): Promise<Flood> {
    const publisher = await openPublisher(publish);
    const before = deliveries();
    const startedAt = performance.now();
    const until = startedAt + ms;
    let pending = 0;
    await new Promise<void>((done) => {
      const next = () => {
        pending++;
        publisher.publish();
      };
      onComplete = () => {
        pending--;
        if (performance.now() < until) next();
        else if (pending === 0) done();
      };
      for (let i = 0; i < inFlight; i++) next();
    });
    onComplete = () => undefined;
    const seconds = (performance.now() - startedAt) / 1000;
    await publisher.close();
    return { deliveries: deliveries() - before, seconds, bytes: Buffer.byteLength(sample ?? '') };
  },

  /** Publishes so many; resolves once every connection has the last. */
  async publish({ count: wanted, publish }: { count: number; publish: Publish }): Promise<void> {
    const publisher = await openPublisher(publish);
    let missing = wanted;
    const done = new Promise<void>((resolve) => {
      onComplete = () => {
        if (--missing === 0) resolve();
      };
    });
    for (let i = 0; i < wanted; i++) publisher.publish();
    await done;
    await publisher.close();
  },

  /** A frame as Parley sends it. */
  sample: () => sample,
  cursor: () => lastCursor,
  async close(): Promise<void> {
    await Promise.all(receivers.map((receiver) => receiver.socket.close()));
  },
});

async function connect(receiver: Receiver, task: ListenTask, accessToken: string): Promise<void> {
  const onText = (text: Buffer) => receiver.receive(text);
  if (task.kind === 'plain') {
    receiver.socket = await LiveSocket.open(task.url, null, onText);
    receiver.socket.onEnd = (reason) => {
      throw new Error(reason);
    };
    receiver.socket.send('listen');
  } else {
    receiver.socket = await openGraphQL(task.url, accessToken, onText);
    const payload =
      task.kind === 'inbox'
        ? { query: inboxEvents }
        : { query: conversationEvents, variables: { id: task.conversationId, after: task.after } };
    receiver.socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
  }
  await receiver.caughtUp;
}

export type Publish =
  { kind: 'plain'; url: string } | { kind: 'parley'; url: string; accessToken: string; conversationId: string };

async function openPublisher(task: Publish): Promise<{ publish(): void; close(): Promise<void> }> {
  if (task.kind === 'plain') {
    const socket = await LiveSocket.open(task.url, null, () => undefined);
    return { publish: () => socket.send('publish'), close: () => socket.close() };
  }
  const { conversationId } = task;
  const socket = await openGraphQL(task.url, task.accessToken, (text) => {
    if (!text.includes('"type":"complete"') && !text.includes('"seq":')) throw new Error(text.toString());
  });
  return {
    publish: () => {
      const clientMessageId = randomUUID();
      const input = { conversationId, clientMessageId, body: bodyOf(clientMessageId) };
      socket.send(
        JSON.stringify({
          id: clientMessageId,
          type: 'subscribe',
          payload: { query: sendMessage, variables: { input } },
        }),
      );
    },
    close: () => socket.close(),
  };
}

function deliveries(): number {
  return receivers.reduce((sum, receiver) => sum + receiver.messages, 0);
}

function numberAt(text: Buffer, at: number): number {
  let number = 0;
  for (let digit = text[at++]! - 48; digit >= 0 && digit <= 9; digit = text[at++]! - 48) number = number * 10 + digit;
  return number;
}

function cursorIn(text: Buffer): string | null {
  const at = text.indexOf(CURSOR);
  if (at < 0) return null;
  return text.subarray(at + CURSOR.length, text.indexOf(34, at + CURSOR.length)).toString();
}
