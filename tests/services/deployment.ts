import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { PostgresServer } from '../../platform/database/postgres-server.js';
import { silentLog } from '../../platform/telemetry/log.js';
import { NodeProcess } from '../node-process.js';
import {
  killPostmasterOf,
  postmasterOf,
  removeWithPostgres,
  testDirectory,
  type RunningParley,
} from '../running-parley.js';
import { newVapidKeys } from '../push-providers.js';
import { Passage } from './passage.js';
import { startClamd, type ClamdServer } from './servers/clamd.js';
import { freePort } from './servers/free-port.js';
import { startKafka, type KafkaServer } from './servers/kafka.js';
import { startOpenSearch, type OpenSearchServer } from './servers/opensearch.js';
import { startRedis, type RedisServers } from './servers/redis.js';
import { startS3, type S3Server } from './servers/s3.js';

const subgraphs = ['users', 'conversations', 'messages', 'presence', 'media', 'search', 'notifications'];

export interface DeploymentOptions {
  routers?: number;
  /** Of each subgraph. */
  instances?: number;
  /** How many processes run all workers; or which worker each process runs. */
  workers?: number | string[];
  shards?: number;
  /** Without it the event log is in Postgres. */
  kafka?: boolean;
  /** Without it the search index is in Postgres. */
  openSearch?: boolean;
  /** Without it uploads are looked at for EICAR alone. */
  clamd?: boolean;
  /** Whether Postgres waits for the disk, as it does for people; a test has nothing worth keeping. */
  isDurable?: boolean;
  /** For every process. */
  environment?: Record<string, string>;
  /** PEM files: then routers and subgraphs speak HTTPS, and trust the certificate. */
  tls?: { certificateFile: string; keyFile: string };
  /** Puts passages, which can be cut, where `PassageName` says. */
  withPassages?: boolean;
}

/** From clients to any router; from all other processes to that subgraph; from that process to the server. */
export type PassageName = 'to the routers' | 'to messages-1' | 'from messages-1 to Postgres' | 'from router-1 to Redis';

/** A process of the deployment. */
export interface DeployedProcess {
  /** router-1, users-2, workers-1 … */
  name: string;
  process: NodeProcess;
  /** Of a router or a subgraph, without a path; null of workers. */
  url: string | null;
  adminUrl: string;
}

/**
 * Parley as a company runs it: routers, subgraphs and workers as processes of their own, on a Postgres server with a
 * directory and shards, on Redis, on Kafka, on S3 and, where they are asked for, on OpenSearch and clamd. The Postgres server
 * lies in the data directory, as that of ParleyProcess does.
 */
export class Deployment implements RunningParley {
  readonly processes = new Map<string, DeployedProcess>();
  private readonly passages = new Map<PassageName, Passage>();

  private constructor(
    private readonly directory: string,
    private readonly postgres: PostgresServer,
    readonly redis: RedisServers,
    readonly kafka: KafkaServer | null,
    readonly openSearch: OpenSearchServer | null,
    readonly clamd: ClamdServer | null,
    readonly s3: S3Server,
  ) {}

