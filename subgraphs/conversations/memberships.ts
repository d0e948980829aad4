import type { Memberships } from '../../schema/memberships.js';
import { directPlace } from '../../platform/ids/direct-key.js';
import type { ConversationStore } from './store.js';

/** Who is where, for other subgraphs. */
export class StoredMemberships implements Memberships {
  constructor(private readonly store: ConversationStore) {}

  isMember(conversationId: string, userId: string): Promise<boolean> {
    return this.store.isMember(conversationId, userId);
  }

  membersOf(conversationId: string, limit: number): Promise<string[]> {
    return this.store.memberIds(conversationId, limit);
  }

  async directContacts(userId: string, others: readonly string[]): Promise<Set<string>> {
    const places = new Map(
      others.filter((other) => other !== userId).map((other) => [other, directPlace(userId, other)]),
    );
    const found = await this.store.directs([...places.values()]);
    return new Set([...places].flatMap(([other, { key }]) => (found.has(key) ? [other] : [])));
  }
}
