import type { Caller } from '../../platform/auth/caller.js';
import type { MessagesLoaders } from './loaders.js';
import type { ReceiptLoaders } from './receipt-loaders.js';
import type { Streams } from './streams.js';

/** What resolvers get beside their arguments, fresh for each operation. */
export interface MessagesContext {
  caller: Caller;
  loaders: MessagesLoaders & ReceiptLoaders;
  /** Null where only the hub serves subscriptions. */
  streams: Streams | null;
}
