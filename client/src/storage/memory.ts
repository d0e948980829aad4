import type { Storage } from './port.js';

/** Keeps things for as long as the page lives. `sharedAs`: for tests with several clients on one storage. */
export function memoryStorage(sharedAs: string | null = null): Storage {
  const values = new Map<string, unknown>();
  return {
    sharedAs,
    get: async (key) => structuredClone(values.get(key)),
    set: async (key, value) => void values.set(key, structuredClone(value)),
    delete: async (key) => void values.delete(key),
    entries: async (prefix) =>
      [...values]
        .filter(([key]) => key.startsWith(prefix))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => [key, structuredClone(value)]),
  };
}
