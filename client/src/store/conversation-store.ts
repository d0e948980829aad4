import type {
  ConversationChangesQuery,
  ConversationEventsSubscription,
  ConversationFieldsFragment,
  ConversationQuery,
  MediaFieldsFragment,
  MemberPageFieldsFragment,
  MessagePageFieldsFragment,
  PersonFieldsFragment,
} from '../generated/graphql.js';
import { afterWriting, fromLiveMember, fromReadMember, withMarks, type Member } from './members.js';
import { fromLive, type Message } from './message.js';
import { join, segmentOf, segmentWith, tailOf, type Beside, type Segment } from './segments.js';
import { Touched } from './touched.js';

export type LiveEvent = ConversationEventsSubscription['conversationEvents'];
export type ReadEvent = NonNullable<ConversationChangesQuery['conversation']>['changes']['events'][number];
export type ReadConversation = NonNullable<ConversationQuery['conversation']>;

/** What lies in storage of a conversation; all of it was true at `cursor`, and some of it later. */
export interface ConversationSnapshot {
  /** After which changes are missing; null: read it anew. */
  cursor: string | null;
  info: ConversationFieldsFragment | null;
  otherUser: PersonFieldsFragment | null;
  isMember: boolean;
  members: Member[];
  messages: Message[];
  segments: Segment[];
}

interface Mark {
  userId: string;
  deliveredSeq: number;
  readSeq: number | null;
}

const nothing = (): ConversationSnapshot => ({
  cursor: null,
  info: null,
  otherUser: null,
  isMember: true,
  members: [],
  messages: [],
  segments: [],
});

/**
 * What is known of one conversation: the messages of some stretches of its history, its members with their watermarks, its
 * own fields. Every event and every page carries whole states, so that the same one twice changes nothing; what was read is
 * passed over where a live event has come since the reading began.
 */
export class ConversationStore {
  cursor: string | null = null;
  info: ConversationFieldsFragment | null = null;
  otherUser: PersonFieldsFragment | null = null;
  isMember = true;
  readonly members = new Map<string, Member>();
  /** By seq. */
  readonly messages = new Map<number, Message>();
  segments: Segment[] = [];
  /** By seq, of messages that came in pages: where a page can go on from. */
  readonly pageCursors = new Map<number, string>();
  readonly touched = new Touched<Message>();
  /** The highest seq that is known. */
  private newest = 0;
  /** Watermarks that came live before their member was read. */
  private readonly early = new Map<string, Mark>();

  constructor(
    readonly id: string,
    private readonly viewerId: string,
    private readonly onChange: () => void,
    /** Whether the person has deleted a message for themselves. */
    private readonly isHidden: (messageId: string) => boolean = () => false,
    /** A live event did not say all about this message: it has to be read. */
    private readonly onVague: (messageId: string) => void = () => undefined,
  ) {}

  restore(snapshot: ConversationSnapshot): void {
    const { members, messages, ...rest } = snapshot;
    Object.assign(this, rest);
    this.members.clear();
    this.messages.clear();
    for (const member of members) this.members.set(member.userId, member);
    for (const message of messages) if (!this.isHidden(message.id)) this.messages.set(message.seq, message);
    this.newest = tailOf(this.segments)?.to ?? 0;
    this.onChange();
  }

  /** Forgets what was known: too much has changed since. */
  reset(): void {
    this.restore(nothing());
  }

  /** In the order in which they come from the server, from one subscription. */
  applyLive(event: LiveEvent): void {
    switch (event.__typename) {
      case 'MessageChanged': {
        const before = this.messages.get(event.message.seq);
        const { message, isWhole } = fromLive(event.message, event, before, this.viewerId);
        this.touched.touch(message.id, message);
        if (this.put(message) && !isWhole) this.onVague(message.id);
        break;
      }
      case 'MemberChanged':
        this.touched.touch(event.userId);
        this.putMember(event.userId, event.member && fromLiveMember(event.member, this.members.get(event.userId)));
        break;
      case 'WatermarksMoved':
        this.moveMarks(event.watermarks);
        break;
      case 'ConversationChanged':
        this.touched.touch('info');
        this.info = event.conversation ?? this.info;
        break;
      case 'CaughtUp':
        return;
    }
    this.onChange();
  }

  /** Of a page that was asked for when `begun` was taken. False where something was passed over. */
  applyRead(events: readonly ReadEvent[], begun: number): boolean {
    let isWhole = true;
    const isNew = (key: string) => {
      const isTouched = this.touched.isSince(begun, key);
      if (isTouched) isWhole = false;
      return !isTouched;
    };
    for (const event of events)
      switch (event.__typename) {
        case 'MessageChanged':
          if (isNew(event.message.id)) this.put(event.message);
          break;
        case 'MemberChanged':
          if (isNew(event.userId))
            this.putMember(event.userId, event.member && fromReadMember(event.member, this.members.get(event.userId)));
          break;
        case 'WatermarksMoved':
          this.moveMarks(event.watermarks);
          break;
        case 'ConversationChanged':
          if (isNew('info')) this.info = event.conversation ?? this.info;
          break;
        case 'CaughtUp':
          break;
      }
    this.onChange();
    return isWhole;
  }

