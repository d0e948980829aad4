/** Who may learn something of a person, or open a direct conversation with them. */
export type PrivacyAudience = 'EVERYONE' | 'DIRECT_CONTACTS' | 'NOBODY';

export interface Privacy {
  lastSeen: PrivacyAudience;
  /** Off: others see no read state of the person, and the person sees none of others. */
  readReceipts: boolean;
  typingIndicators: boolean;
  /** Who may open a direct conversation with the person. */
  directMessages: PrivacyAudience;
}

/** What somebody has who never changed a setting. */
export const defaultPrivacy: Privacy = {
  lastSeen: 'EVERYONE',
  readReceipts: true,
  typingIndicators: true,
  directMessages: 'EVERYONE',
};

/** What other subgraphs must know of people. Answered from the directory by the users subgraph. UUIDs. */
export interface People {
  /** Those whose accounts exist and are not deleted. */
  known(userIds: readonly string[]): Promise<Set<string>>;
  /** Of the others, those who have blocked the person or whom the person has blocked. Read uncached: writes depend on it. */
  blocked(userId: string, others: readonly string[]): Promise<Set<string>>;
  /**
   * Of the others, those whom the person may come across: their accounts exist, are neither deleted nor suspended, and
   * nobody of the two has blocked the other. Read uncached.
   */
  findable(userId: string, others: readonly string[]): Promise<Set<string>>;
  /** One entry for each id asked; the default for unknown ones. May be a few seconds old. */
  privacy(userIds: readonly string[]): Promise<Map<string, Privacy>>;
}
