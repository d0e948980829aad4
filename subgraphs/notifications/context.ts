import type { Caller } from '../../platform/auth/caller.js';

/** What resolvers get beside their arguments, fresh for each operation. */
export interface NotificationsContext {
  caller: Caller;
}
