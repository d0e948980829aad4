import type { Caller } from '../../platform/auth/caller.js';
import type { ConversationsLoaders } from './loaders.js';

/** What resolvers get beside their arguments, fresh for each operation. */
export interface ConversationsContext {
  caller: Caller;
  loaders: ConversationsLoaders;
}
