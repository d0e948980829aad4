import { StartError } from '../platform/config/start-error.js';

export const subgraphNames = [
  'users',
  'conversations',
  'messages',
  'presence',
  'media',
  'search',
  'notifications',
] as const;
export type SubgraphName = (typeof subgraphNames)[number];

export const workerNames = [
  'relay',
  'deliver',
  'copy-blocks',
  'receipts',
  'revoke-devices',
  'announce-people',
  'erase-messages',
  'remove-reported',
  'process-media',
  'settle-media',
  'erase-media',
  'index-messages',
  'index-users',
  'index-conversations',
  'expire-messages',
  'expire-api-keys',
  'expire-uploads',
  'sweep-uploads',
  'reconcile-unread',
  'sweep-presence',
  'notify',
  'send-pushes',
  'email-digest',
  'webhooks',
  'send-webhooks',
  'analytics',
  'merge-analytics',
] as const;
export type WorkerName = (typeof workerNames)[number];

/** Those that write to the search index. */
export const indexers = ['index-messages', 'index-users', 'index-conversations'] as const satisfies WorkerName[];

/** Those of analytics, which lie in the object store. */
export const analysts = ['analytics', 'merge-analytics'] as const satisfies WorkerName[];

/** Those of media; they need the object store too. */
export const mediaWorkers = [
  'process-media',
  'settle-media',
  'erase-media',
  'expire-uploads',
  'sweep-uploads',
] as const satisfies WorkerName[];

/** What one Node process runs. */
export interface Processes {
  /** As they were named. */
  names: readonly string[];
  router: boolean;
  subgraphs: ReadonlySet<SubgraphName>;
  workers: ReadonlySet<WorkerName>;
  /** Whether nothing runs elsewhere. */
  isWhole: boolean;
}

/** Reads `parley <process…>`. Throws StartError for what is no process. */
export function readProcesses(names: readonly string[]): Processes {
  const unknown = names.find((name) => !expand(name));
  if (names.length === 0 || unknown !== undefined)
    throw new StartError(
      `${unknown === undefined ? 'Say which processes to run' : `There is no process ${unknown}`}: \`parley all\` runs everything in this one; else any of router, ${subgraphNames.join(', ')}, workers (all of them), or single workers: ${workerNames.join(', ')}.`,
    );
  const all = new Set(names.flatMap((name) => expand(name) ?? []));
  const processes = {
    names: [...new Set(names)],
    router: all.has('router'),
    subgraphs: new Set(subgraphNames.filter((name) => all.has(name))),
    workers: new Set(workerNames.filter((name) => all.has(name))),
  };
  const { router, subgraphs, workers } = processes;
  return {
    ...processes,
    isWhole: router && subgraphs.size === subgraphNames.length && workers.size === workerNames.length,
  };
}

function expand(name: string): readonly string[] | null {
  if (name === 'all') return ['router', ...subgraphNames, ...workerNames];
  if (name === 'workers') return workerNames;
  return [...subgraphNames, ...workerNames, 'router'].includes(name) ? [name] : null;
}
