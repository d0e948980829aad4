import type { Caller } from '../../platform/auth/caller.js';
import type { MessagesLoaders } from './loaders.js';
import type { ReceiptLoaders } from './receipt-loaders.js';

/** What resolvers get beside their arguments, fresh for each operation. */
export interface MessagesContext {
  caller: Caller;
  loaders: MessagesLoaders & ReceiptLoaders;
}
