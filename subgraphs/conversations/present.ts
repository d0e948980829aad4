import { toPairId, toPublicId } from '../../platform/ids/ids.js';
import type { InboxRow } from './inbox-store.js';
import type { InviteRow, JoinRequestRow } from './invite-store.js';
import type { User } from './stubs.js';
import type { ConversationRow, MemberRow } from './store.js';

/** Sources of resolvers: public ids for clients, the row's UUIDs beside them for what is resolved further. */
export function toConversation(row: ConversationRow) {
  const { conversationId: uuid, createdBy, whoCanSend, whoCanInvite, ...rest } = row;
  const { editWindowSeconds, deleteWindowSeconds, slowModeSeconds, messageTtlSeconds, ...common } = rest;
  return {
    ...common,
    uuid,
    id: toPublicId('conversation', uuid),
    createdBy: toUser(createdBy),
    avatar: row.avatarMediaId === null ? null : { id: toPublicId('media', row.avatarMediaId) },
    policy: { whoCanSend, whoCanInvite, editWindowSeconds, deleteWindowSeconds, slowModeSeconds, messageTtlSeconds },
  };
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

export function toInvite(row: InviteRow, urlOf: (code: string) => string) {
  const { inviteId, code, createdBy, needsApproval, maxUses, useCount, expiresAt } = row;
  return {
    id: toPublicId('invite', inviteId),
    code,
    url: urlOf(code),
    createdBy: toUser(createdBy),
    needsApproval,
    maxUses,
    useCount,
    expiresAt,
  };
}

export function toInvitePreview({ code, needsApproval, conversationId }: InviteRow, conversation: ConversationRow) {
  const { title, description, memberCount } = conversation;
  return { code, needsApproval, conversationUuid: conversationId, title, description, memberCount };
}
export type InvitePreviewSource = ReturnType<typeof toInvitePreview>;

export function toJoinRequest({ joinRequestId, userId, requestedAt }: JoinRequestRow) {
  return { id: toPublicId('joinRequest', joinRequestId), user: toUser(userId), requestedAt };
}

export function toInboxItem(row: InboxRow) {
  const { userId, conversationId: conversationUuid, isMuted, mutedUntil, ...rest } = row;
  return {
    id: toPairId('inb', userId, conversationUuid),
    userUuid: userId,
    conversationUuid,
    conversationId: toPublicId('conversation', conversationUuid),
    lastActivityAt: rest.lastActivityAt,
    unreadCount: rest.unreadCount,
    readSeq: rest.readSeq,
    isMuted,
    mutedUntil: isMuted ? mutedUntil : null,
    pinnedAt: rest.pinnedAt,
    archivedAt: rest.archivedAt,
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
