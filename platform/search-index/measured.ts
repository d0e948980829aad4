import { Counter, Histogram, type Registry } from 'prom-client';
import type { IndexOf, SearchIndex } from './port.js';

/** Counts and times what goes through an index: search_index_writes_total, search_seconds, search_index_failures_total. */
export function measured(index: SearchIndex, registry: Registry): SearchIndex {
  const writes = new Counter({
    name: 'search_index_writes_total',
    help: 'Changes that the search index has taken, also those that it knew already',
    labelNames: ['index'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'search_seconds',
    help: 'How long a search of the index takes',
    labelNames: ['index'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const failures = new Counter({
    name: 'search_index_failures_total',
    help: 'Searches and writes that the index has not done',
    labelNames: ['index', 'call'],
    registers: [registry],
  });
  const counted = async <T>(of: IndexOf, call: 'search' | 'write', work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      failures.inc({ index: of, call });
      throw error;
    }
  };
  const search = <Query, Found>(of: IndexOf, ask: (query: Query) => Promise<Found>) => {
    return (query: Query): Promise<Found> =>
      counted(of, 'search', async () => {
        const stop = seconds.startTimer({ index: of });
        const found = await ask(query);
        stop();
        return found;
      });
  };
  const write = <Change>(of: IndexOf, send: (changes: readonly Change[]) => Promise<void>) => {
    return (changes: readonly Change[]): Promise<void> =>
      counted(of, 'write', async () => {
        await send(changes);
        writes.inc({ index: of }, changes.length);
      });
  };
  return {
    searchMessages: search('messages', (query) => index.searchMessages(query)),
    searchPeople: search('people', (query) => index.searchPeople(query)),
    searchConversations: search('conversations', (query) => index.searchConversations(query)),
    writeMessages: write('messages', (changes) => index.writeMessages(changes)),
    writePeople: write('people', (changes) => index.writePeople(changes)),
    writeConversations: write('conversations', (changes) => index.writeConversations(changes)),
    rebuild: (of) => index.rebuild(of),
    close: () => index.close(),
  };
}
