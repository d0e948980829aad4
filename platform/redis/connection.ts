import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Cluster, Redis, type RedisOptions as ClientOptions } from 'ioredis';
import { StartError } from '../config/start-error.js';
import { unavailable } from '../errors/report.js';
import type { Log } from '../telemetry/log.js';
import { parseRedisUrl, redisUrlShape, type RedisAddress, type RedisNode } from './address.js';
import { Gate } from './gate.js';
import { startHeartbeat } from './heartbeat.js';
import type { Script } from './script.js';

export interface RedisOptions {
  /** As PARLEY_REDIS_URL. */
  url: string;
  /** Certificates (PEM) that the server's is checked against, instead of those of the system. With rediss:// only. */
  caFile?: string | null;
  log: Log;
}

/** A command that was sent is given up after so long, ms. */
const COMMAND_MS = 1_500;
/** A command waits for so long for a connection that was just lost, ms. Together with COMMAND_MS: two seconds. */
const GRACE_MS = 500;
/** An attempt to connect, or to read the map of a Cluster's slots, is given up after so long, ms. */
const CONNECT_MS = 1_000;
/** How often the map of a Cluster's slots is read anew, ms; besides each time that a node says it is wrong. */
const SLOTS_MS = 5_000;

export type RedisClient = Redis | Cluster;

/** Throws StartError for options that cannot be used. Connects in the background: Redis may come later. */
export function openRedis(options: RedisOptions): RedisConnections {
  return new RedisConnections(addressOf(options.url), caOf(options.caFile ?? null), options.log);
}

/** The connections of this process to one Redis or Redis Cluster, version 7 or newer. */
export class RedisConnections {
  readonly database: number;
  private readonly client: RedisClient;
  private readonly gate = new Gate(GRACE_MS);
  private readonly endHeartbeat: () => void;

  constructor(
    private readonly address: RedisAddress,
    private readonly ca: string | undefined,
    private readonly log: Log,
  ) {
    this.database = address.database;
    this.client = address.nodes.length > 1 ? this.openCluster() : this.open(address.nodes[0]!);
    this.client.on('ready', () => this.gate.up());
    this.client.on('close', () => this.gate.lost());
    this.watch(this.client, 'commands');
    const { client } = this;
    this.endHeartbeat = startHeartbeat(() => (client instanceof Cluster ? client.nodes() : [client]));
  }

  /**
   * Runs commands; they settle within 2 s. Throws UNAVAILABLE where Redis cannot be reached or cannot serve right now;
   * whether it did what was asked is then not known. Nothing is sent twice.
   */
  async run<T>(work: (client: RedisClient) => Promise<T>): Promise<T> {
    try {
      await this.gate.pass();
      // The library would keep it without a bound.
      if (this.client.status !== 'ready') throw new Error('no connection to Redis');
      return await work(this.client);
    } catch (error) {
      forgetCommand(error);
      throw isTransient(error) ? unavailable(error) : error;
    }
  }

  /** What the script returns; errors as those of `run`. */
  evaluate({ sha, text }: Script, keys: string[], args: (string | number)[]): Promise<unknown> {
    return this.run(async (client) => {
      try {
        return await client.evalsha(sha, keys.length, ...keys, ...args);
      } catch (error) {
        if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
        return client.eval(text, keys.length, ...keys, ...args);
      }
    });
  }

  /** Resolves once Redis answers; for a start. Throws StartError when it does not within `limitMs`. */
  async connected(limitMs = 10_000): Promise<void> {
    const end = performance.now() + limitMs;
    for (;;) {
      try {
        return await this.ping();
      } catch (error) {
        if (performance.now() > end)
          throw new StartError(
            'Redis does not answer at PARLEY_REDIS_URL. Start it, or correct the address and the password, and start again.',
            { cause: error },
          );
        await pause(100);
      }
    }
  }

  /** Throws UNAVAILABLE where Redis does not answer. */
  async ping(): Promise<void> {
    await this.run((client) => client.ping());
  }

