import type { Person } from '../../platform/auth/caller.js';
import { UserFault } from '../../platform/errors/errors.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import type { MessageSnapshot } from '../../schema/events.js';
import type { SendStore } from './send-store.js';
import { checkBody, checkClientMessageId } from './texts.js';

export interface Draft {
  /** Public id. */
  conversationId: string;
  clientMessageId: string;
  body: string;
  /** Public ids. */
  attachmentIds?: readonly string[];
}

/** Messages: who may send what. */
export class Sending {
  constructor(private readonly sends: SendStore) {}

  async send(viewer: Person, draft: Draft): Promise<MessageSnapshot> {
    const { clientMessageId, body } = draft;
    checkClientMessageId(clientMessageId);
    // No media can be uploaded yet, so none can be sent.
    if (draft.attachmentIds?.length)
      throw new UserFault('NOT_FOUND', ['attachmentIds', '0'], 'There is no such upload of yours.');
    checkBody(body);
    const conversationId = fromPublicId('conversation', draft.conversationId);
    const outcome = conversationId
      ? await this.sends.append({ conversationId, senderId: viewer.userId, clientMessageId, body })
      : ({ kind: 'notAMember' } as const);
    if (outcome.kind === 'stored') return outcome.message;
    throw new UserFault('NOT_A_MEMBER', ['conversationId'], 'You are not in this conversation.');
  }
}
