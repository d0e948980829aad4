import { Command } from 'ioredis';
import { unavailable } from '../errors/report.js';
import type { RedisConnections } from '../redis/connection.js';
import type { Log } from '../telemetry/log.js';
import type { PubSub, Unsubscribe } from './port.js';
import { Link } from './redis-link.js';

const RETRY_MS = 250;
/** A slot may move while somebody subscribes, but not time and again. */
const MOST_MOVES = 3;

interface Subscription {
  onMessage: (message: string) => unknown;
  onGap: () => unknown;
  /** Whoever subscribed has been told so. */
  isLive: boolean;
  hasGap: boolean;
}

interface Channel {
  name: string;
  slot: number;
  subscriptions: Set<Subscription>;
  /** Where it is listened to; null while it is not. */
  link: Link | null;
  isMoving: boolean;
}

/**
 * Over Redis's sharded pub/sub (Redis 7): the node that serves a channel's slot passes its messages on, so that a
 * subscriber who listens to that node misses nothing without noticing, and a Cluster's nodes share the work. A server of
 * its own is treated as a Cluster of one. Once a channel that was lost is listened to again, its subscribers hear of the gap.
 */
export class RedisPubSub implements PubSub {
  private readonly channels = new Map<string, Channel>();
  /** By node. */
  private readonly links = new Map<string, Link>();
  private readonly ignoreTopology: () => void;
  private retry: NodeJS.Timeout | null = null;
  private closed = false;

  constructor(
    private readonly redis: RedisConnections,
    private readonly log: Log,
  ) {
    this.ignoreTopology = redis.onTopology(() => this.reconcile());
  }

  async publish(channel: string, message: string): Promise<void> {
    if (this.closed) throw new Error('pubsub is closed');
    await this.redis.run((client) => client.spublish(this.nameOf(channel), message));
  }

  async subscribe(name: string, onMessage: (message: string) => void, onGap: () => void): Promise<Unsubscribe> {
    if (this.closed) throw new Error('pubsub is closed');
    const channel = this.channelOf(this.nameOf(name));
    const subscription: Subscription = { onMessage, onGap, isLive: false, hasGap: false };
    channel.subscriptions.add(subscription);
    try {
      // Also where it is listened to already: the answer comes behind all that was published before.
      const link = await this.listen(channel);
      subscription.isLive = true;
      subscription.hasGap = channel.link !== link;
    } catch (error) {
      this.remove(channel, subscription);
      throw unavailable(error);
    }
    return async () => this.remove(channel, subscription);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.ignoreTopology();
    if (this.retry) clearTimeout(this.retry);
    this.channels.clear();
    for (const link of this.links.values()) link.close();
    this.links.clear();
  }

  /** The database's number keeps two of one server apart: channels know nothing of databases. */
  private nameOf(channel: string): string {
    return `${this.redis.database}/${channel}`;
  }

  private channelOf(name: string): Channel {
    let channel = this.channels.get(name);
    if (!channel) {
      const slot = new Command('ssubscribe', [name]).getSlot();
      channel = { name, slot, subscriptions: new Set(), link: null, isMoving: false };
      this.channels.set(name, channel);
    }
    return channel;
  }

  private remove(channel: Channel, subscription: Subscription): void {
    if (!channel.subscriptions.delete(subscription) || channel.subscriptions.size > 0) return;
    if (this.channels.get(channel.name) === channel) this.channels.delete(channel.name);
    this.linkOf(channel)
      ?.unsubscribe(channel.name)
      .catch(() => undefined);
  }

  private linkOf({ slot }: Channel): Link | null {
    const node = this.redis.nodeOf(slot);
    if (node === null || this.closed) return null;
    let link = this.links.get(node);
    if (!link) {
      link = new Link(this.redis.openNode(node), {
        message: (name, message) => this.deliver(name, message),
        ready: () => this.reconcile(),
        lost: (lost) => this.lose(lost),
      });
      this.links.set(node, link);
    }
    return link;
  }

  /** Listens to the channel on the node that serves it, and tells those who were without it of the gap. */
  private async listen(channel: Channel): Promise<Link> {
    for (let moves = 0; ; moves++) {
      // Of a Cluster nothing is known before the first connection.
      if (this.redis.nodeOf(channel.slot) === null) await this.redis.ping();
      const link = this.linkOf(channel);
      if (!link) throw new Error(this.closed ? 'pubsub is closed' : 'no node serves the channel');
      try {
        await link.subscribe(channel.name);
      } catch (error) {
        if (!(error as Error).message.startsWith('MOVED') || moves === MOST_MOVES) throw error;
        await this.redis.refreshTopology();
        continue;
      }
      channel.link = link;
      this.tellOfGap(channel);
      return link;
    }
  }

  private lose(link: Link): void {
    let count = 0;
    for (const channel of this.channels.values()) {
      if (channel.link !== link) continue;
      this.mark(channel);
      count++;
    }
    if (count > 0)
      this.log.warn({ channels: count }, 'live messages from Redis stopped; what is missed will be made up for');
    // A Cluster may have given its slots to another node.
    if (!this.closed) void this.redis.refreshTopology();
  }

  private mark(channel: Channel): void {
    channel.link = null;
    for (const subscription of channel.subscriptions) subscription.hasGap ||= subscription.isLive;
  }

  /** Puts every channel where it belongs, as far as that can be reached; runs again when more can. */
  private reconcile(): void {
    const wanted = new Set<Link | null>();
    for (const channel of this.channels.values()) {
      const link = this.linkOf(channel);
      wanted.add(link);
      if (link?.isReady && channel.link !== link && !channel.isMoving) void this.move(channel);
    }
    for (const [node, link] of this.links) {
      if (wanted.has(link) || this.channels.size === 0) continue;
      this.links.delete(node);
      link.close();
    }
  }

  private async move(channel: Channel): Promise<void> {
    channel.isMoving = true;
    if (channel.link) this.mark(channel);
    try {
      await this.listen(channel);
    } catch (error) {
      this.log.debug({ err: error }, 'a channel is not listened to yet');
      this.retryLater();
    } finally {
      channel.isMoving = false;
    }
  }

  private retryLater(): void {
    if (this.closed) return;
    this.retry ??= setTimeout(() => {
      this.retry = null;
      this.reconcile();
    }, RETRY_MS).unref();
  }

  private tellOfGap(channel: Channel): void {
    for (const subscription of channel.subscriptions) {
      if (!subscription.hasGap) continue;
      subscription.hasGap = false;
      this.call(channel, subscription.onGap);
    }
  }

  private deliver(name: string, message: string): void {
    for (const { isLive, onMessage } of this.channels.get(name)?.subscriptions ?? [])
      if (isLive) this.call({ name }, () => onMessage(message));
  }

  /** One that throws, now or later, harms nobody else; one that takes its time is not waited for. */
  private call({ name }: { name: string }, handler: () => unknown): void {
    const failed = (error: unknown) => this.log.error({ err: error, channel: name }, 'a subscriber threw');
    try {
      const result = handler();
      if (result instanceof Promise) result.catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}