  /** The node that serves a slot, as host:port; null while that is not known. */
  nodeOf(slot: number): string | null {
    if (this.client instanceof Cluster) return this.client.slots[slot]?.[0] ?? null;
    const { host, port } = this.address.nodes[0]!;
    return `${host}:${port}`;
  }

  /** A connection of its own to one node. It reconnects until it is closed; its commands fail while it is not ready. */
  openNode(node: string): Redis {
    const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(node) ?? [];
    const client = this.open({ host, port: Number(port) });
    this.watch(client, 'subscriptions');
    return client;
  }

  /** Asks a Cluster which node serves which slot; answered by `onTopology`. */
  refreshTopology(): Promise<void> {
    const { client } = this;
    if (!(client instanceof Cluster)) return Promise.resolve();
    return new Promise((resolve) => client.refreshSlotsCache(() => resolve()));
  }

  /** Calls `listener` each time that the map of a Cluster's slots was read. Returns what ends that. */
  onTopology(listener: () => void): () => void {
    this.client.on('refresh', listener);
    return () => void this.client.off('refresh', listener);
  }

  async close(): Promise<void> {
    this.endHeartbeat();
    this.gate.close();
    this.client.disconnect();
  }

  private open(node: RedisNode): Redis {
    return new Redis({
      ...this.clientOptions(),
      ...node,
      db: this.database,
      retryStrategy: backOff,
      enableOfflineQueue: false,
      // What was under way when the connection broke may have been done: it fails, and is not sent again.
      maxRetriesPerRequest: 0,
    });
  }

  private openCluster(): Cluster {
    return new Cluster(this.address.nodes, {
      redisOptions: this.clientOptions(),
      clusterRetryStrategy: backOff,
      slotsRefreshInterval: SLOTS_MS,
      slotsRefreshTimeout: CONNECT_MS,
      // As above: only what a node refused to do (MOVED, ASK) is sent again.
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
    });
  }

  private clientOptions(): ClientOptions {
    const { username, password, isTls } = this.address;
    return {
      username,
      password,
      ...(isTls ? { tls: this.ca === undefined ? {} : { ca: this.ca } } : {}),
      connectTimeout: CONNECT_MS,
      commandTimeout: COMMAND_MS,
      disconnectTimeout: 500,
      autoResubscribe: false,
    };
  }

  private watch(client: RedisClient, purpose: string): void {
    let isAway = false;
    client.on('error', (error: Error) => {
      forgetCommand(error);
      if (!isAway) this.log.warn({ err: error, purpose }, 'the connection to Redis failed; it is tried again');
      isAway = true;
    });
    client.on('ready', () => {
      if (isAway) this.log.info({ purpose }, 'the connection to Redis is back');
      isAway = false;
    });
  }
}

/** Ms until the next attempt; never gives up. */
function backOff(attempt: number): number {
  return Math.min(1_000, 25 * 2 ** Math.min(attempt, 6)) * (0.5 + Math.random() / 2);
}

/** Refusals of a server that will serve again; any other answer of a server is a mistake of ours. */
const refusals = /^(CLUSTERDOWN|LOADING|MASTERDOWN|TRYAGAIN|READONLY|NOREPLICAS|OOM|BUSY|MISCONF|MOVED|ASK)\b/;

function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'ReplyError' ? refusals.test(error.message) : !(error instanceof TypeError);
}

/** The library puts the command into its errors, with passwords and what people wrote: none of that belongs into a log. */
function forgetCommand(error: unknown): void {
  if (!(error instanceof Error)) return;
  const { lastNodeError } = error as { lastNodeError?: unknown };
  delete (error as { command?: unknown }).command;
  if (lastNodeError !== error) forgetCommand(lastNodeError);
}

function addressOf(url: string): RedisAddress {
  try {
    return parseRedisUrl(url);
  } catch (error) {
    throw new StartError(`PARLEY_REDIS_URL is not valid: ${(error as Error).message}. Write ${redisUrlShape}.`);
  }
}

function caOf(file: string | null): string | undefined {
  if (file === null) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartError(
      `PARLEY_REDIS_CA_FILE names ${file}, which cannot be read. Give a file that this user may read.`,
      { cause: error },
    );
  }
}
