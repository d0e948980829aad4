import { createHash, createHmac, randomBytes } from 'node:crypto';

/** Refresh tokens live for 30 days, counted anew with each rotation. */
export const REFRESH_TOKEN_DAYS = 30;
/** For how long the same token with the same clientMutationId gives the first result again, seconds. */
export const REPEAT_WINDOW = 60;

/** 256 random bits, base64url. */
export function newRefreshToken(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * The token that follows `token`. Derived, not drawn: a repeated refresh hands out the same successor although only
 * hashes are stored. The secret keeps a stolen old token from telling its successors.
 */
export function successorOf(token: string, clientMutationId: string, secret: Buffer): string {
  return createHmac('sha256', secret).update(`${token}\n${clientMutationId}`).digest('base64url');
}

/** What is stored of a token: SHA-256, hex. A random token needs no salt and no slow hash. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
