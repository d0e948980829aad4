import type { PendingMessage, StoredMessage } from '@parley/client';
import { dayOf } from '../app/time';
import type { Unread } from './use-reading';

export type Shown = StoredMessage | PendingMessage;

/** A message, and how it stands among its neighbours. */
export interface Entry {
  /** The same before and after the server has stored it. */
  key: string;
  message: Shown;
  /** Whether a new day begins with it. */
  isNewDay: boolean;
  /** Whether the sender is another than that of the message before, or some time has passed. */
  isFirst: boolean;
  isLast: boolean;
  /** Whether it is the first that was not read when the conversation was opened. */
  isFirstUnread: boolean;
}

const TOGETHER = 5 * 60_000;

export const keyOf = (message: Shown): string => (message.isOwn ? message.clientMessageId : message.id);

/** Those that stand as they did `before` are the same objects, so that a list draws only what has changed. */
export function entriesOf(messages: readonly Shown[], unread: Unread | null, before: readonly Entry[]): Entry[] {
  const known = new Map(before.map((entry) => [entry.message, entry]));
  return standing(messages, unread).map((entry) => {
    const same = known.get(entry.message);
    return same && isSame(same, entry) ? same : entry;
  });
}

const isSame = (a: Entry, b: Entry): boolean =>
  a.isNewDay === b.isNewDay && a.isFirst === b.isFirst && a.isLast === b.isLast && a.isFirstUnread === b.isFirstUnread;

function standing(messages: readonly Shown[], unread: Unread | null): Entry[] {
  let isUnreadShown = false;
  return messages.map((message, index) => {
    const before = messages[index - 1];
    const after = messages[index + 1];
    const isUnread = unread !== null && !message.isPending && !message.isOwn && isIn(unread, message.seq);
    const isFirstUnread = isUnread && !isUnreadShown;
    isUnreadShown ||= isUnread;
    return {
      key: keyOf(message),
      message,
      isNewDay: !before || dayOf(before.createdAt) !== dayOf(message.createdAt),
      isFirst: !before || isFirstUnread || !belongTogether(before, message),
      isLast: !after || !belongTogether(message, after),
      isFirstUnread,
    };
  });
}

const isIn = ({ after, upTo }: Unread, seq: number): boolean => seq > after && seq <= upTo;

function belongTogether(a: Shown, b: Shown): boolean {
  if (isSystem(a) || isSystem(b) || a.isOwn !== b.isOwn) return false;
  if (!a.isPending && !b.isPending && a.senderId !== b.senderId) return false;
  const passed = Date.parse(b.createdAt) - Date.parse(a.createdAt);
  return passed < TOGETHER && dayOf(a.createdAt) === dayOf(b.createdAt);
}

const isSystem = (message: Shown): boolean => !message.isPending && message.kind === 'SYSTEM';
