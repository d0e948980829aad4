import { useEffect, useRef, useState } from 'react';
import type { Shown } from './entries';
import { nameOf, otherContent } from './names';

/** Reads what others write to who uses a screen reader; what was there at first is not read. */
export function Announcer({ messages }: { messages: readonly Shown[] }) {
  const [text, setText] = useState('');
  const told = useRef<number | null>(null);
  const newest = messages.findLast((message) => !message.isPending);
  useEffect(() => {
    if (!newest || newest.isPending) return;
    const before = told.current;
    told.current = Math.max(before ?? 0, newest.seq);
    if (before === null || newest.seq <= before || newest.isOwn || newest.systemEvent) return;
    setText(`${nameOf(newest.sender)}: ${newest.body || otherContent(newest.kind)}`);
  }, [newest]);
  return (
    <div className="hidden-text" role="log" aria-live="polite">
      {text}
    </div>
  );
}
