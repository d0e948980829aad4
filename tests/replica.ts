import type { Device } from './client.js';

/*
 * What a client holds of a conversation and of its inbox: read once, then kept by changes alone. The invariant of every feed:
 * old state + changes = what a fresh read gives.
 */

const messageState = `id seq senderId kind body clientMessageId createdAt editedAt deletedAt pinnedAt replyToId: replyTo { id }
  forwardedFrom { id } mentions { userId start end } systemEvent { kind actorId subjectIds text }
  reactions { emoji count viewerHasReacted } edits { body } replyCount`;
const memberState = 'userId role deliveredSeq readSeq';
const conversationState = `title description visibility fanOut memberCount
  policy { whoCanSend whoCanInvite editWindowSeconds deleteWindowSeconds slowModeSeconds messageTtlSeconds }`;

interface MessageState {
  id: string;
  seq: number;
  senderId: string | null;
  systemEvent: { actorId: string | null } | null;
  replyToId: { id: string } | null;
}
interface MemberState {
  userId: string;
  deliveredSeq: number | null;
  readSeq: number | null;
}
export interface ConversationState {
  conversation: Record<string, unknown>;
  members: MemberState[];
  messages: MessageState[];
}

type Change =
  | { __typename: 'MessageChanged'; message: MessageState }
  | { __typename: 'MemberChanged'; userId: string; member: MemberState | null }
  | { __typename: 'WatermarksMoved'; watermarks: { userId: string; deliveredSeq: number; readSeq: number | null }[] }
  | { __typename: 'ConversationChanged'; conversation: Record<string, unknown> | null };

