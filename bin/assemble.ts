import type { Registry } from 'prom-client';
import type { Config } from '../platform/config/config.js';
import { explainListenError } from '../platform/config/start-error.js';
import type { Ephemeral } from '../platform/ephemeral/port.js';
import type { EventLog } from '../platform/event-log/port.js';
import type { PubSub } from '../platform/pubsub/port.js';
import type { SearchIndex } from '../platform/search-index/port.js';
import type { Shards } from '../platform/shards/shards.js';
import type { Subgraph } from '../platform/subgraph/subgraph.js';
import { startAdminServer, type AdminServer } from '../platform/telemetry/admin-server.js';
import { createLog, type Log } from '../platform/telemetry/log.js';
import { createMetrics } from '../platform/telemetry/metrics.js';
import type { People } from '../schema/people.js';
import { Adapters } from './adapters.js';
import { Opened } from './opened.js';
import { Peers } from './peers.js';
import { readProcesses, workerNames, type Processes } from './processes.js';
import { requireShared } from './requirements.js';
import { Neighbours } from './neighbours.js';
import { serveSubgraphs } from './serve-subgraphs.js';
import { openSubgraph } from './subgraph-processes.js';

/** A running Parley, or a part of one. */
export interface Parley {
  /** Of the router, without a path; null where none runs here. */
  url: string | null;
  adminUrl: string;
  /** Of the subgraphs that are served here to other processes. */
  subgraphUrls: ReadonlyMap<string, string>;
  /** Lets what is under way end, then ends everything. */
  close(): Promise<void>;
}

/** All of Parley in one process. */
export interface WholeParley extends Parley {
  url: string;
  /** What it is made of, for tests that take a part into their own hands. */
  parts: {
    subgraphs: readonly Subgraph[];
    pubsub: PubSub;
    ephemeral: Ephemeral;
    eventLog: EventLog;
    shards: Shards;
    log: Log;
    registry: Registry;
  };
}

export interface Overrides {
  /** Wraps the pubsub that live events travel through. */
  pubsub?: (inner: PubSub) => PubSub;
  /** Wraps the index that is searched and written. */
  searchIndex?: (inner: SearchIndex) => SearchIndex;
  /** Wraps what other subgraphs are told of people. */
  people?: (inner: People) => People;
  /** Names of workers and jobs not to start. */
  without?: string[];
}

/** All processes in this one. Throws StartError with what to do. */
export async function assemble(config: Config, overrides: Overrides = {}): Promise<WholeParley> {
  const { adapters, log, registry, subgraphs, ...parley } = await start(config, readProcesses(['all']), overrides);
  const parts = {
    subgraphs,
    pubsub: await adapters.pubsub(),
    ephemeral: await adapters.ephemeral(),
    eventLog: await adapters.eventLog(),
    shards: await adapters.shards(),
    log,
    registry,
  };
  return { ...parley, url: parley.url!, parts };
}

/** Some processes in this one. Throws StartError with what to do. */
export function assembleProcesses(config: Config, processes: Processes): Promise<Parley> {
  return start(config, processes, {});
}

async function start(config: Config, processes: Processes, overrides: Overrides) {
  requireShared(config, processes);
  const opened = new Opened();
  try {
    return await open(config, processes, overrides, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** Sockets of a router that stops go to other routers little by little: each of them resumes its streams there. */
const DRAIN_MS = 3_000;

async function open(config: Config, processes: Processes, overrides: Overrides, opened: Opened) {
  const { isWhole } = processes;
  const log = createLog(config.logLevel);
  const registry = createMetrics(processes.names);
  const checks: Checks = {};
  let admin: AdminServer | null = null;
  // Closed last: until then it says that this process is not ready any more.
  opened.add(checks, () => admin?.close());
  let publicUrl = config.publicUrl ?? '';
  const shownUrl = () => publicUrl.replace(/\/$/, '');
  const wrapped = { wrapPubSub: overrides.pubsub, wrapSearchIndex: overrides.searchIndex };
  const adapters = new Adapters({ config, isWhole, opened, log, registry, publicUrl: shownUrl, ...wrapped });
  const neighbours = opened.add(new Neighbours(config.subgraphs.urls), (each) => each.close());
  const peers = new Peers(await neighbours.asker(adapters, log));
  const shared = { config, adapters, peers, opened, log, registry, publicUrl: shownUrl };

  const workers = new Set(
    workerNames.filter((name) => processes.workers.has(name) && !overrides.without?.includes(name)),
  );
  const usesDatabases = processes.subgraphs.size > 0 || processes.workers.size > 0;
  // They start while the code of the rest is read.
  if (usesDatabases) await adapters.startDatabases();
  const workerProcesses = workers.size > 0 ? await import('./worker-processes.js') : null;
  const routerProcess = processes.router ? await import('./router-process.js') : null;

  const subgraphs: Subgraph[] = [];
  for (const name of processes.subgraphs)
    subgraphs.push(await openSubgraph(name, { ...shared, wrapPeople: overrides.people }));
  await workerProcesses?.startWorkers(workers, shared);
  Object.assign(checks, await readinessChecks(adapters, neighbours, processes));
  const subgraphUrls = isWhole ? new Map<string, string>() : await serveSubgraphs(subgraphs, { ...shared, checks });

  let url: string | null = null;
  if (routerProcess) {
    const instancesOf = (name: string) => neighbours.of(name);
    const router = await routerProcess.openRouter({
      ...shared,
      subgraphs,
      instancesOf,
      isWhole,
      drainMs: isWhole ? 0 : DRAIN_MS,
    });
    publicUrl ||= router.url;
    url = isWhole ? publicUrl : router.url;
  }
  const { host, adminPort } = config;
  admin = await startAdminServer({ host, port: adminPort, registry, checks }).catch((error: unknown) => {
    throw explainListenError(error, 'PARLEY_ADMIN_PORT', host, adminPort);
  });
  const close = () => {
    checks.running = () => Promise.resolve(false);
    return opened.close();
  };
  return { url, adminUrl: admin.url, subgraphUrls, subgraphs, adapters, log, registry, close };
}

type Checks = Record<string, () => Promise<boolean>>;

/** What must work for this process to take traffic. */
async function readinessChecks(adapters: Adapters, neighbours: Neighbours, processes: Processes): Promise<Checks> {
  const checks: Checks = {};
  if (processes.subgraphs.size > 0 || processes.workers.size > 0) {
    const directory = await adapters.directory();
    checks.database = async () => (await directory.$queryRaw<unknown[]>`select 1`).length === 1;
  }
  const redis = await adapters.redis();
  if (redis) checks.redis = () => redis.ping().then(() => true);
  // Others that ask a subgraph go on with what they can do without it.
  if (processes.router)
    for (const name of neighbours.names)
      if (!processes.subgraphs.has(name as never)) checks[name] = () => neighbours.of(name).isReady();
  return checks;
}
