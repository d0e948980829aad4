import { Fault, UserFault } from '../../platform/errors/errors.js';
import type { PolicyChange } from './change-store.js';
import type { ConversationPolicyInput } from './inputs.js';

/** Members of a group at most. */
export const GROUP_LIMIT = 256;
/** People that one mutation adds or removes at most. */
const AT_ONCE = 256;

const DAY = 86_400;
const YEAR = 365 * DAY;
const bounds = {
  editWindowSeconds: [0, 10 * YEAR],
  deleteWindowSeconds: [0, 10 * YEAR],
  slowModeSeconds: [0, DAY],
  messageTtlSeconds: [1, YEAR],
} as const;

/** Throws INVALID_INPUT where it is too short, too long, or cannot be stored. */
function checkText(path: string[], what: string, text: string, least: number, most: number): string {
  const length = [...text].length;
  if (length < least || length > most)
    throw new UserFault('INVALID_INPUT', path, `${what} has ${least} to ${most} characters.`);
  if (text.includes('\0') || !text.isWellFormed())
    throw new UserFault('INVALID_INPUT', path, `${what} contains a character that cannot be stored.`);
  return text;
}

export const checkMutationId = (id: string) => checkText(['clientMutationId'], 'clientMutationId', id, 1, 64);
export const checkTitle = (title: string) => checkText(['title'], 'A title', title.trim(), 1, 100);

/** Null for an empty one. */
export function checkDescription(description: string | null | undefined): string | null {
  return checkText(['description'], 'A description', (description ?? '').trim(), 0, 1_000) || null;
}

export function checkPolicy(policy: ConversationPolicyInput | null | undefined): PolicyChange {
  const change: PolicyChange = {};
  if (!policy) return change;
  if (policy.whoCanSend != null) change.whoCanSend = policy.whoCanSend;
  if (policy.whoCanInvite != null) change.whoCanInvite = policy.whoCanInvite;
  for (const field of Object.keys(bounds) as (keyof typeof bounds)[]) {
    const [least, most] = bounds[field];
    const seconds = policy[field];
    if (seconds == null) continue;
    if (seconds < least || seconds > most)
      throw new UserFault('INVALID_INPUT', ['policy', field], `${field} is ${least} to ${most}.`);
    change[field] = seconds;
  }
  if (policy.messageTtlSeconds === null) change.messageTtlSeconds = null;
  return change;
}

export function checkCount(ids: readonly unknown[], path: string[]): void {
  if (ids.length > AT_ONCE) throw new UserFault('INVALID_INPUT', path, `At most ${AT_ONCE} people at once.`);
}

/** `first` of a connection. Throws BAD_USER_INPUT outside 1 to 100. */
export function checkFirst(first: number): number {
  if (first < 1 || first > 100) throw new Fault('BAD_USER_INPUT', 'first is 1 to 100.');
  return first;
}
