import type { MessageSnapshot } from '../../schema/events.js';
import type { ConversationDocument, IndexChange, MessageDocument, PersonDocument } from './port.js';

/**
 * What the index holds of a message as it is at a version: nothing once it is deleted or its time is up. Null for messages of
 * the server, which are not searched.
 */
export function messageChange(
  message: MessageSnapshot,
  version: number,
  now = Date.now(),
): IndexChange<MessageDocument> | null {
  const { id, conversationId, senderId, seq, createdAt, body, mentions = [], attachments = [] } = message;
  if (message.kind === 'SYSTEM' || senderId === null) return null;
  const isGone =
    message.deletedAt !== undefined || (message.expiresAt !== undefined && Date.parse(message.expiresAt) <= now);
  const document = {
    id,
    conversationId,
    senderId,
    seq,
    sentAt: Date.parse(createdAt),
    body: body ?? '',
    mediaKinds: [...new Set(attachments.map(({ kind }) => kind))],
    mentionedIds: [...new Set(mentions.map(({ userId }) => userId))],
  };
  return { id, version, document: isGone ? null : document };
}

/** An account; `version` is its changed_at, which every change moves forward. */
export interface AccountState extends PersonDocument {
  version: number;
  isFindable: boolean;
}

export function personChange({
  id,
  handle,
  displayName,
  version,
  isFindable,
}: AccountState): IndexChange<PersonDocument> {
  return { id, version, document: isFindable ? { id, handle, displayName } : null };
}

/** A conversation; `version` is that of its last change of its own. */
export interface ConversationState extends ConversationDocument {
  version: number;
}

export function conversationChange({ version, ...document }: ConversationState): IndexChange<ConversationDocument> {
  return { id: document.id, version, document };
}

/** The newest change of each thing alone: those before it would be overwritten at once. */
export function newest<Document>(changes: readonly IndexChange<Document>[]): IndexChange<Document>[] {
  const byId = new Map<string, IndexChange<Document>>();
  for (const change of changes) {
    const known = byId.get(change.id);
    if (!known || known.version < change.version) byId.set(change.id, change);
  }
  return [...byId.values()];
}
