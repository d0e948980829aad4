import type { Config } from '../platform/config/config.js';
import { StartError } from '../platform/config/start-error.js';
import type { Databases } from '../platform/database/port.js';
import type { SearchIndex } from '../platform/search-index/port.js';
import type { Log } from '../platform/telemetry/log.js';

export interface OpenSearchIndexOptions {
  config: Pick<Config, 'search' | 'database'>;
  /** Asked only where the index lies in the embedded server. */
  databases: () => Promise<Databases>;
  log: Log;
}

/** The search index that the configuration names, for processes and tools alike. */
export async function openSearchIndex({ config, databases, log }: OpenSearchIndexOptions): Promise<SearchIndex> {
  const { databaseUrl, openSearch } = config.search;
  if (openSearch) {
    const { openOpenSearchIndex } = await import('../platform/search-index/opensearch.js');
    return openOpenSearchIndex(openSearch, log);
  }
  if (databaseUrl === null && config.database.urls !== null)
    throw new StartError('PARLEY_OPENSEARCH_URL or PARLEY_SEARCH_DATABASE_URL is missing: where the search index is.');
  const connectionString = databaseUrl ?? (await databases()).url('search');
  const { openPostgresSearchIndex } = await import('../platform/search-index/postgres.js');
  return openPostgresSearchIndex({ connectionString, poolSize: config.database.connections, log });
}
