import type { Redis } from 'ioredis';
import { Gate } from '../redis/gate.js';
import { startHeartbeat } from '../redis/heartbeat.js';

/** How long a subscription waits for the connection, ms. */
const GRACE_MS = 1_000;

export interface LinkEvents {
  message: (channel: string, message: string) => void;
  ready: () => void;
  /** It was ready, and nothing arrives any longer. */
  lost: (link: Link) => void;
}

/** A connection that listens to the channels which one node serves. It comes back by itself, without its channels. */
export class Link {
  private readonly gate = new Gate(GRACE_MS);
  private readonly endHeartbeat: () => void;

  constructor(
    private readonly client: Redis,
    on: LinkEvents,
  ) {
    client.on('smessage', on.message);
    client.on('ready', () => {
      this.gate.up();
      on.ready();
    });
    client.on('close', () => {
      this.gate.lost();
      on.lost(this);
    });
    client.on('error', (error: Error) => {
      // A node that gives a slot away ends subscriptions unasked, which the library takes for the answer to a command.
      if (error.message.startsWith('Command queue state error')) client.disconnect(true);
    });
    this.endHeartbeat = startHeartbeat(() => [client]);
  }

  get isReady(): boolean {
    return this.client.status === 'ready';
  }

  /** Resolves once what is published from now on arrives. Settles within 2 s. */
  async subscribe(channel: string): Promise<void> {
    await this.gate.pass();
    await this.client.ssubscribe(channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    await this.gate.pass();
    await this.client.sunsubscribe(channel);
  }

  close(): void {
    this.endHeartbeat();
    this.gate.close();
    this.client.disconnect();
  }
}
