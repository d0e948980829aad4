import { createHash, randomBytes } from 'node:crypto';

/** How every key begins, so that scanners for leaked secrets find them. */
export const KEY_PREFIX = 'parley_';
/** Of a key's characters, how many are shown in lists. */
const SHOWN = KEY_PREFIX.length + 8;

export interface NewKey {
  /** Shown once. */
  secret: string;
  hash: string;
  prefix: string;
}

/** A key of 256 random bits: too many to guess, so that a plain SHA-256 is enough to keep it by. */
export function newApiKey(): NewKey {
  const secret = KEY_PREFIX + randomBytes(32).toString('base64url');
  return { secret, hash: createHash('sha256').update(secret).digest('hex'), prefix: secret.slice(0, SHOWN) };
}
