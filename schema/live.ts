import type { MemberSnapshot, MessageSnapshot } from './events.js';

/**
 * One change of a conversation, as the change feed stores it and as live streams carry it. `version` is the change's
 * number in its conversation. Ids are UUIDs, instants RFC 3339 text.
 */
export type FeedEvent = MessageFeedEvent | MemberFeedEvent | ConversationFeedEvent | WatermarksFeedEvent;

/** As live streams carry it. */
export type LiveEvent = FeedEvent & {
  /** W3C trace context of the request that caused it, where that is traced. */
  traceparent?: string;
};

export interface MessageFeedEvent {
  kind: 'message';
  conversationId: string;
  version: number;
  /** What happened; CHANGED where several changes are told as one. */
  reason: 'SENT' | 'EDITED' | 'DELETED' | 'REACTED' | 'PINNED' | 'EXPIRED' | 'FAILED' | 'CHANGED';
  message: MessageSnapshot;
  /** With REACTED. */
  reaction?: { userId: string; emoji: string; isAdded: boolean };
}
export interface MemberFeedEvent {
  kind: 'member';
  conversationId: string;
  version: number;
  userId: string;
  /** Null once left. */
  member: MemberSnapshot | null;
  /** A join: the first message that they may read. */
  fromSeq?: number;
}
/** Title, description or another property of the conversation itself. */
export interface ConversationFeedEvent {
  kind: 'conversation';
  conversationId: string;
  version: number;
}

/** Several members' watermarks, told as one change that covers the versions from `fromVersion` to `version`. */
export interface WatermarksFeedEvent {
  kind: 'watermarks';
  conversationId: string;
  fromVersion: number;
  version: number;
  watermarks: { userId: string; deliveredSeq: number; readSeq: number }[];
}

/** A change of one person's inbox row. `inboxVersion` is its number in their inbox. */
export interface InboxFeedEvent {
  kind: 'inbox';
  userId: string;
  conversationId: string;
  inboxVersion: number;
  isRemoved: boolean;
  /** Set where the change is that the person hid this message. */
  hiddenMessageId?: string;
}

/** What deliver publishes on `inbox:<router>`: the change, and each recipient's inbox version for it. */
export interface InboxDelivery {
  /** Null where only one person's own state changed. */
  event: LiveEvent | null;
  /** [user id, inbox version] of those who see the change itself. */
  recipients: [string, number][];
  /** Of those whose own membership it is: told as a change of their inbox. */
  own: InboxFeedEvent[];
}

/** Channels of the pubsub port. */
export const channels = {
  /** FeedEvent JSON, one conversation. */
  conversation: (conversationId: string) => `conversation:${conversationId}`,
  /** InboxDelivery JSON, for the sockets of one router. */
  inbox: (routerId: string) => `inbox:${routerId}`,
  /** Revocation JSON, for all routers. */
  revocations: 'revocations',
  /** Empty messages: the outbox of this database has news. */
  outbox: (database: string) => `outbox:${database}`,
  /** In how many ms, as a number, there is something to look at in the table notification of some shard. */
  notifications: 'notifications',
  /** Empty messages: something is to be sent to webhooks. */
  webhooks: 'webhooks',
  /** Empty messages: the map of shards has changed. */
  shardMap: 'shard-map',
};

/** Devices whose sockets end now. */
export interface Revocation {
  userId: string;
  deviceIds: string[];
}

/** Keys of the ephemeral port. */
export const keys = {
  /** Set of router ids that hold a socket of this person with an inbox stream. */
  routersOf: (userId: string) => `routers:${userId}`,
  /** Set of the conversations to which a person has lately sent one text, by its hash. */
  sameText: (userId: string, hash: string) => `same-text:${userId}:${hash}`,
  /** Present while an access token of this device may still be within its life. */
  revokedDevice: (deviceId: string) => `revoked-device:${deviceId}`,
};
