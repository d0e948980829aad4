import { fromPublicId } from '../platform/ids/ids.js';
import { history, historyBackwards, post, type ChatMessage, type Send } from './chat.js';
import type { Device, Ending } from './client.js';
import type { Database } from './database.js';
import type { ConversationEvent, Following } from './following.js';
import { eventually } from './wait-for.js';

/*
 * What must hold of a Parley at any moment, whatever happened to it before: DESIGN §17. Each function throws what is
 * wrong. They look through the API, as a client can, and into the database where one is given.
 */

function insist(condition: boolean, what: string, ...evidence: unknown[]): asserts condition {
  if (!condition) throw new Error(`${what} ${evidence.map((each) => JSON.stringify(each)).join(' ')}`.slice(0, 3_000));
}

const inParallel = async <T>(items: readonly T[], work: (item: T) => Promise<void>, lanes = 8): Promise<void> => {
  const queue = [...items];
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
    }),
  );
};

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

/** As sawHistory, once the follower has got there. */
export async function comesToHistory(following: Following, from = 1, limit = 10_000): Promise<void> {
  await eventually(() => sawHistory(following, from), limit);
}

interface State {
  messages: Map<string, ChatMessage>;
  members: Map<string, string>;
}

/** The state that a client holds after these events, on top of what it held before. */
export function applyEvents(state: State, events: readonly ConversationEvent[]): State {
  const messages = new Map(state.messages);
  const members = new Map(state.members);
  for (const event of events) {
    if (event.message) messages.set(event.message.id, event.message);
    if (event.__typename === 'MemberChanged' && event.userId !== undefined)
      if (event.isMember && event.member) members.set(event.userId, event.member.role);
      else members.delete(event.userId);
  }
  return { messages, members };
}

const changesDocument = `query ($id: ID!, $after: String!, $first: Int!) { conversation(id: $id) { changes(after: $after, first: $first) {
  events { __typename conversationId cursor
    ... on MessageChanged { message { id seq senderId body clientMessageId createdAt } }
    ... on MemberChanged { userId isMember member { userId role } }
    ... on WatermarksMoved { watermarks { userId deliveredSeq readSeq } } }
  cursor hasMore } } }`;

interface Changes {
  events: ConversationEvent[];
  cursor: string;
  hasMore: boolean;
}

/** All that changed after the cursor, page by page. */
export async function changesAfter(
  viewer: Device,
  conversationId: string,
  after: string,
  pageSize = 100,
): Promise<ConversationEvent[]> {
  const events: ConversationEvent[] = [];
  for (let cursor = after; ;) {
    const { conversation } = await viewer.query<{ conversation: { changes: Changes } | null }>(changesDocument, {
      id: conversationId,
      after: cursor,
      first: pageSize,
    });
    insist(conversation !== null, `${viewer.person.handle} does not see`, conversationId);
    events.push(...conversation.changes.events);
    if (!conversation.changes.hasMore) return events;
    insist(conversation.changes.cursor !== cursor, 'A page of changes does not move on:', conversation.changes);
    cursor = conversation.changes.cursor;
  }
}

/** A client's state and the cursor it goes with, as one query gave them. */
export interface Snapshot {
  state: State;
  cursor: string;
}

export async function snapshot(viewer: Device, conversationId: string): Promise<Snapshot> {
  const { conversation } = await viewer.query<{
    conversation: { cursor: string; members: { edges: { node: { userId: string; role: string } }[] } };
  }>('query ($id: ID!) { conversation(id: $id) { cursor members(first: 100) { edges { node { userId role } } } } }', {
    id: conversationId,
  });
  const messages = await history(viewer, conversationId);
  return {
    cursor: conversation.cursor,
    state: {
      messages: new Map(messages.map((message) => [message.id, message])),
      members: new Map(conversation.members.edges.map(({ node }) => [node.userId, node.role])),
    },
  };
}

/**
 * 4: a cursor returns complete changes. On the state at any past cursor, the changes after it make the state of now; so
 * do the events of a follower up to each of its cursors (`every`th of them), with the changes after that.
 */
