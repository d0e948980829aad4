import type { Member } from '@parley/client';
import type { MentionInput } from '@parley/client/operations';
import { nameOf } from './names';

/** Somebody who was picked, and how they stand in the text. */
export interface Picked {
  userId: string;
  text: string;
}

/** What is being typed behind an @ at the caret; null where nothing is. */
export function mentionAt(text: string, caret: number): { start: number; query: string } | null {
  const match = /(?:^|[\s(])@([\p{L}\p{N}_.-]{0,30})$/u.exec(text.slice(0, caret));
  return match ? { start: caret - match[1]!.length - 1, query: match[1]! } : null;
}

/** Whose name or handle begins so, at most eight. */
export function candidates(members: readonly Member[], query: string, viewerId: string): Member[] {
  const wanted = query.toLocaleLowerCase();
  return members
    .filter(({ user, userId }) => user && !user.isDeleted && userId !== viewerId)
    .filter(({ user }) =>
      [user!.handle, ...user!.displayName.split(/\s+/)].some((word) => word.toLocaleLowerCase().startsWith(wanted)),
    )
    .slice(0, 8);
}

export const asPicked = ({ userId, user }: Member): Picked => ({ userId, text: `@${nameOf(user)}` });

/** Where those who were picked still stand in the text. */
export function mentionsIn(text: string, picked: readonly Picked[]): MentionInput[] {
  const found: MentionInput[] = [];
  const longestFirst = [...picked].sort((a, b) => b.text.length - a.text.length);
  for (const { userId, text: name } of longestFirst)
    for (let start = text.indexOf(name); start >= 0; start = text.indexOf(name, start + name.length)) {
      const end = start + name.length;
      if (found.every((other) => end <= other.start || start >= other.end)) found.push({ userId, start, end });
    }
  return found.sort((a, b) => a.start - b.start);
}
