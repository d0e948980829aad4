import { createStore, del, entries, get, set } from 'idb-keyval';
import type { Storage } from './port.js';

/** IndexedDB, in a database of this name; all tabs of the origin see the same. */
export function indexedDbStorage(name = 'parley'): Storage {
  const store = createStore(name, 'values');
  return {
    sharedAs: name,
    get: (key) => get(key, store),
    set: (key, value) => set(key, value, store),
    delete: (key) => del(key, store),
    // The client keeps some hundred keys at most; IndexedDB gives them in order.
    entries: async (prefix) => (await entries<string, unknown>(store)).filter(([key]) => key.startsWith(prefix)),
  };
}
