import { conversationChange, type ConversationState } from '../platform/search-index/documents.js';
import type { IndexWriter } from '../platform/search-index/port.js';
import type { Breaker } from '../platform/worker/breaker.js';
import { defineWorker, type Worker } from '../platform/worker/define-worker.js';
import { indexRetry, kept } from './index-breaker.js';

export interface IndexConversationsDependencies {
  index: Pick<IndexWriter, 'writeConversations'>;
  /** As they are now; those without a title are left out. */
  conversations: (conversationIds: string[]) => Promise<ConversationState[]>;
  breaker?: Breaker;
}

/** Brings titles and descriptions to the search index, as the shards have them when the event is handled. */
export function indexConversations({ index, conversations, breaker }: IndexConversationsDependencies): Worker {
  return defineWorker({
    name: 'index-conversations',
    events: ['ConversationCreated', 'ConversationUpdated'],
    batch: { size: 500, within: 200 },
    anyOrder: true,
    breaker,
    retry: indexRetry,
    handle: async (events) => {
      const titled = events.filter((event) => event.type !== 'ConversationCreated' || event.kind !== 'DIRECT');
      const changed = await conversations([...new Set(titled.map(({ conversationId }) => conversationId))]);
      if (changed.length > 0) await kept(index.writeConversations(changed.map(conversationChange)));
    },
  });
}
