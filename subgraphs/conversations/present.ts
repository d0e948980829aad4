import { toPairId, toPublicId } from '../../platform/ids/ids.js';
import type { InboxRow } from './inbox-store.js';
import type { User } from './schema.js';
import type { ConversationRow, MemberRow } from './store.js';

/** Sources of resolvers: public ids for clients, the row's UUIDs beside them for what is resolved further. */
export function toConversation(row: ConversationRow) {
  const { conversationId: uuid, createdBy, ...rest } = row;
  return { ...rest, uuid, id: toPublicId('conversation', uuid), createdBy: toUser(createdBy) };
}
export type ConversationSource = ReturnType<typeof toConversation>;

export function toMember({ conversationId, userId, role, joinedAt }: MemberRow) {
  return {
    id: toPairId('mbr', conversationId, userId),
    conversationId: toPublicId('conversation', conversationId),
    userId: toPublicId('user', userId),
    user: toUser(userId),
    role,
    joinedAt,
  };
}

export function toInboxItem(row: InboxRow) {
  const { userId, conversationId: conversationUuid, lastActivityAt, unreadCount } = row;
  return {
    id: toPairId('inb', userId, conversationUuid),
    conversationUuid,
    conversationId: toPublicId('conversation', conversationUuid),
    lastActivityAt,
    unreadCount,
  };
}
export type InboxItemSource = ReturnType<typeof toInboxItem>;

export function toUser(userId: string): User {
  return { id: toPublicId('user', userId) };
}

/** A Viewer resolves from who it is. */
export function toViewer(userId: string) {
  return { id: toPublicId('viewer', userId), userId };
}
export type ViewerSource = ReturnType<typeof toViewer>;
