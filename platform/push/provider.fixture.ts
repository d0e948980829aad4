import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Push, PushAddress } from './port.js';

/** A push as the device has it, once the provider has brought it there. */
export interface ArrivedPush extends Push {
  /** The token or the endpoint that it came to. */
  device: string;
  /** Whether it may wake the device at once. */
  isUrgent: boolean;
  /** All of it in plain text, to be searched for what must not be in it. */
  raw: string;
}

/** What every request is answered with; `hanging`: with nothing. */
export type Condition = 'well' | 'failing' | 'hanging' | { busyFor: number };

/**
 * A push provider on a port of this machine: speaks its protocol, checks who asks, and keeps what it was given. Each
 * device is an address of its own, so that stories and tests that run at once can share one.
 */
export abstract class ProviderFixture {
  /** Oldest first. */
  readonly arrived: ArrivedPush[] = [];
  /** What was wrong with requests, such as a bad signature. None is right in a test that goes well. */
  readonly complaints: string[] = [];
  /** Requests that came in, whatever became of them. */
  requests = 0;
  /** `{ busyFor }`: told to come back after so many seconds. */
  condition: Condition = 'well';
  /** What each Parley process has to be told, besides `NODE_EXTRA_CA_CERTS` where it says so. */
  abstract readonly environment: Record<string, string>;
  private readonly gone = new Set<string>();
  private readonly sockets = new Set<Socket>();
  protected port = 0;

  protected constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket)).on('error', () => undefined);
    });
  }

  /** An address that nobody else has. */
  abstract newDevice(): PushAddress;

  /** The app was removed from the device, or the browser's permission. */
  forget(address: PushAddress): void {
    this.gone.add(deviceOf(address));
  }

  arrivedAt(address: PushAddress): ArrivedPush[] {
    return this.arrived.filter(({ device }) => device === deviceOf(address));
  }

  /** What the device shows after all that has arrived: the newest push of each key, unless it took the others back. */
  shownAt(address: PushAddress): ArrivedPush[] {
    const newest = new Map(this.arrivedAt(address).map((push) => [push.collapseKey, push]));
    return [...newest.values()].filter(({ alert }) => alert !== null);
  }

  /** Listens, on the port of the time before. */
  async comeUp(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Cuts all connections and takes no new ones. */
  async goDown(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  protected isGone(device: string): boolean {
    return this.gone.has(device);
  }

  /** Notes what is wrong with a request; null, so that it can stand for an answer. */
  protected complain(why: string): null {
    this.complaints.push(why);
    return null;
  }
}

export function deviceOf(address: PushAddress): string {
  return address.provider === 'WEB_PUSH' ? address.endpoint : address.token;
}
