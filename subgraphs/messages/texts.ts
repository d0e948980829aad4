import { UserFault } from '../../platform/errors/errors.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import type { MessageSnapshot } from '../../schema/events.js';

/** In Unicode code points: what most people would call characters, and the same in every language. */
const MAX_BODY = 8_000;
const MAX_CLIENT_MESSAGE_ID = 64;
const MAX_MENTIONS = 20;

/** U+0000, which Postgres has no place for, and halves of surrogate pairs, which UTF-8 has none for. */
const unstorable = /[\0\p{Surrogate}]/u;

export type Mentions = NonNullable<MessageSnapshot['mentions']>;

export interface MentionDraft {
  /** Public id. */
  userId: string;
  start: number;
  end: number;
}

/** `mayBeEmpty`: the message carries something else. */
export function checkBody(body: string, mayBeEmpty = false): void {
  if (!mayBeEmpty && isBlank(body)) throw new UserFault('INVALID_INPUT', ['body'], 'Write something.');
  if (isLonger(body, MAX_BODY))
    throw new UserFault('INVALID_INPUT', ['body'], 'A message has at most 8,000 characters.');
  checkStorable('body', body);
}

export const isBlank = (body: string) => body.trim() === '';

export function checkClientMessageId(clientMessageId: string): void {
  if (clientMessageId === '' || isLonger(clientMessageId, MAX_CLIENT_MESSAGE_ID))
    throw new UserFault('INVALID_INPUT', ['clientMessageId'], `Give 1 to ${MAX_CLIENT_MESSAGE_ID} characters.`);
  checkStorable('clientMessageId', clientMessageId);
}

/** Whether the people mentioned are members is for the database to say. */
export function toMentions(body: string, drafts: readonly MentionDraft[]): Mentions {
  if (drafts.length > MAX_MENTIONS)
    throw new UserFault('INVALID_INPUT', ['mentions'], `Mention at most ${MAX_MENTIONS} times in a message.`);
  return drafts.map(({ userId, start, end }, index) => {
    const at = ['mentions', String(index)];
    if (start < 0 || end <= start || end > body.length)
      throw new UserFault('INVALID_INPUT', [...at, 'start'], 'A mention is a part of the body: [start, end).');
    const uuid = fromPublicId('user', userId);
    if (!uuid) throw new UserFault('INVALID_INPUT', [...at, 'userId'], 'Mention members of the conversation.');
    return { userId: uuid, start, end };
  });
}

function checkStorable(field: string, text: string): void {
  if (unstorable.test(text))
    throw new UserFault('INVALID_INPUT', [field], 'This is not valid Unicode text, or contains U+0000.');
}

function isLonger(text: string, codePoints: number): boolean {
  if (text.length <= codePoints) return false;
  if (text.length > 2 * codePoints) return true;
  return [...text].length > codePoints;
}
