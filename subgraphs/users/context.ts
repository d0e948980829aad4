import type { Caller } from '../../platform/auth/caller.js';
import type { UsersLoaders } from './loaders.js';

/** What resolvers get beside their arguments, fresh for each operation. */
export interface UsersContext {
  caller: Caller;
  loaders: UsersLoaders;
}
