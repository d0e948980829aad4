import { toPairId, toPublicId } from '../../platform/ids/ids.js';
import type { MemberSnapshot, MessageSnapshot } from '../../schema/events.js';
import type { StreamEvent } from '../../schema/feeds.js';
import type { FeedEvent, WatermarksFeedEvent } from '../../schema/live.js';
import type { FeedCursors } from './feed-cursors.js';
import type { ReactionCount } from './parts-store.js';

/*
 * What stores and events hold, in the shape of the API. Public ids and cursors are made only where they are selected:
 * they cost more than the rest of a message.
 */

/** The source of a Conversation: the fields of this subgraph need its id only. */
export class ConversationView {
  readonly __typename = 'Conversation';
  constructor(readonly uuid: string) {}
  get id() {
    return toPublicId('conversation', this.uuid);
  }
}

export class UserView {
  readonly __typename = 'User';
  constructor(private readonly uuid: string) {}
  get id() {
    return toPublicId('user', this.uuid);
  }
}

/** The source of a Media: the media subgraph says who may see it, and as what. */
export class MediaView {
  readonly __typename = 'Media';
  constructor(private readonly uuid: string) {}
  get id() {
    return toPublicId('media', this.uuid);
  }
}

export class MessageView {
  readonly __typename = 'Message';
  constructor(
    readonly snapshot: MessageSnapshot,
    /** The reply that it is shown in because that quotes it, also to those who may not read it by itself. */
    readonly quotedBy: MessageSnapshot | null = null,
  ) {}
  get id() {
    return toPublicId('message', this.snapshot.id);
  }
  get conversationId() {
    return toPublicId('conversation', this.snapshot.conversationId);
  }
  get conversation() {
    return new ConversationView(this.snapshot.conversationId);
  }
  get seq() {
    return this.snapshot.seq;
  }
  get senderId() {
    return this.snapshot.senderId && toPublicId('user', this.snapshot.senderId);
  }
  get sender() {
    return this.snapshot.senderId && new UserView(this.snapshot.senderId);
  }
  get kind() {
    return this.snapshot.kind;
  }
  get body() {
    return this.snapshot.body;
  }
  get mentions() {
    return (this.snapshot.mentions ?? []).map((mention) => new MentionView(mention));
  }
  get systemEvent() {
    return this.snapshot.systemEvent ? new SystemEventView(this.snapshot.systemEvent) : null;
  }
  get forwardedFrom() {
    return this.snapshot.forwardedFromId ? new UserView(this.snapshot.forwardedFromId) : null;
  }
  get clientMessageId() {
    return this.snapshot.clientMessageId;
  }
  get createdAt() {
    return this.snapshot.createdAt;
  }
  get editedAt() {
    return this.snapshot.editedAt ?? null;
  }
  get deletedAt() {
    return this.snapshot.deletedAt ?? null;
  }
  get expiresAt() {
    return this.snapshot.expiresAt ?? null;
  }
  get pinnedAt() {
    return this.snapshot.pinnedAt ?? null;
  }
}

export class MentionView {
  constructor(private readonly mention: NonNullable<MessageSnapshot['mentions']>[number]) {}
  get userId() {
    return toPublicId('user', this.mention.userId);
  }
  get user() {
    return new UserView(this.mention.userId);
  }
  get start() {
    return this.mention.start;
  }
  get end() {
    return this.mention.end;
  }
}

export class SystemEventView {
  constructor(private readonly event: NonNullable<MessageSnapshot['systemEvent']>) {}
  get kind() {
    return this.event.kind;
  }
  get actorId() {
    return this.event.actorId && toPublicId('user', this.event.actorId);
  }
  get actor() {
    return this.event.actorId && new UserView(this.event.actorId);
  }
  get subjectIds() {
    return this.event.subjectIds.map((id) => toPublicId('user', id));
  }
  get subjects() {
    return this.event.subjectIds.map((id) => new UserView(id));
  }
  get text() {
    return this.event.text;
  }
}

/** The source of a Reaction: one emoji on one message. */
export class ReactionView {
  constructor(
    readonly message: MessageSnapshot,
    readonly reaction: ReactionCount,
  ) {}
  get emoji() {
    return this.reaction.emoji;
  }
  get count() {
    return this.reaction.count;
  }
}

