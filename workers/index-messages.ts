import { Histogram, type Registry } from 'prom-client';
import { messageChange, newest } from '../platform/search-index/documents.js';
import type { IndexWriter } from '../platform/search-index/port.js';
import type { Breaker } from '../platform/worker/breaker.js';
import { defineWorker, type Worker } from '../platform/worker/define-worker.js';
import { indexRetry, kept } from './index-breaker.js';

export interface IndexMessagesDependencies {
  index: Pick<IndexWriter, 'writeMessages'>;
  breaker?: Breaker;
  registry?: Registry;
}

/**
 * Brings messages to the search index, each as its newest event has it. The index drops by version what is older, so events
 * may come again and in any order. Reactions and pins change nothing that is searched.
 */
export function indexMessages({ index, breaker, registry }: IndexMessagesDependencies): Worker {
  const lag = indexLag(registry);
  return defineWorker({
    name: 'index-messages',
    events: ['MessageSent', 'MessageEdited', 'MessageDeleted', 'MessageExpired', 'MessageFailed'],
    batch: { size: 500, within: 200 },
    anyOrder: true,
    breaker,
    retry: indexRetry,
    handle: async (events) => {
      const changes = events.flatMap(
        ({ message, conversationVersion }) => messageChange(message, conversationVersion) ?? [],
      );
      if (changes.length > 0) await kept(index.writeMessages(newest(changes)));
      for (const { at } of events) lag.observe((Date.now() - Date.parse(at)) / 1000);
    },
  });
}

function indexLag(registry: Registry | undefined): Histogram {
  return new Histogram({
    name: 'search_index_lag_seconds',
    help: 'From a change of a message to its being in the search index',
    buckets: [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 600, 3_600],
    registers: registry ? [registry] : [],
  });
}
