import type { Conversation, ConversationView } from '@parley/client';
import { ArrowDown } from 'lucide-react';
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { Button } from 'react-aria-components/Button';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { dayName } from '../app/time';
import { strings } from '../strings';
import { entriesOf, type Entry } from './entries';
import styles from './history.module.css';
import { MessageRow } from './message-row';
import { titleOf } from './names';
import { useReading } from './use-reading';

/** This near to the end counts as being there; and this near to it more is loaded. In CSS pixels. */
const AT_END = 60;
const LOAD_WITHIN = 900;
/** The list has measured its rows and moved by then, in ms. */
const PLACED_AFTER = 250;

export interface HistoryProps {
  view: ConversationView;
  conversation: Conversation;
  /** A message to show, and when that was asked for. */
  target: { messageId: string; at: number } | null;
  /** Where messages that came from below are told of. */
  foot: (toNewest: React.ReactNode) => React.ReactNode;
}

/** The messages, however many: only those in sight are in the page. It keeps its place as others come above and below. */
export function History({ view, conversation, target, foot }: HistoryProps) {
  const { messages, hasOlder, hasNewer } = view;
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const isAtEnd = useRef(true);
  const [isAway, setAway] = useState(false);
  const [focusKey, setFocusKey] = useState<string | null>(null);
  const [hasBegun, setBegun] = useState(false);
  const [isPlaced, setPlaced] = useState(false);
  const [marked, setMarked] = useState<string | null>(null);
  const { unread, isKnown, seen } = useReading(view, conversation);
  const drawn = useRef<readonly Entry[]>([]);
  const entries = useMemo(() => entriesOf(messages, unread, drawn.current), [messages, unread]);
  useEffect(() => {
    drawn.current = entries;
  }, [entries]);
  const shift = useShift(entries);
  const lastKey = entries.at(-1)?.key;
  const newestSeq = messages.findLast((message) => !message.isPending)?.seq ?? 0;

  const lastVisible = () => {
    const handle = list.current;
    if (!isPlaced || !handle || entries.length === 0) return;
    const index = handle.findItemIndex(handle.scrollOffset + handle.viewportSize - 4);
    for (let at = Math.min(index, entries.length - 1); at >= 0; at--) {
      const { message } = entries[at]!;
      if (!message.isPending) return seen(message.seq);
    }
  };
  const look = () => {
    const handle = list.current;
    if (!handle) return;
    const below = handle.scrollSize - handle.scrollOffset - handle.viewportSize;
    isAtEnd.current = below < AT_END && !hasNewer;
    setAway(below > handle.viewportSize / 2 || hasNewer);
    if (handle.scrollOffset < LOAD_WITHIN && hasOlder) void conversation.loadOlder().catch(() => undefined);
    if (below < LOAD_WITHIN && hasNewer) void conversation.loadNewer().catch(() => undefined);
    lastVisible();
  };
  const toEnd = () => list.current?.scrollToIndex(entries.length - 1, { align: 'end' });

  // What is new shows by itself to who is at the end, and what they send themselves to everybody.
  const lastOwn = entries.at(-1)?.message.isOwn === true;
  useLayoutEffect(() => {
    if (isAtEnd.current || lastOwn) toEnd();
    const frame = requestAnimationFrame(look);
    return () => cancelAnimationFrame(frame);
  }, [lastKey, newestSeq, entries.length]);

  useEffect(() => {
    const element = scroller.current!;
    const observer = new ResizeObserver(() => {
      if (isAtEnd.current) toEnd();
    });
    observer.observe(element);
    // Rows grow too: with a picture that is there now.
    const rows = element.lastElementChild;
    if (rows) observer.observe(rows);
    return () => observer.disconnect();
  });

  // Who comes back begins where they stopped reading.
  useEffect(() => {
    if (!unread) return;
    const begin = async () => {
      await conversation.jumpTo({ seq: unread.after + 1 });
      setTimeout(() => setBegun(true));
    };
    void begin().catch(() => undefined);
  }, [unread, conversation]);
  useLayoutEffect(() => {
    const index = hasBegun ? entries.findIndex(({ isFirstUnread }) => isFirstUnread) : -1;
    if (index < 0) return;
    isAtEnd.current = false;
    list.current?.scrollToIndex(index, { align: 'start', offset: -40 });
  }, [hasBegun]);
  // Until then, what is in sight is only passed by.
  useEffect(() => {
    if (!isKnown || (unread && !hasBegun)) return;
    const timer = setTimeout(() => setPlaced(true), PLACED_AFTER);
    return () => clearTimeout(timer);
  }, [isKnown, unread, hasBegun]);
  useEffect(look, [isPlaced]);

  useEffect(() => {
    if (!target) return;
    const index = entries.findIndex(({ message }) => !message.isPending && message.id === target.messageId);
    if (index < 0) return;
    isAtEnd.current = false;
    list.current?.scrollToIndex(index, { align: 'center' });
    setFocusKey(entries[index]!.key);
    setMarked(entries[index]!.key);
    const timer = setTimeout(() => setMarked(null), 2_000);
    return () => clearTimeout(timer);
  }, [target]);

  const focusAt = (index: number) => {
    const entry = entries[Math.max(0, Math.min(index, entries.length - 1))];
    if (!entry) return;
    list.current?.scrollToIndex(entries.indexOf(entry), { align: 'nearest' });
    setFocusKey(entry.key);
    requestAnimationFrame(() => rowOf(scroller.current, entry.key)?.focus());
  };
  const walk = (event: KeyboardEvent) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-key]');
    if (!row || event.target !== row) return;
    const index = entries.findIndex(({ key }) => key === row.dataset.key);
    const next = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: entries.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    focusAt(next);
  };
  const focusable = entries.some(({ key }) => key === focusKey) ? focusKey : lastKey;
  const kept = entries.findIndex(({ key }) => key === focusable);
  const unreadBelow = view.messages.filter(
    (message) => !message.isPending && !message.isOwn && message.seq > view.readSeq,
  ).length;
  const toNewest = isAway && (
    <div className={styles.toNewest}>
      <Button
        className={styles.toNewestButton}
        aria-label={unreadBelow > 0 ? strings.conversation.unreadBelow(unreadBelow) : strings.conversation.toNewest}
        onPress={() => {
          isAtEnd.current = true;
          conversation.jumpToLatest();
          toEnd();
        }}
      >
        <ArrowDown size={18} aria-hidden />
        {unreadBelow > 0 && unreadBelow}
      </Button>
    </div>
  );
  return (
    <>
      <div
        ref={scroller}
        className={styles.scroller}
        role="region"
        aria-label={strings.conversation.history(titleOf(view.info, view.otherUser))}
        tabIndex={entries.length === 0 ? 0 : -1}
        onKeyDown={walk}
        onFocus={({ target: element }) =>
          setFocusKey(element.closest<HTMLElement>('[data-key]')?.dataset.key ?? focusKey)
        }
      >
        <div className={styles.spacer} />
        <Virtualizer
          ref={list}
          scrollRef={scroller}
          shift={shift}
          bufferSize={500}
          keepMounted={kept < 0 ? [] : [kept]}
          onScroll={look}
        >
          {entries.map((entry, index) => (
            <div key={entry.key}>
              {index === 0 && !hasOlder && <p className={styles.beginning}>{strings.conversation.beginning}</p>}
              {entry.isNewDay && (
                <div className={styles.day}>
                  <span>{dayName(entry.message.createdAt)}</span>
                </div>
              )}
              {entry.isFirstUnread && <div className={styles.unread}>{strings.conversation.newMessages}</div>}
              <MessageRow entry={entry} isFocusable={entry.key === focusable} isMarked={entry.key === marked} />
            </div>
          ))}
        </Virtualizer>
      </div>
      {foot(toNewest)}
    </>
  );
}

const rowOf = (within: HTMLElement | null, key: string) =>
  within?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);

/** Whether entries came in before those that were there: then the list keeps its distance to the end. */
function useShift(entries: readonly Entry[]): boolean {
  const before = useRef<string | null>(null);
  const first = entries[0]?.key ?? null;
  const isShift =
    before.current !== null && first !== before.current && entries.some(({ key }) => key === before.current);
  useLayoutEffect(() => {
    before.current = first;
  }, [first]);
  return isShift;
}
