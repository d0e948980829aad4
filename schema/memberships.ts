/** What other subgraphs must know of who is where. Answered from the shards by the conversations subgraph. UUIDs. */
export interface Memberships {
  /** Current member? Read uncached. */
  isMember(conversationId: string, userId: string): Promise<boolean>;
  /** At most `limit` current members. */
  membersOf(conversationId: string, limit: number): Promise<string[]>;
  /** Of the others, those with whom the person has a direct conversation. */
  directContacts(userId: string, others: readonly string[]): Promise<Set<string>>;
}
