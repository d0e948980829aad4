import type { PubSub, Unsubscribe } from './port.js';

/** What waits to be taken; more is dropped, and told as a gap. */
const MAX_WAITING = 1_000;

export interface Message {
  channel: string;
  text: string;
}

/** Some channels of the pubsub port, to be read one message after the other. */
export class Heard {
  private waiting: Message[] = [];
  private hasGap = false;
  private wake: () => void = () => undefined;
  private stops: Unsubscribe[] = [];
  isClosed = false;

  /** Resolves once messages published from now on are heard. */
  static async open(pubsub: PubSub, channels: readonly string[]): Promise<Heard> {
    const heard = new Heard();
    const opening = await Promise.allSettled(
      channels.map((channel) =>
        pubsub.subscribe(
          channel,
          (text) => heard.add({ channel, text }),
          () => heard.lose(),
        ),
      ),
    );
    heard.stops = opening.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const failed = opening.find((each) => each.status === 'rejected');
    if (!failed) return heard;
    await heard.close();
    throw failed.reason;
  }

  /** The next message. Null when some may have been lost, when none came within `ms`, and once closed. */
  async next(ms: number): Promise<Message | null> {
    if (this.waiting.length === 0 && !this.hasGap && !this.isClosed) await this.something(ms);
    if (this.hasGap || this.isClosed) {
      this.hasGap = false;
      return null;
    }
    return this.waiting.shift() ?? null;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.waiting = [];
    this.wake();
    await Promise.all(this.stops.splice(0).map((stop) => stop()));
  }

  private something(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private add(message: Message): void {
    if (this.isClosed) return;
    if (this.waiting.length >= MAX_WAITING) return this.lose();
    this.waiting.push(message);
    this.wake();
  }

  private lose(): void {
    this.waiting = [];
    this.hasGap = true;
    this.wake();
  }
}

/** What is told of what is heard, until whoever takes it wants no more: then nothing is listened to any longer. */
export function toldOf<T>(heard: Heard, events: AsyncGenerator<T, void>, atEnd?: () => void): AsyncIterableIterator<T> {
  let isEnded = false;
  const end = async () => {
    if (isEnded) return;
    isEnded = true;
    atEnd?.();
    await heard.close();
  };
  return {
    next: async () => {
      const result = await events.next();
      if (result.done) await end();
      return result;
    },
    return: async () => {
      await end();
      await events.return();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