/** A fresh read of all that the viewer may see. */
export async function readConversation(viewer: Device, id: string): Promise<ConversationState> {
  const { conversation } = await viewer.query<{
    conversation: Record<string, unknown> & { members: { edges: { node: MemberState }[] } };
  }>(
    `query ($id: ID!) { conversation(id: $id) { ${conversationState} members(first: 100) { edges { node { ${memberState} } } } } }`,
    { id },
  );
  const { members, ...own } = conversation;
  const messages: MessageState[] = [];
  for (let after: string | null = null, hasMore = true; hasMore;) {
    const page: {
      conversation: {
        messages: { edges: { node: MessageState }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
      };
    } = await viewer.query(
      `query ($id: ID!, $after: String) { conversation(id: $id) { messages(first: 50, after: $after) {
        edges { node { ${messageState} } } pageInfo { hasNextPage endCursor } } } }`,
      { id, after },
    );
    messages.push(...page.conversation.messages.edges.map(({ node }) => node));
    ({ hasNextPage: hasMore, endCursor: after } = page.conversation.messages.pageInfo);
  }
  return ordered({ conversation: own, members: members.edges.map(({ node }) => node), messages });
}

/** A conversation kept by its change feed. */
export class ConversationReplica {
  private readonly seen: Set<string>;

  private constructor(
    private readonly device: Device,
    private readonly id: string,
    public state: ConversationState,
    private cursor: string,
  ) {
    this.seen = new Set(state.messages.map(({ id: messageId }) => messageId));
  }

  static async open(device: Device, id: string): Promise<ConversationReplica> {
    const { conversation } = await device.query<{ conversation: { cursor: string } }>(
      'query ($id: ID!) { conversation(id: $id) { cursor } }',
      { id },
    );
    return new ConversationReplica(device, id, await readConversation(device, id), conversation.cursor);
  }

  /** What a fresh read is compared with: without the marks, where a message that moved them was hidden before it was told. */
  comparable(state: ConversationState, hidden: ReadonlySet<string>): ConversationState {
    if ([...hidden].every((id) => this.seen.has(id))) return state;
    return { ...state, members: state.members.map((each) => ({ ...each, deliveredSeq: null, readSeq: null })) };
  }

  /** Takes what changed since. `hidden`: ids of messages that the viewer has deleted for themselves. */
  async sync(hidden: ReadonlySet<string>): Promise<void> {
    for (let hasMore = true; hasMore;) {
      const { conversation } = await this.device.query<{
        conversation: { changes: { events: Change[]; cursor: string; hasMore: boolean } } | null;
      }>(
        `query ($id: ID!, $after: String!) { conversation(id: $id) { changes(after: $after, first: 20) { cursor hasMore events { __typename
          ... on MessageChanged { message { ${messageState} } }
          ... on MemberChanged { userId member { ${memberState} } }
          ... on WatermarksMoved { watermarks { userId deliveredSeq readSeq } }
          ... on ConversationChanged { conversation { ${conversationState} } } } } } }`,
        { id: this.id, after: this.cursor },
      );
      const page = conversation?.changes;
      if (!page) throw new Error(`${this.device.person.handle} may not read ${this.id} any more.`);
      for (const change of page.events) {
        apply(this.state, change);
        if (change.__typename === 'MessageChanged') this.seen.add(change.message.id);
      }
      ({ cursor: this.cursor, hasMore } = page);
    }
    this.state.messages = this.state.messages.filter(({ id }) => !hidden.has(id));
    this.state = ordered(this.state);
  }
}

function apply(state: ConversationState, change: Change): void {
  switch (change.__typename) {
    case 'MessageChanged': {
      const { message } = change;
      state.messages = [...state.messages.filter(({ id }) => id !== message.id), message];
      // Who sends has read, and who does what the server tells of as well.
      const author = message.senderId ?? message.systemEvent?.actorId;
      const sender = state.members.find(({ userId }) => userId === author);
      if (sender) moveMarks(sender, message.seq, sender.readSeq === null ? null : message.seq);
      break;
    }
    case 'MemberChanged': {
      state.members = state.members.filter(({ userId }) => userId !== change.userId);
      if (change.member) state.members.push(change.member);
      break;
    }
    case 'WatermarksMoved':
      for (const { userId, deliveredSeq, readSeq } of change.watermarks) {
        const member = state.members.find((each) => each.userId === userId);
        if (member) moveMarks(member, deliveredSeq, readSeq);
      }
      break;
    case 'ConversationChanged':
      if (change.conversation) state.conversation = { ...change.conversation };
  }
}

function moveMarks(member: MemberState, deliveredSeq: number, readSeq: number | null): void {
  if (member.deliveredSeq !== null) member.deliveredSeq = Math.max(member.deliveredSeq, deliveredSeq);
  member.readSeq = readSeq === null ? null : Math.max(member.readSeq ?? 0, readSeq);
}

/** A reply counts on what it answers: the change of one message moves replyCount of another, without a change of its own. */
function ordered({ conversation, members, messages }: ConversationState): ConversationState {
  const replies = new Map<string, number>();
  for (const { replyToId } of messages) if (replyToId) replies.set(replyToId.id, (replies.get(replyToId.id) ?? 0) + 1);
  return {
    // An event carries the conversation as it is when it is read: members that are told after it may be counted already.
    conversation: { ...conversation, memberCount: members.length },
    members: [...members].sort((a, b) => (a.userId < b.userId ? -1 : 1)),
    messages: messages
      .map((message) => ({ ...message, replyCount: replies.get(message.id) ?? 0 }))
      .sort((a, b) => a.seq - b.seq),
  };
}

const itemState = `conversationId lastActivityAt unreadCount unreadMentionCount isMuted mutedUntil pinnedAt archivedAt
  lastMessage { id body }`;

export type InboxState = Map<string, { conversationId: string }>;

/** A fresh read of the whole list, archived ones included. */
export async function readInbox(viewer: Device): Promise<InboxState> {
  const items: InboxState = new Map();
  for (const archived of [false, true])
    for (let after: string | null = null, hasMore = true; hasMore;) {
      const page: {
        viewer: {
          inbox: {
            edges: { node: { conversationId: string } }[];
            pageInfo: { hasNextPage: boolean; endCursor: string };
          };
        };
      } = await viewer.query(
        `query ($after: String, $archived: Boolean!) { viewer { inbox(first: 20, after: $after, filter: { archived: $archived }) {
          edges { node { ${itemState} } } pageInfo { hasNextPage endCursor } } } }`,
        { after, archived },
      );
      for (const { node } of page.viewer.inbox.edges) items.set(node.conversationId, node);
      ({ hasNextPage: hasMore, endCursor: after } = page.viewer.inbox.pageInfo);
    }
  return items;
}

/** An inbox kept by inboxChanges. */
export class InboxReplica {
  readonly hidden = new Set<string>();

  private constructor(
    private readonly device: Device,
    readonly items: InboxState,
    private cursor: string,
  ) {}

  static async open(device: Device): Promise<InboxReplica> {
    const { viewer } = await device.query<{ viewer: { inboxCursor: string } }>('{ viewer { inboxCursor } }');
    return new InboxReplica(device, await readInbox(device), viewer.inboxCursor);
  }

  async sync(): Promise<void> {
    for (let hasMore = true; hasMore;) {
      const { viewer } = await this.device.query<{
        viewer: {
          inboxChanges: {
            items: { conversationId: string }[];
            removedConversationIds: string[];
            hiddenMessageIds: string[];
            cursor: string;
            hasMore: boolean;
          };
        };
      }>(
        `query ($after: String!) { viewer { inboxChanges(after: $after, first: 10) {
          items { ${itemState} } removedConversationIds hiddenMessageIds cursor hasMore } } }`,
        { after: this.cursor },
      );
      const { items, removedConversationIds, hiddenMessageIds, ...rest } = viewer.inboxChanges;
      for (const item of items) this.items.set(item.conversationId, item);
      for (const id of removedConversationIds) this.items.delete(id);
      for (const id of hiddenMessageIds) this.hidden.add(id);
      ({ cursor: this.cursor, hasMore } = rest);
    }
  }
}
