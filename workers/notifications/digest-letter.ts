import type { Letter } from '../../platform/mail/port.js';
import type { Situation, UnreadMessage } from './situations.js';
import { excerptOf } from './wording.js';

/** Unread messages of one conversation. */
export interface DigestEntry extends Pick<Situation, 'kind' | 'title'> {
  count: number;
  /** The newest ones, newest first. */
  messages: UnreadMessage[];
  /** Of their senders. */
  names: ReadonlyMap<string, string>;
}

/** Messages of one conversation that are quoted, at most. */
const QUOTED = 3;

/** Who reads this in a mail program sees how much is unread; who said what, and where, only with previews on. */
export function digestLetter(options: {
  to: string;
  entries: DigestEntry[];
  showPreview: boolean;
  /** Where the person reads them. */
  url: string;
  unsubscribe: string;
}): Letter {
  const { to, entries, showPreview, url, unsubscribe } = options;
  const count = entries.reduce((sum, entry) => sum + entry.count, 0);
  const what = count === 1 ? '1 unread message' : `${count} unread messages`;
  const where = entries.length === 1 ? 'a conversation' : `${entries.length} conversations`;
  const headline = `You have ${what} in ${where}.`;
  const shown = showPreview ? entries.map(toShown) : [];
  const quotes = shown.flatMap(({ heading, lines, rest }) => [
    heading,
    ...lines.map((line) => `  ${line}`),
    ...rest,
    '',
  ]);
  const text = [
    headline,
    '',
    ...quotes,
    'Read them here:',
    url,
    '',
    'You get this letter because you have been away. To get no more of them, open this:',
    unsubscribe,
  ].join('\n');
  return {
    to,
    subject: `${what} in Parley`,
    text,
    html: toHtml(headline, shown, url, unsubscribe),
    unsubscribe,
    action: url,
  };
}

interface Shown {
  heading: string;
  lines: string[];
  rest: string[];
}

function toShown({ title, count, messages, names }: DigestEntry): Shown {
  const nameOf = ({ senderId }: UnreadMessage) => oneLine(names.get(senderId) || 'Somebody');
  const quoted = messages.slice(0, QUOTED).reverse();
  const more = count - quoted.length;
  return {
    heading: oneLine(title ?? (quoted[0] ? nameOf(quoted[0]) : '')),
    lines: quoted.map((message) => `${nameOf(message)}: ${excerptOf(message)}`),
    rest: more > 0 ? [`  and ${more} more`] : [],
  };
}

function toHtml(headline: string, shown: Shown[], url: string, unsubscribe: string): string {
  const paragraphs = shown.map(
    ({ heading, lines, rest }) =>
      `<h2>${escape(heading)}</h2>\n${[...lines, ...rest].map((line) => `<p>${escape(line.trim())}</p>`).join('\n')}`,
  );
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><title>Parley</title></head><body>',
    `<p>${escape(headline)}</p>`,
    ...paragraphs,
    `<p><a href="${escape(url)}">Read them in Parley</a></p>`,
    `<p><small>You get this letter because you have been away. <a href="${escape(unsubscribe)}">Get no more of them</a></small></p>`,
    '</body></html>',
    '',
  ].join('\n');
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character]!);
}
