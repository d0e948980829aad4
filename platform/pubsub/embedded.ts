import type { Log } from '../telemetry/log.js';
import type { PubSub, Unsubscribe } from './port.js';

interface Subscription {
  onMessage: (message: string) => void;
  /** Number of the first message that it may see. */
  from: number;
  ended: boolean;
}

/** Within one process. Hands messages over on a later turn of the event loop, all that wait at once; never loses one. */
export class EmbeddedPubSub implements PubSub {
  private readonly channels = new Map<string, Set<Subscription>>();
  private waiting: { channel: string; message: string; number: number }[] = [];
  private published = 0;
  private closed = false;

  constructor(private readonly log?: Log) {}

  async publish(channel: string, message: string): Promise<void> {
    if (this.closed) throw new Error('pubsub is closed');
    const number = this.published++;
    if (!this.channels.has(channel)) return;
    if (this.waiting.push({ channel, message, number }) === 1) setImmediate(() => this.deliver());
  }

  async subscribe(channel: string, onMessage: (message: string) => void, _onGap: () => void): Promise<Unsubscribe> {
    if (this.closed) throw new Error('pubsub is closed');
    const subscription: Subscription = { onMessage, from: this.published, ended: false };
    const subscriptions = this.channels.get(channel) ?? new Set();
    this.channels.set(channel, subscriptions.add(subscription));
    return async () => {
      subscription.ended = true;
      if (subscriptions.delete(subscription) && subscriptions.size === 0) this.channels.delete(channel);
    };
  }

  async close(): Promise<void> {
    this.closed = true;
    this.channels.clear();
    this.waiting = [];
  }

  private deliver(): void {
    const messages = this.waiting;
    this.waiting = [];
    for (const { channel, message, number } of messages)
      for (const subscription of this.channels.get(channel) ?? []) {
        if (subscription.ended || number < subscription.from) continue;
        try {
          subscription.onMessage(message);
        } catch (error) {
          this.log?.error({ err: error, channel }, 'a subscriber threw');
        }
      }
  }
}