  /** Starts servers and processes; resolves once all are ready. */
  static async start(options: DeploymentOptions = {}): Promise<Deployment> {
    const {
      routers = 2,
      instances = 2,
      workers = 1,
      shards = 3,
      kafka = true,
      openSearch = false,
      clamd = false,
      isDurable = false,
      environment = {},
      withPassages = false,
      tls,
    } = options;
    const directory = await testDirectory();
    const dataDir = join(directory, 'data');
    await mkdir(dataDir, { mode: 0o755 });
    const stops: (() => Promise<void>)[] = [];
    const started = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
      const server = await starting;
      stops.push(() => server.stop());
      return server;
    };
    let deployment: Deployment;
    try {
      const [postgres, redis, broker, search, scanner, s3] = await allStarted([
        started(startPostgres(dataDir, isDurable)),
        started(startRedis()),
        kafka ? started(startKafka()) : Promise.resolve(null),
        openSearch ? started(startOpenSearch()) : Promise.resolve(null),
        clamd ? started(startClamd()) : Promise.resolve(null),
        started(startS3()),
      ] as const);
      deployment = new Deployment(directory, postgres, redis, broker, search, scanner, s3);
    } catch (error) {
      for (const stop of stops) await stop();
      throw error;
    }
    try {
      const shardNames = Array.from({ length: shards }, (_, index) => `shard${index}`);
      await createDatabases(deployment.postgres.url('postgres'), ['directory', 'search', ...shardNames]);
      const names = counts({ routers, instances, workers });
      await deployment.addProcesses(names, shardNames, { environment, withPassages, tls });
      await deployment.start();
      return deployment;
    } catch (error) {
      await deployment.remove();
      throw error;
    }
  }

  /** Of the first router. */
  get url(): string {
    return this.urls[0]!;
  }

  /** Of all routers. */
  get urls(): string[] {
    return [...this.processes.values()].flatMap(({ name, url }) => (name.startsWith('router') && url ? [url] : []));
  }

  get dataDir(): string {
    return join(this.directory, 'data');
  }

  /** Holds <name>.log of each process. */
  get logDir(): string {
    return this.directory;
  }

  /** Throws where there is none of this name. */
  process(name: string): DeployedProcess {
    const found = this.processes.get(name);
    if (!found) throw new Error(`There is no process ${name}; there are ${[...this.processes.keys()].join(', ')}.`);
    return found;
  }

  /** Throws where the deployment was started without passages. */
  passage(name: PassageName): Passage {
    const found = this.passages.get(name);
    if (!found) throw new Error(`There is no passage ${name}.`);
    return found;
  }

  output(): string {
    return [...this.processes.values()].map(({ name, process }) => `--- ${name}\n${process.output()}`).join('\n');
  }

  isRunning(): boolean {
    return [...this.processes.values()].every(({ process }) => process.isRunning());
  }

  /** Starts those processes that do not run, on the ports that they had. */
  async start(limit = 90_000): Promise<void> {
    await this.each(
      (process) => !process.isRunning(),
      (process) => process.start(limit),
    );
  }

  /** All processes; resolves with the worst exit code. */
  async stop(): Promise<number | null> {
    const codes = await this.endAll('SIGTERM');
    return codes.find((code) => code !== 0) ?? 0;
  }

  async kill(): Promise<void> {
    await this.endAll('SIGKILL');
  }

  killPostgres(): number {
    return killPostmasterOf(this.dataDir);
  }

  postmaster(): number | null {
    return postmasterOf(this.dataDir);
  }

  async remove(): Promise<void> {
    for (const passage of this.passages.values()) passage.mend();
    await this.endAll('SIGTERM');
    await Promise.all([...this.passages.values()].map((passage) => passage.close()));
    await Promise.all([
      this.redis.stop(),
      this.kafka?.stop(),
      this.openSearch?.stop(),
      this.clamd?.stop(),
      this.s3.stop(),
      this.postgres.stop(),
    ]);
    await removeWithPostgres(this.directory, this.dataDir);
  }

  private async endAll(signal: NodeJS.Signals): Promise<(number | null)[]> {
    return this.each(
      (process) => process.isRunning(),
      (process) => process.end(signal),
    );
  }

  private each<T>(which: (process: NodeProcess) => boolean, act: (process: NodeProcess) => Promise<T>): Promise<T[]> {
    return Promise.all(
      [...this.processes.values()].filter(({ process }) => which(process)).map(({ process }) => act(process)),
    );
  }

  /** What all processes are told. */
  private shared(): Record<string, string> {
    const secret = () => randomBytes(36).toString('base64url');
    const signingKey = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    return {
      PARLEY_LOG_LEVEL: 'info',
      PARLEY_RATE_LIMITS: 'off',
      PARLEY_DATA_DIR: this.dataDir,
      PARLEY_REDIS_URL: this.redis.url,
      PARLEY_CURSOR_SECRET: secret(),
      PARLEY_VIEWER_SECRET: secret(),
      PARLEY_REFRESH_SECRET: secret(),
      PARLEY_SIGNING_KEY: signingKey,
      ...newVapidKeys(),
    };
  }

  /** What those with data are told besides: a router has none. */
  private data(shardNames: string[]): Record<string, string> {
    return {
      ...this.databases(shardNames, (url) => url),
      PARLEY_DATABASE_CONNECTIONS: '4',
      ...(this.openSearch
        ? { PARLEY_OPENSEARCH_URL: this.openSearch.url }
        : { PARLEY_SEARCH_DATABASE_URL: this.postgres.url('parley_search') }),
      ...(this.kafka ? { PARLEY_KAFKA_BROKERS: this.kafka.brokers.join(',') } : {}),
      ...(this.clamd ? { PARLEY_CLAMD_ADDRESS: `${this.clamd.address.host}:${this.clamd.address.port}` } : {}),
      ...this.objects(),
    };
  }

  private objects(): Record<string, string> {
    const { endpoint, region, bucket, credentials } = this.s3.settings;
    return {
      PARLEY_S3_ENDPOINT: endpoint,
      PARLEY_S3_REGION: region,
      PARLEY_S3_BUCKET: bucket,
      PARLEY_S3_ACCESS_KEY_ID: credentials.accessKeyId,
      PARLEY_S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      PARLEY_S3_CHECKSUM: 'content', // it is Ceph's
    };
  }

  private databases(shardNames: string[], through: (url: string) => string): Record<string, string> {
    const url = (name: string) => through(this.postgres.url(`parley_${name}`));
    return {
      PARLEY_DATABASE_URL: url('directory'),
      PARLEY_SHARD_URLS: shardNames.map((name) => `${name}=${url(name)}`).join(','),
    };
  }

  /** What this process is told instead, so that its way is through passages. */
  private throughPassages(name: string, shardNames: string[]): Record<string, string> {
    const redis = name === 'router-1' && this.passages.get('from router-1 to Redis');
    if (redis) return { PARLEY_REDIS_URL: withPort(this.redis.url, redis.port) };
    const postgres = name === 'messages-1' && this.passages.get('from messages-1 to Postgres');
    return postgres ? this.databases(shardNames, (url) => withPort(url, postgres.port)) : {};
  }

  private async addProcesses(
    names: { name: string; kind: string }[],
    shardNames: string[],
    { environment, withPassages, tls }: Pick<DeploymentOptions, 'environment' | 'withPassages' | 'tls'>,
  ): Promise<void> {
    const shared = this.shared();
    const ports = new Set<number>();
    while (ports.size < names.length * 2) ports.add(await freePort());
    const [...free] = ports;
    const placed = names.map((each, index) => ({ ...each, port: free[index * 2]!, adminPort: free[index * 2 + 1]! }));
    if (withPassages) {
      const messages1 = placed.find(({ name }) => name === 'messages-1')!;
      const routers = placed.filter(({ kind }) => kind === 'router').map(({ port }) => port);
      this.passages.set('to the routers', await Passage.to(...routers));
      this.passages.set('to messages-1', await Passage.to(messages1.port));
      this.passages.set('from messages-1 to Postgres', await Passage.to(portOf(this.postgres.url('postgres'))));
      this.passages.set('from router-1 to Redis', await Passage.to(portOf(this.redis.url)));
    }
    const reached = ({ name, port }: { name: string; port: number }) =>
      (name === 'messages-1' && this.passages.get('to messages-1')?.port) || port;
    const scheme = tls ? 'https' : 'http';
    const urlsOf = (kind: string) =>
      placed.filter((each) => each.kind === kind).map((each) => `${scheme}://127.0.0.1:${reached(each)}`);
    const addresses = {
      PARLEY_SUBGRAPH_URLS: subgraphs.map((name) => `${name}=${urlsOf(name).join(',')}`).join(';'),
    };
    const publicUrl = urlsOf('router')[0]!;
    for (const { name, kind, port, adminPort } of placed) {
      const own = {
        ...shared,
        ...(kind === 'router' ? {} : this.data(shardNames)),
        ...addresses,
        ...this.throughPassages(name, shardNames),
        ...(tls && {
          PARLEY_TLS_CERTIFICATE_FILE: tls.certificateFile,
          PARLEY_TLS_KEY_FILE: tls.keyFile,
          NODE_EXTRA_CA_CERTS: tls.certificateFile,
        }),
        ...environment,
        PARLEY_PUBLIC_URL: publicUrl,
        PARLEY_PORT: String(port),
        PARLEY_SUBGRAPH_PORT: String(port),
        PARLEY_ADMIN_PORT: String(adminPort),
      };
      this.processes.set(name, {
        name,
        process: new NodeProcess([kind], this.directory, () => own, join(this.logDir, `${name}.log`)),
        url: kind === 'router' || subgraphs.includes(kind) ? `${scheme}://127.0.0.1:${port}` : null,
        adminUrl: `http://127.0.0.1:${adminPort}`,
      });
    }
  }
}

const portOf = (url: string) => Number(new URL(url).port);

function withPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}

/** As Promise.all, but waits for all of them: one that fails leaves none that starts unseen. */
async function allStarted<T extends readonly unknown[]>(starting: T) {
  await Promise.allSettled(starting);
  return Promise.all(starting);
}

function startPostgres(dataDir: string, isDurable: boolean): Promise<PostgresServer> {
  return PostgresServer.start(dataDir, silentLog(), ['max_connections=500', `fsync=${isDurable ? 'on' : 'off'}`]);
}

function counts({ routers, instances, workers }: { routers: number; instances: number; workers: number | string[] }) {
  const working = typeof workers === 'number' ? [['workers', workers]] : workers.map((name) => [name, 1]);
  const kinds = [['router', routers], ...subgraphs.map((name) => [name, instances]), ...working];
  return kinds.flatMap(([kind, count]) =>
    Array.from({ length: Number(count) }, (_, index) => ({ kind: String(kind), name: `${kind}-${index + 1}` })),
  );
}

async function createDatabases(url: string, names: string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const name of names) await client.query(`create database parley_${name}`);
  } finally {
    await client.end();
  }
}
