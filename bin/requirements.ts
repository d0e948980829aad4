import type { Config } from '../platform/config/config.js';
import { StartError } from '../platform/config/start-error.js';
import { analysts, indexers, mediaWorkers, subgraphNames, type Processes, type SubgraphName } from './processes.js';

/** Which subgraphs each process asks something of. */
const asks: Record<SubgraphName | 'router' | 'workers', readonly SubgraphName[]> = {
  router: subgraphNames,
  users: ['conversations', 'messages', 'media'],
  conversations: ['users', 'media'],
  messages: ['users', 'conversations', 'media'],
  presence: ['users', 'conversations'],
  media: [],
  search: ['users'],
  notifications: [],
  workers: ['users'],
};

/**
 * Checks that processes that run apart are given what they share: databases, Redis, secrets, and each other's addresses.
 * Throws StartError with a line for each thing that is missing.
 */
export function requireShared(config: Config, processes: Processes): void {
  if (processes.isWhole) return;
  const { router, subgraphs, workers } = processes;
  const hasUsers = subgraphs.has('users');
  const needed: [boolean, boolean, string][] = [
    [
      subgraphs.size > 0 || workers.size > 0,
      config.database.urls !== null,
      'PARLEY_DATABASE_URL and PARLEY_SHARD_URLS: a Postgres that all processes reach',
    ],
    [
      subgraphs.has('search') || indexers.some((name) => workers.has(name)),
      config.search.databaseUrl !== null || config.search.openSearch !== null,
      'PARLEY_OPENSEARCH_URL or PARLEY_SEARCH_DATABASE_URL: a search index that all processes reach',
    ],
    [
      ['users', 'conversations', 'media'].some((name) => subgraphs.has(name as SubgraphName)) ||
        [...mediaWorkers, ...analysts].some((name) => workers.has(name)),
      config.s3 !== null,
      'PARLEY_S3_BUCKET: an object store that all processes, and people, reach',
    ],
    [true, config.redis !== null, 'PARLEY_REDIS_URL: a Redis that all processes reach'],
    [true, config.secrets.viewer !== undefined, secret('PARLEY_VIEWER_SECRET')],
    [
      ['users', 'conversations', 'messages', 'media', 'search'].some((name) => subgraphs.has(name as SubgraphName)),
      config.secrets.cursor !== undefined,
      secret('PARLEY_CURSOR_SECRET'),
    ],
    [hasUsers, config.secrets.refresh !== undefined, secret('PARLEY_REFRESH_SECRET')],
    [
      hasUsers || router || (subgraphs.size > 0 && config.subgraphs.takeAccessTokens),
      config.secrets.signingKey !== undefined,
      'PARLEY_SIGNING_KEY: the same for all, from `openssl genpkey -algorithm ed25519`',
    ],
    [
      subgraphs.has('notifications') || workers.has('send-pushes'),
      config.secrets.vapid !== undefined,
      'PARLEY_VAPID_PRIVATE_KEY: the same for all, from `npx web-push generate-vapid-keys`',
    ],
    [
      hasUsers || subgraphs.has('conversations') || workers.has('email-digest'),
      config.publicUrl !== null,
      'PARLEY_PUBLIC_URL: where people reach Parley; letters and invites link to it',
    ],
    ...askedOf(processes).map((name): [boolean, boolean, string] => [
      true,
      config.subgraphs.urls.has(name),
      `PARLEY_SUBGRAPH_URLS: where ${name} runs, as in ${name}=http://10.0.0.1:${config.subgraphs.ports.get(name) ?? 4011}`,
    ]),
  ];
  const missing = needed.filter(([isNeeded, isGiven]) => isNeeded && !isGiven).map(([, , what]) => what);
  if (missing.length > 0)
    throw new StartError(
      [
        `Processes that run apart (${processes.names.join(', ')} here) share what they cannot make. Set:`,
        ...missing,
      ].join('\n  '),
    );
}

/** The subgraphs that are asked by this process and run in another one. */
export function askedOf({ router, subgraphs, workers }: Processes): SubgraphName[] {
  const asking = [
    ...subgraphs,
    ...(router ? (['router'] as const) : []),
    ...(workers.size > 0 ? (['workers'] as const) : []),
  ];
  const asked = new Set(asking.flatMap((name) => asks[name]));
  return subgraphNames.filter((name) => asked.has(name) && !subgraphs.has(name));
}

function secret(variable: string): string {
  return `${variable}: the same for all, from \`openssl rand -base64 48\``;
}
