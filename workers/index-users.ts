import { personChange, type AccountState } from '../platform/search-index/documents.js';
import type { IndexWriter } from '../platform/search-index/port.js';
import type { Breaker } from '../platform/worker/breaker.js';
import { defineWorker, type Worker } from '../platform/worker/define-worker.js';
import { indexRetry, kept } from './index-breaker.js';

export interface IndexUsersDependencies {
  index: Pick<IndexWriter, 'writePeople'>;
  /** As they are now. */
  accounts: (userIds: string[]) => Promise<AccountState[]>;
  breaker?: Breaker;
}

/**
 * Brings people to the search index, as the directory has them when their event is handled: events only name them. Deleted and
 * suspended people leave it.
 */
export function indexUsers({ index, accounts, breaker }: IndexUsersDependencies): Worker {
  return defineWorker({
    name: 'index-users',
    events: ['UserSignedUp', 'UserUpdated', 'UserDeleted'],
    batch: { size: 500, within: 200 },
    anyOrder: true,
    breaker,
    retry: indexRetry,
    handle: async (events) => {
      const changed = await accounts([...new Set(events.map(({ userId }) => userId))]);
      if (changed.length > 0) await kept(index.writePeople(changed.map(personChange)));
    },
  });
}
