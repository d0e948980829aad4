import type { ConversationView, StoredMessage } from '@parley/client';

type Role = 'MEMBER' | 'ADMIN' | 'OWNER';
const rank: Record<Role, number> = { MEMBER: 0, ADMIN: 1, OWNER: 2 };

/** What the person may do in a conversation, so that nothing is offered which the server would refuse. */
export interface Rights {
  role: Role | null;
  isAdmin: boolean;
  isOwner: boolean;
  canSend: boolean;
  canInvite: boolean;
  canPin: boolean;
}

export function rightsIn({ info, members, isMember }: ConversationView, viewerId: string): Rights {
  const role: Role | null = isMember ? (members.find(({ userId }) => userId === viewerId)?.role ?? 'MEMBER') : null;
  const reaches = (least: Role | undefined) => role !== null && rank[role] >= rank[least ?? 'OWNER'];
  const isDirect = info?.kind === 'DIRECT';
  return {
    role,
    isAdmin: !isDirect && reaches('ADMIN'),
    isOwner: !isDirect && reaches('OWNER'),
    canSend: reaches(info?.policy.whoCanSend),
    canInvite: !isDirect && reaches(info?.policy.whoCanInvite),
    canPin: isDirect ? role !== null : reaches('ADMIN'),
  };
}

const isWithin = (message: StoredMessage, seconds: number, now: number): boolean =>
  now < Date.parse(message.createdAt) + seconds * 1_000;

export function canEdit(message: StoredMessage, { info }: ConversationView, now = Date.now()): boolean {
  const isWritten = message.isOwn && message.kind !== 'SYSTEM' && !message.forwardedFrom && !message.deletedAt;
  return isWritten && isWithin(message, info?.policy.editWindowSeconds ?? 0, now);
}

export function canDeleteForAll(
  message: StoredMessage,
  { info }: ConversationView,
  rights: Rights,
  now = Date.now(),
): boolean {
  if (message.kind === 'SYSTEM' || message.deletedAt) return false;
  return rights.isAdmin || (message.isOwn && isWithin(message, info?.policy.deleteWindowSeconds ?? 0, now));
}
