import type { Ephemeral } from './port.js';

const SWEEP_MS = 30_000;

interface Entry {
  value: string;
  /** Unix ms */
  expiresAt: number;
}

/** Within one process. What has expired is never seen again, and leaves memory within half a minute. */
export class EmbeddedEphemeral implements Ephemeral {
  private readonly values = new Map<string, Entry>();
  /** Expiry by member. */
  private readonly sets = new Map<string, Map<string, number>>();
  private readonly sweeper = setInterval(() => this.sweep(), SWEEP_MS).unref();

  async get(key: string): Promise<string | null> {
    return this.read(key);
  }

  async getMany(keys: readonly string[]): Promise<(string | null)[]> {
    return keys.map((key) => this.read(key));
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    this.values.set(key, { value, expiresAt: Date.now() + ttlMs });
  }

  async setIfAbsent(key: string, value: string, ttlMs: number): Promise<boolean> {
    if (this.read(key) !== null) return false;
    this.values.set(key, { value, expiresAt: Date.now() + ttlMs });
    return true;
  }

  async delete(...keys: string[]): Promise<void> {
    for (const key of keys) {
      this.values.delete(key);
      this.sets.delete(key);
    }
  }

  async addMember(key: string, member: string, ttlMs: number): Promise<boolean> {
    const set = this.sets.get(key) ?? new Map<string, number>();
    const isNew = !isLiving(set.get(member));
    this.sets.set(key, set.set(member, Date.now() + ttlMs));
    return isNew;
  }

  async removeMember(key: string, member: string): Promise<boolean> {
    const set = this.sets.get(key);
    const wasIn = isLiving(set?.get(member));
    if (set?.delete(member) && set.size === 0) this.sets.delete(key);
    return wasIn;
  }

  async members(keys: readonly string[]): Promise<string[][]> {
    const now = Date.now();
    return keys.map((key) => {
      const living: string[] = [];
      for (const [member, expiresAt] of this.sets.get(key) ?? []) if (expiresAt > now) living.push(member);
      return living;
    });
  }

  async lifetimes(key: string): Promise<Map<string, number>> {
    const now = Date.now();
    const living = [...(this.sets.get(key) ?? [])].filter(([, expiresAt]) => expiresAt > now);
    return new Map(living.map(([member, expiresAt]) => [member, expiresAt - now]));
  }

  async close(): Promise<void> {
    clearInterval(this.sweeper);
    this.values.clear();
    this.sets.clear();
  }

  /** Entries that memory holds, expired ones included. */
  get size(): number {
    let members = 0;
    for (const set of this.sets.values()) members += set.size;
    return this.values.size + members;
  }

  private read(key: string): string | null {
    const entry = this.values.get(key);
    if (!entry) return null;
    if (entry.expiresAt > Date.now()) return entry.value;
    this.values.delete(key);
    return null;
  }

  private sweep(): void {
    const now = Date.now();
    for (const [key, { expiresAt }] of this.values) if (expiresAt <= now) this.values.delete(key);
    for (const [key, set] of this.sets) {
      for (const [member, expiresAt] of set) if (expiresAt <= now) set.delete(member);
      if (set.size === 0) this.sets.delete(key);
    }
  }
}

function isLiving(expiresAt: number | undefined): boolean {
  return expiresAt !== undefined && expiresAt > Date.now();
}
