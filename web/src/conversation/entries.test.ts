import { expect, test } from '@jest/globals';
import type { Shown } from './entries';

// Node has one from version 21 on.
const isMissing = !('navigator' in globalThis);
if (isMissing) Object.defineProperty(globalThis, 'navigator', { value: { languages: ['en-GB'] }, configurable: true });
const { entriesOf } = await import('./entries');
if (isMissing) Reflect.deleteProperty(globalThis, 'navigator');

const message = (seq: number, senderId: string) =>
  ({
    id: `msg_${seq}`,
    seq,
    senderId,
    kind: 'TEXT',
    isPending: false,
    isOwn: false,
    createdAt: `2026-01-02T10:00:0${seq}Z`,
  }) as Partial<Shown> as Shown;

test('a message that comes draws none of those before it but its neighbour', () => {
  const messages = [message(1, 'ann'), message(2, 'ann'), message(3, 'ann')];
  const before = entriesOf(messages, null, []);
  const now = entriesOf([...messages, message(4, 'ann')], null, before);
  expect(now[0]).toBe(before[0]);
  expect(now[1]).toBe(before[1]);
  // It was the last of its sender's.
  expect(now[2]).toMatchObject({ message: messages[2], isLast: false });
  expect(entriesOf([...messages, message(4, 'bob')], null, before)[2]).toBe(before[2]);
});

test('a message that has changed is drawn again, and so is one that stands elsewhere', () => {
  const [first, second, third] = [message(1, 'ann'), message(2, 'ann'), message(3, 'ann')];
  const before = entriesOf([first, second, third], null, []);
  const edited = { ...second };
  expect(entriesOf([first, edited, third], null, before).map((entry) => entry.message)).toEqual([first, edited, third]);
  expect(entriesOf([second, third], null, before)[0]).toMatchObject({ message: second, isFirst: true, isNewDay: true });
  const unread = entriesOf([first, second, third], { after: 1, upTo: 3 }, before);
  expect(unread.map(({ isFirstUnread }) => isFirstUnread)).toEqual([false, true, false]);
});
