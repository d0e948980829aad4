/**
 * Shared state that may vanish at any moment and is then rebuilt: revocations, who is connected where, caches.
 * Every entry expires. Times to live are in ms. An unreachable server throws; nothing is retried here.
 */
export interface Ephemeral {
  get(key: string): Promise<string | null>;
  /** In the order asked. */
  getMany(keys: readonly string[]): Promise<(string | null)[]>;
  set(key: string, value: string, ttlMs: number): Promise<void>;
  /** True when it was absent and is now set; atomic among all processes. */
  setIfAbsent(key: string, value: string, ttlMs: number): Promise<boolean>;
  delete(...keys: string[]): Promise<void>;
  /** Puts a member into the set, or renews it; each member expires by itself. True when it was not in. */
  addMember(key: string, member: string, ttlMs: number): Promise<boolean>;
  /** True when it was in. */
  removeMember(key: string, member: string): Promise<boolean>;
  /** The living members of each set, in the order asked. */
  members(keys: readonly string[]): Promise<string[][]>;
  /** The living members of one set, each with the ms that it has left. */
  lifetimes(key: string): Promise<Map<string, number>>;
  close(): Promise<void>;
}
