import type { Member } from '../store/members.js';
import type { Message } from '../store/message.js';
import type { LiveEvent, ReadConversation, ReadEvent } from '../store/conversation-store.js';

type Person = NonNullable<Message['sender']>;
type Info = Omit<ReadConversation, 'cursor' | 'otherUser' | 'viewerMember' | 'members' | 'messages'>;
interface Versioned<T> {
  version: number;
  value: T;
}

export const me = 'usr_me';

export const person = (id: string): Person => ({
  id,
  handle: id,
  displayName: id,
  avatarUrl: null,
  isVerified: true,
  isDeleted: false,
});

/** A conversation as the server keeps it: a version for each change, left on what changed; and a feed of them. */
export class ModelConversation {
  version = 0;
  private readonly messages: Versioned<Omit<Message, 'reactions'> & { reacted: Map<string, Set<string>> }>[] = [];
  private readonly members = new Map<string, Versioned<Member | null> & { marksVersion: number }>();
  private info: Versioned<Info>;
  private readonly listeners = new Set<(event: LiveEvent) => void>();

  constructor(readonly id: string) {
    this.info = { version: 0, value: infoOf(id, 'The first title') };
    this.join(me);
  }

  get size(): number {
    return this.messages.length;
  }

  get memberIds(): string[] {
    return [...this.members].filter(([, { value }]) => value).map(([id]) => id);
  }

