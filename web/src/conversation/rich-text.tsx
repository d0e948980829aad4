import type { ReactNode } from 'react';
import styles from './message.module.css';

/** [start, end) in UTF-16 units, as the API counts. */
export interface Span {
  userId: string;
  start: number;
  end: number;
}

export interface RichTextProps {
  text: string;
  mentions?: readonly Span[];
  viewerId: string;
}

/** A body, with links that can be followed and mentions that stand out. Nothing in it is taken for markup. */
export function RichText({ text, mentions = [], viewerId }: RichTextProps) {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const { userId, start, end } of [...mentions].sort((a, b) => a.start - b.start)) {
    if (start < at || end > text.length) continue;
    parts.push(...linked(text.slice(at, start), at));
    parts.push(
      <span
        key={`m${start}`}
        className={userId === viewerId ? `${styles.mention} ${styles.ownMention}` : styles.mention}
      >
        {text.slice(start, end)}
      </span>,
    );
    at = end;
  }
  parts.push(...linked(text.slice(at), at));
  return <>{parts}</>;
}

const address = /\bhttps?:\/\/[^\s<>"']+/gi;

function linked(text: string, offset: number): ReactNode[] {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const match of text.matchAll(address)) {
    const url = match[0].replace(/[.,;:!?)\]}]+$/, '');
    parts.push(text.slice(at, match.index));
    parts.push(
      <a key={offset + match.index} href={url} target="_blank" rel="noopener noreferrer nofollow">
        {url}
      </a>,
    );
    at = match.index + url.length;
  }
  parts.push(text.slice(at));
  return parts;
}

/** One to three emoji and nothing else: shown large. */
export function isOnlyEmoji(text: string): boolean {
  return text.length <= 24 && /^(\p{RGI_Emoji}\s?){1,3}$/v.test(text);
}
