import { asPayload } from '../../platform/errors/errors.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import { readConversation } from './access.js';
import type { ConversationsContext } from './context.js';
import { forget } from './loaders.js';

/** The payload of a mutation that changes a conversation, whose id the work gives, as it is afterwards. */
export async function changed(context: ConversationsContext, work: Promise<string>) {
  const { conversationId, errors } = await asPayload('conversationId', work);
  forget(context.loaders);
  return { conversation: await readConversation(context, conversationId), errors };
}

export function toUuids(ids: string[]): (string | null)[] {
  return ids.map((id) => fromPublicId('user', id));
}
