import { randomBytes, timingSafeEqual } from 'node:crypto';
import { bucketOf, newUuid } from '../../platform/ids/ids.js';

/*
 * The code of an invite: its id, which says on which shard it is, and 14 random bytes, as 40 characters of base64url. It is
 * looked up by the id and then compared as a whole in constant time, so that how long a refusal takes says nothing.
 */
const ID_BYTES = 16;
const SECRET_BYTES = 14;

export function newInvite(conversationId: string): { inviteId: string; code: string } {
  const inviteId = newUuid(bucketOf(conversationId));
  const id = Buffer.from(inviteId.replaceAll('-', ''), 'hex');
  return { inviteId, code: Buffer.concat([id, randomBytes(SECRET_BYTES)]).toString('base64url') };
}

/** Null for what is no code. */
export function inviteIdIn(code: string): string | null {
  const bytes = Buffer.from(code, 'base64url');
  if (bytes.length !== ID_BYTES + SECRET_BYTES || bytes.toString('base64url') !== code) return null;
  const hex = bytes.toString('hex', 0, ID_BYTES);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Both of the length of a code. */
export function isSameCode(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