export async function completeCursors(
  viewer: Device,
  conversationId: string,
  snapshots: readonly Snapshot[],
  following?: Following,
  every = 1,
): Promise<void> {
  const { state: fresh } = await snapshot(viewer, conversationId);
  const check = async (held: Snapshot, pageSize: number) => {
    const events = await changesAfter(viewer, conversationId, held.cursor, pageSize);
    const now = applyEvents(held.state, events);
    insist(
      sameState(now, fresh),
      'State at a past cursor + changes differs from the state of now:',
      difference(now, fresh),
    );
    const things = events.flatMap(
      ({ message, userId, watermarks, __typename }) =>
        watermarks?.map((mark) => `marks of ${mark.userId}`) ?? message?.id ?? userId ?? __typename,
    );
    insist(new Set(things).size === things.length, 'One page of changes tells a thing twice:', things);
  };
  for (const [index, held] of snapshots.entries()) await check(held, [100, 7, 3][index % 3]!);
  if (!following) return;
  const start = following.start;
  insist(start !== null, 'The follower has no cursor to start from.');
  const before = snapshots.find(({ cursor }) => cursor === start)?.state ?? { messages: new Map(), members: new Map() };
  const { events } = following;
  const points = events.map((_, index) => index).filter((index) => index % every === 0 || index === events.length - 1);
  await inParallel(
    points,
    (index) => check({ state: applyEvents(before, events.slice(0, index + 1)), cursor: events[index]!.cursor }, 50),
    4,
  );
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

interface InboxItem {
  conversationId: string;
  unreadCount: number;
  lastMessage: { id: string; seq: number } | null;
}
const itemFields = 'conversationId unreadCount lastMessage { id seq }';

export async function inboxOf(
  viewer: Device,
): Promise<{ items: Map<string, InboxItem>; unreadCount: number; cursor: string }> {
  const { viewer: me } = await viewer.query<{
    viewer: { inbox: { edges: { node: InboxItem }[] }; unreadCount: number; inboxCursor: string };
  }>(`{ viewer { inbox(first: 100) { edges { node { ${itemFields} } } } unreadCount inboxCursor } }`);
  return {
    items: new Map(me.inbox.edges.map(({ node }) => [node.conversationId, node])),
    unreadCount: me.unreadCount,
    cursor: me.inboxCursor,
  };
}

/** 4, for an inbox: on the list at a past cursor, the changes after it make the list of now. */
export async function completeInboxCursor(
  viewer: Device,
  held: { items: Map<string, InboxItem>; cursor: string },
): Promise<void> {
  const fresh = await inboxOf(viewer);
  const items = new Map(held.items);
  for (let after = held.cursor; ;) {
    const { viewer: me } = await viewer.query<{
      viewer: {
        inboxChanges: { items: InboxItem[]; removedConversationIds: string[]; cursor: string; hasMore: boolean };
      };
    }>(
      `query ($after: String!) { viewer { inboxChanges(after: $after, first: 2) { items { ${itemFields} } removedConversationIds cursor hasMore } } }`,
      { after },
    );
    for (const item of me.inboxChanges.items) items.set(item.conversationId, item);
    for (const id of me.inboxChanges.removedConversationIds) items.delete(id);
    if (!me.inboxChanges.hasMore) break;
    after = me.inboxChanges.cursor;
  }
  const sorted = (map: Map<string, InboxItem>) =>
    [...map.values()].sort((a, b) => (a.conversationId < b.conversationId ? -1 : 1));
  insist(
    same(sorted(items), sorted(fresh.items)),
    'The inbox at a past cursor + changes differs from the inbox of now:',
    sorted(items),
    sorted(fresh.items),
  );
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

/** 1, 2, 5 and 6 in the database: for all conversations in it, whoever sent. Waits until the outboxes are empty. */
export async function databaseIsSound(database: Database, sends: readonly Send[] = [], limit = 15_000): Promise<void> {
  const holes = await database.everywhere(`
    select h.conversation_id, h.last_seq, count(m.seq)::int as messages, min(m.seq) as first, max(m.seq) as last
    from conversation_head h left join message m using (conversation_id)
    group by h.conversation_id having count(m.seq) <> h.last_seq or coalesce(max(m.seq), 0) <> h.last_seq or coalesce(min(m.seq), 1) <> 1`);
  insist(holes.length === 0, 'seq is not 1 to n:', holes);
  const order = await database.everywhere(`
    select conversation_id, seq from (select conversation_id, seq, version, lag(version) over (partition by conversation_id order by seq) as before from message) m
    where before >= version`);
  insist(order.length === 0, 'The version of a message is not above that of the one before:', order);
  const versions = await database.everywhere(`
    select conversation_id, each.version from (
      select conversation_id, version from message union all select conversation_id, version from member
      union all select conversation_id, watermark_version from member where watermark_version > 0
      union all select conversation_id, version from conversation) each
    join conversation_head h using (conversation_id)
    group by conversation_id, each.version having count(*) > 1 or max(each.version) > max(h.version)`);
  insist(versions.length === 0, 'A version is taken twice, or is above the head:', versions);
  const marks = await database.everywhere(`
    select conversation_id, user_id, read_seq, delivered_seq, last_seq from member join conversation_head using (conversation_id)
    where read_seq > delivered_seq or delivered_seq > last_seq`);
  insist(marks.length === 0, 'Not read ≤ delivered ≤ last:', marks);
  const stored = new Map(
    (await database.everywhere<{ id: string; seq: number; body: string }>('select id, seq, body from message')).map(
      (row) => [row.id, row],
    ),
  );
  for (const { acked, body } of sends)
    if (acked) {
      const row = stored.get(fromPublicId('message', acked.id) ?? '');
      insist(row?.seq === acked.seq && row.body === body, 'Acknowledged, but not in the database:', acked, row);
    }
  await eventually(async () => {
    const waiting = await database.everywhere('select id, topic from outbox limit 3');
    insist(waiting.length === 0, 'Events still wait in the outbox:', waiting);
    await inboxesReflectMembers(database);
  }, limit);
}

/** Inboxes may be on another shard than their conversations, so they are compared here. */
async function inboxesReflectMembers(database: Database): Promise<void> {
  const members = await database.everywhere<{
    conversation_id: string;
    user_id: string;
    last_seq: number;
    read_seq: number;
  }>(
    'select conversation_id, user_id, h.last_seq, read_seq from member join conversation_head h using (conversation_id) where left_at is null',
  );
  const inbox = await database.everywhere<{
    conversation_id: string;
    user_id: string;
    last_seq: number;
    read_seq: number;
  }>('select conversation_id, user_id, last_seq, read_seq from inbox where left_at is null');
  const rows = new Map(inbox.map((row) => [`${row.conversation_id} ${row.user_id}`, row]));
  for (const member of members) {
    const row = rows.get(`${member.conversation_id} ${member.user_id}`);
    insist(
      row?.last_seq === member.last_seq && row.read_seq === member.read_seq,
      'An inbox does not reflect its conversation:',
      row,
      member,
    );
  }
  insist(inbox.length === members.length, `${inbox.length} inbox rows for ${members.length} members.`);
}

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

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

function sortedState({ messages, members }: State) {
  return {
    messages: [...messages.values()].sort((a, b) => a.seq - b.seq).map(({ id, seq, body }) => ({ id, seq, body })),
    members: [...members].sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}

const sameState = (a: State, b: State) => same(sortedState(a), sortedState(b));

function difference(held: State, fresh: State) {
  return {
    missing: [...fresh.messages.values()].filter(({ id }) => !held.messages.has(id)).map(({ seq }) => seq),
    extra: [...held.messages.values()].filter(({ id }) => !fresh.messages.has(id)).map(({ seq }) => seq),
    members: [sortedState(held).members, sortedState(fresh).members],
  };
}
