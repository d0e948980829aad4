import { history, historyBackwards, newestSeq, post, type ChatMessage, type Send } from './chat.js';
import type { Device, Ending } from './client.js';
import type { Following } from './following.js';
import { inboxOf } from './inbox-invariants.js';
import { inParallel, insist, same } from './insist.js';
import { eventually } from './wait-for.js';

/*
 * What must hold of a Parley at any moment, whatever happened to it before: DESIGN §17. Each function throws what is
 * wrong. These look through the API, as a client can, and so do those of cursors, of inboxes and of search beside this
 * file; those of the database look into it.
 */

/** 1: an acknowledged send is stored, once, and the same clientMessageId gets the same id and seq for ever. */
export async function ackedOnce(sends: readonly Send[]): Promise<void> {
  insist(sends.length > 0, 'Nothing was sent.');
  await inParallel(sends, async (send) => {
    const first = send.acked;
    insist(first !== null, 'Never acknowledged:', send.body);
    const again = await post({ ...send, body: `${send.body} (again)` });
    insist(
      again.id === first.id && again.seq === first.seq && again.body === send.body,
      'A retry got another message:',
      first,
      again,
    );
  });
  for (const [conversationId, those] of byConversation(sends)) {
    const [any] = those;
    const stored = count(
      await history(any!.sender, conversationId),
      ({ clientMessageId, senderId }) => `${senderId} ${clientMessageId}`,
    );
    for (const { sender, clientMessageId, acked } of those) {
      const times = stored.get(`${sender.userId} ${clientMessageId}`) ?? 0;
      insist(times === 1, `Acknowledged, but ${times} times in the history:`, acked);
    }
  }
}

/** 2: seq is 1 to n, no hole and no repeat, read forwards and backwards. For someone who was there from the start. */
export async function denseSeq(viewer: Device, conversationId: string): Promise<ChatMessage[]> {
  const forwards = await history(viewer, conversationId);
  for (const [index, { seq }] of forwards.entries())
    insist(seq === index + 1, `seq ${seq} stands where ${index + 1} should.`);
  const backwards = await historyBackwards(viewer, conversationId, 63);
  insist(same(forwards, backwards), 'Read backwards, the history differs.', forwards.at(-1), backwards.at(-1));
  return forwards;
}

/** 3: the device saw each message once, in seq order; and what it saw, live and resumed, is the history from `from` on. */
export async function sawHistory(following: Following, from = 1): Promise<void> {
  const who = following.device.person.handle;
  insist(following.failures.length === 0, `${who} was told errors:`, following.failures);
  const stored = (await history(following.device, following.conversationId)).filter(({ seq }) => seq >= from);
  const seen = following.messages;
  for (let i = 1; i < seen.length; i++)
    insist(seen[i]!.seq > seen[i - 1]!.seq, `${who} saw seq ${seen[i]!.seq} after ${seen[i - 1]!.seq}.`);
  const missing = stored.filter(({ id }) => !seen.some((message) => message.id === id));
  insist(missing.length === 0, `${who} was never told of`, missing);
  insist(same(seen, stored), `${who} saw other messages than are stored.`, seen.at(-1), stored.at(-1), [
    seen.length,
    stored.length,
  ]);
}

/** As sawHistory, once the follower has got there: the history is read as a whole when it may have. */
export async function comesToHistory(following: Following, from = 1, limit = 10_000): Promise<void> {
  await eventually(async () => {
    const newest = await newestSeq(following.device, following.conversationId);
    if (newest >= from) await following.untilSeq(newest, limit);
    await sawHistory(following, from);
  }, limit);
}

/**
 * 6: unread counts equal a recount: what the viewer may read after the newest that they have read, which is no less than
 * the newest message of their own. Inboxes follow, so this waits for them. For people who joined once and stayed.
 */
export async function unreadIsRecount(viewer: Device, limit = 10_000): Promise<void> {
  await eventually(async () => {
    const { items, unreadCount } = await inboxOf(viewer);
    let total = 0;
    for (const { conversationId, unreadCount: told, lastMessage } of items.values()) {
      const messages = await history(viewer, conversationId);
      const own = messages.findLast(({ senderId }) => senderId === viewer.userId)?.seq ?? 0;
      const read = await readSeqOf(viewer, conversationId);
      insist(read >= own, `${viewer.person.handle} has not read their own message ${own}, but up to ${read}.`);
      const recount = messages.filter(({ seq }) => seq > read).length;
      insist(
        told === recount,
        `${viewer.person.handle} has ${told} unread in ${conversationId}, but a recount says ${recount}.`,
      );
      insist(
        lastMessage?.seq === messages.at(-1)?.seq,
        'The last message of an inbox item is not the last.',
        lastMessage,
        messages.at(-1),
      );
      total += recount;
    }
    insist(
      unreadCount === total,
      `${viewer.person.handle} has ${unreadCount} unread in all, but a recount says ${total}.`,
    );
  }, limit);
}

async function readSeqOf(viewer: Device, conversationId: string): Promise<number> {
  const { conversation } = await viewer.query<{ conversation: { viewerMember: { readSeq: number } } }>(
    'query ($id: ID!) { conversation(id: $id) { viewerMember { readSeq } } }',
    { id: conversationId },
  );
  return conversation.viewerMember.readSeq;
}

/** 5: watermarks only move forward, and read ≤ delivered, in what a follower was told. */
export function marksMoveForward(following: Following): void {
  const last = new Map<string, { deliveredSeq: number; readSeq: number | null }>();
  for (const mark of following.events.flatMap(({ watermarks }) => watermarks ?? [])) {
    const before = last.get(mark.userId);
    insist((mark.readSeq ?? 0) <= mark.deliveredSeq, 'Read, but not delivered:', mark);
    insist(
      !before || (mark.deliveredSeq >= before.deliveredSeq && (mark.readSeq ?? 0) >= (before.readSeq ?? 0)),
      'A watermark went back:',
      before,
      mark,
    );
    last.set(mark.userId, mark);
  }
}

/** 7: the stream of a person who was removed ended within a second, and told nothing that came after the removal. */
export function silentAfterRemoval(following: Following, removedAt: number, lastSeq: number): void {
  const { ending, told, device } = following;
  insist(ending !== null, 'The stream of a removed person goes on.');
  insist(
    ending.at - removedAt <= 1_000,
    `The stream of a removed person ended ${Math.round(ending.at - removedAt)} ms later.`,
    ending,
  );
  insist(endsRightly(ending), 'The stream of a removed person ended as if it could be resumed:', ending);
  const late = told.filter(({ event, at }) => at - removedAt > 1_000 || (event.message?.seq ?? 0) > lastSeq);
  insist(late.length === 0, `${device.person.handle} was removed, and told:`, late);
}

const endsRightly = (ending: Ending) =>
  ending.how === 'complete' || (ending.how === 'errors' && ending.codes.every((code) => code === 'FORBIDDEN'));

function byConversation(sends: readonly Send[]): Map<string, Send[]> {
  const groups = new Map<string, Send[]>();
  for (const send of sends) groups.set(send.conversationId, [...(groups.get(send.conversationId) ?? []), send]);
  return groups;
}

function count<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}
