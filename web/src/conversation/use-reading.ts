import type { Conversation, ConversationView } from '@parley/client';
import { useEffect, useRef, useState } from 'react';

/** The seqs (after, upTo]. */
export interface Unread {
  after: number;
  upTo: number;
}

export interface Reading {
  /** What was there and not read when the conversation was opened; null: nothing. */
  unread: Unread | null;
  /** Whether that is known. */
  isKnown: boolean;
  /** A message up to this seq is in sight. */
  seen: (seq: number) => void;
}

const isLooking = (): boolean => document.visibilityState === 'visible' && document.hasFocus();

/** Marks as read what the person has in sight while they look at the page. */
export function useReading(view: ConversationView, conversation: Conversation): Reading {
  const [atFirst, setAtFirst] = useState<Unread | null>(null);
  const inSight = useRef(0);
  const newest = view.messages.findLast((message) => !message.isPending)?.seq ?? 0;
  // Before it is live, what is shown may be from yesterday.
  if (atFirst === null && view.state === 'live') setAtFirst({ after: view.readSeq, upTo: newest });
  const isReader = view.isMember && atFirst !== null;
  const seen = (seq: number) => {
    inSight.current = Math.max(inSight.current, seq);
    if (isReader && isLooking() && inSight.current > 0) conversation.markRead(inSight.current);
  };
  useEffect(() => {
    const look = () => seen(inSight.current);
    addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    look();
    return () => {
      removeEventListener('focus', look);
      document.removeEventListener('visibilitychange', look);
    };
  });
  return { isKnown: atFirst !== null, unread: atFirst && atFirst.upTo > atFirst.after ? atFirst : null, seen };
}