  /** A reading of the conversation itself, in place of what was known before it began. Null: not for this person. */
  load(read: ReadConversation | null, begun: number): void {
    this.forgetBefore(begun);
    if (!read) {
      this.isMember = false;
      this.onChange();
      return;
    }
    const { members, messages, otherUser, viewerMember, cursor: _, ...info } = read;
    if (!this.touched.isSince(begun, 'info')) this.info = info;
    this.otherUser = otherUser;
    this.isMember = viewerMember !== null;
    this.loadMembers(members, begun);
    this.loadPage(messages, null, begun);
  }

  private forgetBefore(begun: number): void {
    for (const [seq, { id }] of this.messages) if (!this.touched.isSince(begun, id)) this.messages.delete(seq);
    for (const userId of this.members.keys()) if (!this.touched.isSince(begun, userId)) this.members.delete(userId);
    this.segments = [];
    this.newest = Math.max(0, ...this.messages.keys());
    this.cursor = null;
  }

  loadMembers(page: MemberPageFieldsFragment, begun: number): void {
    for (const { node } of page.edges) {
      const known = this.members.get(node.userId);
      if (!this.touched.isSince(begun, node.userId)) this.members.set(node.userId, fromReadMember(node, known));
      // The event did not tell the marks.
      else if (known) this.members.set(node.userId, withMarks(known, node));
      const early = this.early.get(node.userId);
      const member = this.members.get(node.userId);
      if (early && member) this.members.set(node.userId, withMarks(member, early));
      this.early.delete(node.userId);
    }
    // A message may have come live before its author was known.
    for (const message of this.messages.values()) this.markAuthor(message);
    this.onChange();
  }

  /** A page of history. `beside`: next to which known seq it was asked for. */
  loadPage({ edges, pageInfo }: MessagePageFieldsFragment, beside: Beside, begun: number): void {
    for (const { node, cursor } of edges) {
      this.pageCursors.set(node.seq, cursor);
      const newer = this.touched.isSince(begun, node.id) ? this.touched.stateOf(node.id) : null;
      if (!newer) this.set(node);
      else if (!this.messages.has(node.seq)) {
        this.set(newer);
        if (newer.reactions.length > 0) this.onVague(newer.id);
      }
    }
    const extent = {
      seqs: edges.map(({ node }) => node.seq),
      hasOlder: pageInfo.hasPreviousPage,
      hasNewer: pageInfo.hasNextPage,
      startCursor: pageInfo.startCursor,
      endCursor: pageInfo.endCursor,
    };
    const added = segmentOf(extent, beside, this.newest);
    if (added) this.segments = join(this.segments, added);
    this.newest = Math.max(this.newest, tailOf(this.segments)?.to ?? 0);
    this.onChange();
  }

  /** The answer to a mutation or a query about one message, which was asked for when `begun` was taken. */
  loadMessage(message: Message, begun: number): void {
    if (!this.touched.isSince(begun, message.id)) this.put(message);
    this.onChange();
  }

  learn(media: MediaFieldsFragment): void {
    let isNews = false;
    for (const [seq, message] of this.messages) {
      if (!message.attachments.some((each) => each?.id === media.id)) continue;
      const attachments = message.attachments.map((each) => (each?.id === media.id ? media : each));
      this.messages.set(seq, { ...message, attachments });
      isNews = true;
    }
    if (isNews) this.onChange();
  }

  hide(messageId: string): void {
    for (const [seq, { id }] of this.messages) if (id === messageId) this.messages.delete(seq);
    this.onChange();
  }

  /** Takes a message in where its place is known: among what was read, or at the live end. */
  private put(message: Message): boolean {
    const { seq } = message;
    this.markAuthor(message);
    const tail = tailOf(this.segments);
    const isNewer = seq > this.newest;
    if (tail ? !isNewer && !segmentWith(this.segments, seq) : !isNewer && !this.messages.has(seq)) return false;
    if (isNewer) this.newest = seq;
    if (isNewer && tail) this.segments = this.segments.map((each) => (each === tail ? { ...tail, to: seq } : each));
    this.set(message);
    return true;
  }

  private markAuthor({ senderId, systemEvent, seq }: Message): void {
    const author = senderId ?? systemEvent?.actorId;
    const member = author ? this.members.get(author) : undefined;
    if (member) this.members.set(member.userId, afterWriting(member, seq));
  }

  private set(message: Message): void {
    if (this.isHidden(message.id)) return;
    // While profiles cannot be read, a state comes without the names that are known already.
    const known = this.messages.get(message.seq)?.sender ?? null;
    const isNameless = message.sender === null && known !== null && known.id === message.senderId;
    this.messages.set(message.seq, isNameless ? { ...message, sender: known } : message);
  }

  private putMember(userId: string, member: Member | null): void {
    const { info, members } = this;
    const knowsAll = members.size === info?.memberCount;
    if (member) members.set(userId, member);
    else members.delete(userId);
    // No other event tells of the number.
    if (info && knowsAll) this.info = { ...info, memberCount: members.size };
    if (userId === this.viewerId) this.isMember = member !== null;
  }

  private moveMarks(marks: readonly Mark[]): void {
    for (const mark of marks) {
      const member = this.members.get(mark.userId);
      if (member) this.members.set(mark.userId, withMarks(member, mark));
      else this.early.set(mark.userId, mark);
    }
  }
}
