import type { Caller } from '../../platform/auth/caller.js';
import type { ToldBeside } from '../../platform/subgraph/subgraph.js';

/** What resolvers get beside their arguments, fresh for each operation. */
export interface SearchContext extends ToldBeside {
  caller: Caller;
}
