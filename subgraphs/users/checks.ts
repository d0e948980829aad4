import { Fault, UserFault } from '../../platform/errors/errors.js';
import { DELETED_PREFIX } from './handles.js';

export type UserErrorCode =
  | 'INVALID_INPUT'
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'CONFLICT'
  | 'RATE_LIMITED'
  | 'QUOTA_EXCEEDED'
  | 'EMAIL_TAKEN'
  | 'HANDLE_TAKEN'
  | 'WRONG_CREDENTIALS'
  | 'WEAK_PASSWORD'
  | 'CODE_EXPIRED'
  | 'ACCOUNT_SUSPENDED';

/** INVALID_INPUT at one input field. */
export function invalid(path: string[], message: string): UserFault<UserErrorCode> {
  return new UserFault('INVALID_INPUT', path, message);
}

/** Postgres stores no U+0000: refused before it gets there. */
export function checkNoNul(path: string[], text: string): string {
  if (text.includes('\0')) throw invalid(path, 'This text contains the character U+0000, which cannot be stored.');
  return text;
}

const handlePattern = /^[a-z0-9_]{3,30}$/;

export function isHandle(text: string): boolean {
  return handlePattern.test(text);
}

export function checkHandle(handle: string): string {
  if (!isHandle(handle))
    throw invalid(['handle'], 'A handle is 3 to 30 of the lower-case letters a-z, the digits 0-9 and _.');
  if (handle.startsWith(DELETED_PREFIX))
    throw invalid(['handle'], `Handles that begin with ${DELETED_PREFIX} stand for deleted accounts. Choose another.`);
  return handle;
}

/** A name on one line, without the spaces around it. */
export function checkName(path: string[], what: string, name: string): string {
  checkNoNul(path, name);
  const trimmed = name.trim();
  const length = lengthOf(trimmed);
  if (length < 1 || length > 80) throw invalid(path, `${what} has 1 to 80 characters.`);
  if (/\p{Cc}/u.test(trimmed)) throw invalid(path, `${what} is one line of text, without control characters.`);
  return trimmed;
}

/** Null when nothing is left of it. */
export function checkBio(bio: string | null): string | null {
  if (bio === null) return null;
  const trimmed = checkNoNul(['bio'], bio).trim();
  if (lengthOf(trimmed) > 500) throw invalid(['bio'], 'A bio has at most 500 characters.');
  return trimmed || null;
}

/** Text beside a choice, up to 1,000 characters; null when nothing is left of it. */
export function checkRemark(path: string[], remark: string | null | undefined): string | null {
  if (remark == null) return null;
  const trimmed = checkNoNul(path, remark).trim();
  if (lengthOf(trimmed) > 1_000) throw invalid(path, 'This text has at most 1,000 characters.');
  return trimmed || null;
}

/** `first` of a connection. Throws BAD_USER_INPUT outside 1 to 100. */
export function checkFirst(first: number): number {
  if (first < 1 || first > 100) throw new Fault('BAD_USER_INPUT', 'first is 1 to 100.');
  return first;
}

export function checkNewPassword(path: string[], password: string): string {
  checkNoNul(path, password);
  const length = lengthOf(password);
  if (length < 8) throw new UserFault<UserErrorCode>('WEAK_PASSWORD', path, 'A password has at least 8 characters.');
  if (length > 128) throw invalid(path, 'A password has at most 128 characters.');
  return password;
}

/** An id that a client made up. */
export function checkClientId(path: string[], id: string): string {
  checkNoNul(path, id);
  if (id.length < 1 || id.length > 128) throw invalid(path, 'An id made up by the client has 1 to 128 characters.');
  return id;
}

/** Characters as people count them, nearly: code points, not UTF-16 units. */
function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}
