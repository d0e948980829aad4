import type { Caller } from '../../platform/auth/caller.js';
import type { PresenceLoaders } from './loaders.js';
import type { Streams } from './streams.js';

/** What resolvers get beside their arguments, fresh for each operation. */
export interface PresenceContext {
  caller: Caller;
  loaders: PresenceLoaders;
  streams: Streams;
}
