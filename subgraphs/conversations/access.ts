import { requireViewer } from '../../platform/auth/caller.js';
import type { ConversationsContext } from './context.js';
import { toConversation, type ConversationSource } from './present.js';
import type { ConversationRow } from './store.js';

/** Current members, and the hub, which checks its subscribers itself. Throws UNAUTHENTICATED for nobody. */
export async function isInside({ caller, loaders }: ConversationsContext, conversationId: string): Promise<boolean> {
  if (caller.kind === 'hub') return true;
  return (await loaders.member.load(`${conversationId} ${requireViewer(caller).userId}`)) !== null;
}

/** The viewer is an admin of it or its owner. */
export async function administers({ caller, loaders }: ConversationsContext, conversationId: string): Promise<boolean> {
  const member = await loaders.member.load(`${conversationId} ${requireViewer(caller).userId}`);
  return member !== null && (member.role as string) !== 'MEMBER';
}

/** Null where there is none, or the caller may not see it: they are not in, and it is no public channel. */
export async function readConversation(
  context: ConversationsContext,
  conversationId: string | null,
): Promise<ConversationSource | null> {
  if (!conversationId) return null;
  const [isMember, row] = await Promise.all([
    isInside(context, conversationId),
    context.loaders.conversation.load(conversationId),
  ]);
  return row && (isMember || isPublicChannel(row)) ? toConversation(row) : null;
}

export function isPublicChannel({ kind, visibility }: ConversationRow): boolean {
  return (kind as string) === 'CHANNEL' && (visibility as string) === 'PUBLIC';
}
