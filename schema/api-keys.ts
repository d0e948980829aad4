/** What the holder of an API key may do; see partnerFields for which scope a field needs. */
export const apiKeyScopes = [
  'MESSAGES_READ',
  'MESSAGES_WRITE',
  'CONVERSATIONS_READ',
  'CONVERSATIONS_WRITE',
  'USERS_READ',
  'WEBHOOKS_MANAGE',
] as const;
export type ApiKeyScope = (typeof apiKeyScopes)[number];

/** What a key says of who holds it. UUIDs. */
export interface ApiKeyClaims {
  /** The bot. */
  userId: string;
  /** The key itself: it is revoked as a device is signed out. */
  deviceId: string;
  scopes: ApiKeyScope[];
  /** Unix ms; null for a key that does not expire. */
  expiresAt: number | null;
  /** The bot's owner is new or unverified: so the bot may do less. */
  isNewcomer: boolean;
}

/** What routers must know of API keys. Answered from the directory by the users subgraph. */
export interface ApiKeys {
  /** By the SHA-256 of a key, hexadecimal, and notes that it is in use. Null for one that is unknown, revoked or expired. */
  claimsOf(keyHash: string): Promise<ApiKeyClaims | null>;
}
