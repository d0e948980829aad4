import type { Caller } from '../../platform/auth/caller.js';
import type { MediaLoaders } from './loaders.js';
import type { Streams } from './streams.js';

/** What resolvers get beside their arguments, fresh for each operation. */
export interface MediaContext {
  caller: Caller;
  loaders: MediaLoaders;
  streams: Streams;
}