  /** Live events from now on, each as things are when it happens. */
  listen(listener: (event: LiveEvent) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  cursorAt(version: number): string {
    return `cursor ${version}`;
  }

  send(senderId: string, body: string, clientMessageId = `${senderId} ${this.size}`): Message | null {
    const member = this.members.get(senderId)?.value;
    if (!member) return null;
    const seq = this.size + 1;
    this.messages.push({
      version: ++this.version,
      value: { ...blank(this.id, seq, senderId), body, clientMessageId, reacted: new Map() },
    });
    Object.assign(member, { deliveredSeq: seq, readSeq: seq });
    this.tellMessage(seq, 'SENT');
    return this.messageOf(seq);
  }

  edit(seq: number, body: string): void {
    this.changeMessage(seq, (message) => Object.assign(message, { body, editedAt: this.now() }), 'EDITED');
  }

  delete(seq: number): void {
    const gone = { body: null, deletedAt: this.now(), reacted: new Map() };
    this.changeMessage(seq, (message) => Object.assign(message, gone), 'DELETED');
  }

  pin(seq: number): void {
    this.changeMessage(seq, (message) => (message.pinnedAt = this.now()), 'PINNED');
  }

  /** Adds it, or takes it back. */
  react(userId: string, seq: number, emoji: string): void {
    const users = this.messages[seq - 1]?.value.reacted.get(emoji) ?? new Set();
    const isAdded = !users.has(userId);
    const change = (message: { reacted: Map<string, Set<string>> }) => {
      if (isAdded) users.add(userId);
      else users.delete(userId);
      message.reacted.set(emoji, users);
      if (users.size === 0) message.reacted.delete(emoji);
    };
    this.changeMessage(seq, change, 'REACTED', { userId, emoji, isAdded });
  }

  join(userId: string): void {
    // Nobody who has left comes back: an event does not tell the marks that they had.
    if (this.members.has(userId)) return;
    const value: Member = {
      conversationId: this.id,
      userId,
      role: 'MEMBER',
      joinedAt: this.now(),
      user: person(userId),
      deliveredSeq: 0,
      readSeq: 0,
    };
    this.tellMember(userId, value);
  }

  leave(userId: string): void {
    if (userId !== me && this.members.get(userId)?.value) this.tellMember(userId, null);
  }

  promote(userId: string, role: Member['role']): void {
    const member = this.members.get(userId)?.value;
    if (member) this.tellMember(userId, { ...member, role });
  }

  read(userId: string, seq: number): void {
    const entry = this.members.get(userId);
    const to = Math.min(seq, this.size);
    if (!entry?.value || to <= (entry.value.readSeq ?? 0)) return;
    entry.value = { ...entry.value, deliveredSeq: Math.max(to, entry.value.deliveredSeq ?? 0), readSeq: to };
    entry.marksVersion = ++this.version;
    this.tell({
      __typename: 'WatermarksMoved',
      ...this.at(this.version),
      watermarks: [{ userId, deliveredSeq: to, readSeq: to }],
    });
  }

  rename(title: string): void {
    this.info = { version: ++this.version, value: { ...this.info.value, title } };
    this.tell({ __typename: 'ConversationChanged', ...this.at(this.version), conversation: this.infoNow() });
  }

  /** Conversation.changes: each changed thing once, in its newest state. */
  changes(after: string, first: number): { events: ReadEvent[]; cursor: string; hasMore: boolean } {
    const since = Number(after.split(' ')[1]);
    const all: Versioned<ReadEvent>[] = [
      ...this.messages.map(({ version, value: { seq } }) => ({
        version,
        value: {
          __typename: 'MessageChanged' as const,
          ...this.at(version),
          reason: 'CHANGED' as const,
          reaction: null,
          message: this.messageOf(seq),
        },
      })),
      ...[...this.members].flatMap(([userId, { version, value, marksVersion }]): Versioned<ReadEvent>[] => [
        {
          version,
          value: { __typename: 'MemberChanged', ...this.at(version), userId, isMember: value !== null, member: value },
        },
        ...(value && marksVersion > 0
          ? [
              {
                version: marksVersion,
                value: {
                  __typename: 'WatermarksMoved' as const,
                  ...this.at(marksVersion),
                  watermarks: [marksOf(value)],
                },
              },
            ]
          : []),
      ]),
      {
        version: this.info.version,
        value: { __typename: 'ConversationChanged', ...this.at(this.info.version), conversation: this.infoNow() },
      },
    ];
    const due = all.filter(({ version }) => version > since).sort((a, b) => a.version - b.version);
    const page = due.slice(0, first);
    const hasMore = due.length > first;
    const cursor = this.cursorAt(hasMore ? page.at(-1)!.version : this.version);
    return structuredClone({ events: page.map(({ value }) => value), cursor, hasMore });
  }

  readAll(messages: number, members: number): ReadConversation {
    return structuredClone({
      ...this.infoNow(),
      cursor: this.cursorAt(Math.max(0, this.version - 3)),
      otherUser: null,
      viewerMember: this.members.get(me)!.value!,
      members: this.memberPage(null, members),
      messages: this.page({ last: messages }),
    });
  }

  memberPage(after: string | null, first: number): ReadConversation['members'] {
    const all = [...this.members].flatMap(([, { value }]) => value ?? []);
    const from = after === null ? 0 : Number(after);
    const edges = all.slice(from, from + first).map((node, i) => ({ cursor: String(from + i + 1), node }));
    return structuredClone({
      edges,
      pageInfo: { hasNextPage: from + first < all.length, endCursor: edges.at(-1)?.cursor ?? null },
    });
  }

  page({
    before = this.size + 1,
    after = 0,
    first,
    last,
  }: {
    before?: number;
    after?: number;
    first?: number;
    last?: number;
  }): ReadConversation['messages'] {
    const all = Array.from({ length: Math.max(0, before - 1 - after) }, (_, i) => after + 1 + i);
    const seqs = first === undefined ? (last ? all.slice(-last) : []) : all.slice(0, first);
    const lowest = seqs[0] ?? before;
    const highest = seqs.at(-1) ?? after;
    return structuredClone({
      edges: seqs.map((seq) => ({ cursor: String(seq), node: this.messageOf(seq) })),
      pageInfo: {
        hasPreviousPage: lowest > 1,
        hasNextPage: highest < this.size,
        startCursor: seqs[0] === undefined ? null : String(seqs[0]),
        endCursor: seqs.at(-1) === undefined ? null : String(seqs.at(-1)),
      },
    });
  }

  messageOf(seq: number): Message {
    const { reacted, ...rest } = this.messages[seq - 1]!.value;
    const reactions = [...reacted].map(([emoji, users]) => ({
      emoji,
      count: users.size,
      viewerHasReacted: users.has(me),
    }));
    return structuredClone({ ...rest, reactions });
  }

  byId(id: string): Message | null {
    const found = this.messages.find(({ value }) => value.id === id);
    return found ? this.messageOf(found.value.seq) : null;
  }

  memberStates(): Member[] {
    return structuredClone([...this.members].flatMap(([, { value }]) => value ?? []));
  }

  infoNow(): Info {
    return structuredClone({ ...this.info.value, memberCount: this.memberIds.length });
  }

  private changeMessage(
    seq: number,
    change: (message: ModelConversation['messages'][number]['value']) => unknown,
    reason: 'EDITED' | 'DELETED' | 'PINNED' | 'REACTED',
    reaction: { userId: string; emoji: string; isAdded: boolean } | null = null,
  ): void {
    const entry = this.messages[seq - 1];
    if (!entry || entry.value.deletedAt) return;
    entry.version = ++this.version;
    change(entry.value);
    this.tellMessage(seq, reason, reaction);
  }

  private tellMessage(
    seq: number,
    reason: 'SENT' | 'EDITED' | 'DELETED' | 'PINNED' | 'REACTED',
    reaction: { userId: string; emoji: string; isAdded: boolean } | null = null,
  ): void {
    const { status: _, reactions, ...shared } = this.messageOf(seq);
    const message = { ...shared, reactions: reactions.map(({ emoji, count }) => ({ emoji, count })) };
    this.tell({ __typename: 'MessageChanged', ...this.at(this.version), reason, reaction, message });
  }

  private tellMember(userId: string, value: Member | null): void {
    const marksVersion = value ? (this.members.get(userId)?.marksVersion ?? 0) : 0;
    this.members.delete(userId);
    this.members.set(userId, { version: ++this.version, value, marksVersion });
    const member = value && withoutMarks(value);
    this.tell({ __typename: 'MemberChanged', ...this.at(this.version), userId, isMember: value !== null, member });
  }

  private tell(event: LiveEvent): void {
    for (const listener of [...this.listeners]) listener(structuredClone(event));
  }

  private at(version: number): { conversationId: string; cursor: string } {
    return { conversationId: this.id, cursor: this.cursorAt(version) };
  }

  /** Later with each change. */
  private now(): string {
    return new Date(1_700_000_000_000 + this.version * 1_000).toISOString();
  }
}

const withoutMarks = ({ deliveredSeq: _, readSeq: __, ...member }: Member) => member;

const marksOf = ({ userId, deliveredSeq, readSeq }: Member) => ({ userId, deliveredSeq: deliveredSeq ?? 0, readSeq });

function blank(
  conversationId: string,
  seq: number,
  senderId: string,
): Omit<Message, 'reactions' | 'body' | 'clientMessageId'> {
  return {
    id: `msg_${seq}`,
    conversationId,
    seq,
    kind: 'TEXT',
    status: 'SENT',
    senderId,
    sender: person(senderId),
    mentions: [],
    systemEvent: null,
    attachments: [],
    forwardedFrom: null,
    replyTo: null,
    createdAt: new Date(1_700_000_000_000 + seq * 1_000).toISOString(),
    editedAt: null,
    deletedAt: null,
    expiresAt: null,
    pinnedAt: null,
  };
}

function infoOf(id: string, title: string): Info {
  return {
    id,
    kind: 'GROUP',
    title,
    description: null,
    avatarUrl: null,
    visibility: 'PRIVATE',
    fanOut: 'ON_WRITE',
    memberCount: 1,
    createdAt: new Date(1_700_000_000_000).toISOString(),
    policy: {
      whoCanSend: 'MEMBER',
      whoCanInvite: 'MEMBER',
      editWindowSeconds: 0,
      deleteWindowSeconds: 0,
      slowModeSeconds: 0,
      messageTtlSeconds: null,
    },
  };
}
