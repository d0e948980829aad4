import { Fault } from '../../platform/errors/errors.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import type { MessagesContext } from './context.js';
import { MessageView } from './present.js';
import type { Access } from './spans.js';

/** Null where the caller may not see it, or there is none. */
export async function loadMessage({ loaders }: MessagesContext, id: string): Promise<MessageView | null> {
  const uuid = fromPublicId('message', id);
  const message = uuid && (await loaders.message.load(uuid));
  return message ? new MessageView(message) : null;
}

/** Throws FORBIDDEN unless the viewer is a member. */
export async function requireAccess({ loaders }: MessagesContext, conversationId: string): Promise<Access> {
  const access = await loaders.access.load(conversationId);
  if (!access) throw notAMember();
  return access;
}

export function notAMember(): Fault {
  return new Fault('FORBIDDEN', 'You are not in this conversation.');
}
