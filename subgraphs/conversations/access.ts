import { requireViewer } from '../../platform/auth/caller.js';
import type { ConversationsContext } from './context.js';
import { toConversation, type ConversationSource } from './present.js';

/** Current members, and the hub, which checks its subscribers itself. Throws UNAUTHENTICATED for nobody. */
export async function mayRead({ caller, loaders }: ConversationsContext, conversationId: string): Promise<boolean> {
  if (caller.kind === 'hub') return true;
  return (await loaders.member.load(`${conversationId} ${requireViewer(caller).userId}`)) !== null;
}

/** Null where there is none, or the caller may not read it. */
export async function readConversation(
  context: ConversationsContext,
  conversationId: string | null,
): Promise<ConversationSource | null> {
  if (!conversationId || !(await mayRead(context, conversationId))) return null;
  const row = await context.loaders.conversation.load(conversationId);
  return row && toConversation(row);
}
