import { buildFederatedSchema } from '../../platform/subgraph/federated-schema.js';
import type { Shards } from '../../platform/shards/shards.js';
import type { Subgraph } from '../../platform/subgraph/subgraph.js';
import type { SearchContext } from './context.js';
import { SearchResolver } from './resolvers.js';
import { Search, type SearchDeps } from './service.js';
import { SearchStore } from './store.js';

export interface SearchSubgraphDeps extends Omit<SearchDeps, 'store'> {
  shards: Shards;
}

export async function searchSubgraph({ shards, ...deps }: SearchSubgraphDeps): Promise<Subgraph> {
  const search = new Search({ ...deps, store: new SearchStore(shards) });
  const { sdl, schema } = await buildFederatedSchema({ resolvers: [new SearchResolver(search)], references: {} });
  return {
    name: 'search',
    sdl,
    schema,
    contextFor: (caller): SearchContext => ({ caller, shortfalls: [] }),
  };
}
