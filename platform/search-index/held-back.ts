import { Fault } from '../errors/errors.js';
import { unavailable } from '../errors/report.js';
import { isHeldBack, type Breaker } from '../worker/breaker.js';
import type { SearchIndex } from './port.js';

type Searches = Pick<SearchIndex, 'searchMessages' | 'searchPeople' | 'searchConversations'>;

/** Whether the index, and not what was asked of it, is why there is no answer. */
export const isIndexOut = (error: unknown): boolean => error instanceof Fault && error.code === 'UNAVAILABLE';

/**
 * Searches that fail at once, as UNAVAILABLE, while the index is known to be out: behind one that hangs they would gather,
 * and take the places of requests that ask nothing of it.
 */
export function heldBack(index: Searches, breaker: Breaker): Searches {
  const search =
    <Query, Found>(ask: (query: Query) => Promise<Found>) =>
    async (query: Query): Promise<Found> => {
      try {
        return await breaker.call(() => ask(query));
      } catch (error) {
        throw isHeldBack(error) ? unavailable(error) : error;
      }
    };
  return {
    searchMessages: search((query) => index.searchMessages(query)),
    searchPeople: search((query) => index.searchPeople(query)),
    searchConversations: search((query) => index.searchConversations(query)),
  };
}
