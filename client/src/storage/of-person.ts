import type { Storage } from './port.js';

/** Of all keys of what is kept for one person. */
export const prefixOf = (userId: string): string => `of/${userId}/`;

/** What a person leaves behind when their session ends. */
export async function wipe(storage: Storage, userId: string): Promise<void> {
  for (const [key] of await storage.entries(prefixOf(userId))) await storage.delete(key);
}