export class MemberView {
  readonly __typename = 'Member';
  constructor(
    readonly conversation: string,
    readonly snapshot: Pick<MemberSnapshot, 'userId' | 'role'>,
  ) {}
  get id() {
    return toPairId('mbr', this.conversation, this.snapshot.userId);
  }
  get conversationId() {
    return toPublicId('conversation', this.conversation);
  }
  get userId() {
    return toPublicId('user', this.snapshot.userId);
  }
  get user() {
    return new UserView(this.snapshot.userId);
  }
  get role() {
    return this.snapshot.role;
  }
}

export class WatermarkView {
  constructor(
    readonly mark: WatermarksFeedEvent['watermarks'][number],
    /** Undefined where the caller is the viewer, who can be asked. */
    readonly viewerHidesReads: boolean | undefined,
  ) {}
  get userId() {
    return toPublicId('user', this.mark.userId);
  }
  get deliveredSeq() {
    return this.mark.deliveredSeq;
  }
}

/** The source of an InboxItem. */
export class InboxItemView {
  readonly __typename = 'InboxItem';
  constructor(
    readonly userId: string,
    readonly conversationId: string,
  ) {}
  get id() {
    return toPairId('inb', this.userId, this.conversationId);
  }
}

/** One change of a conversation, as changes and both subscriptions tell it. `viewerHidesReads`: see StreamEvent. */
export function toChange(event: FeedEvent, cursors: FeedCursors, viewerHidesReads?: boolean) {
  const { conversationId, version } = event;
  const common = withCursor(conversationId, () => cursors.ofConversation(conversationId, version));
  switch (event.kind) {
    case 'message':
      return assign(common, {
        __typename: 'MessageChanged',
        message: new MessageView(event.message),
        reason: event.reason,
        reaction: event.reaction ? { ...event.reaction, userId: toPublicId('user', event.reaction.userId) } : null,
      });
    case 'member':
      return assign(common, {
        __typename: 'MemberChanged',
        userId: toPublicId('user', event.userId),
        isMember: event.member !== null,
        member: event.member && new MemberView(conversationId, event.member),
      });
    case 'watermarks':
      return assign(common, {
        __typename: 'WatermarksMoved',
        watermarks: event.watermarks.map((mark) => new WatermarkView(mark, viewerHidesReads)),
      });
    case 'conversation':
      return assign(common, {
        __typename: 'ConversationChanged',
        conversation: new ConversationView(conversationId),
      });
  }
}

/** The value of conversationEvents and inboxEvents for one event of a stream. */
export function toStreamEvent(stream: StreamEvent, cursors: FeedCursors) {
  switch (stream.type) {
    case 'change':
      return toChange(stream.event, cursors, stream.viewerHidesReads);
    case 'caughtUp': {
      const { conversationId, version } = stream;
      const common = withCursor(conversationId, () => cursors.ofConversation(conversationId, version));
      return assign(common, { __typename: 'CaughtUp' });
    }
    case 'inboxItem': {
      const { userId, conversationId, inboxVersion, isRemoved, hiddenMessageId } = stream.event;
      const common = withCursor(conversationId, () => cursors.ofInbox(userId, inboxVersion));
      if (hiddenMessageId !== undefined)
        return assign(common, { __typename: 'MessageHidden', messageId: toPublicId('message', hiddenMessageId) });
      return assign(common, {
        __typename: 'InboxItemChanged',
        isRemoved,
        item: isRemoved ? null : new InboxItemView(userId, conversationId),
      });
    }
    case 'inboxCaughtUp':
      return {
        __typename: 'InboxCaughtUp',
        get cursor() {
          return cursors.ofInbox(stream.userId, stream.version);
        },
      };
  }
}

function withCursor(conversationId: string, seal: () => string) {
  return {
    get conversationId() {
      return toPublicId('conversation', conversationId);
    },
    get cursor() {
      return seal();
    },
  };
}

/** Unlike a spread, keeps the getters. */
function assign<Common extends object, Rest extends object>(common: Common, rest: Rest): Common & Rest {
  return Object.assign(common, rest);
}
