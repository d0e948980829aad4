import { history, type ChatMessage } from './chat.js';
import type { Device } from './client.js';
import type { ConversationEvent, Following } from './following.js';
import { inParallel, insist, same } from './insist.js';

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
