import type { MentionInput, QuoteFieldsFragment, SendMessageInput } from '../generated/graphql.js';

/** What somebody wants to say. */
export interface Draft {
  body?: string;
  mentions?: MentionInput[];
  /** The message that this one answers; shown with it before the server has it. */
  replyTo?: QuoteFieldsFragment | null;
  attachmentIds?: string[];
}

/** A message on its way, as it lies in storage until the server has it. */
export interface OutboxEntry {
  /** Sorts entries in the order in which they are sent. */
  key: string;
  clientMessageId: string;
  conversationId: string;
  draft: Draft;
  /** When the person sent it, in ms since 1970. */
  createdAt: number;
  /** Why the server did not take it; null while it is on its way. */
  failure: { code: string; message: string } | null;
}

export function toInput({ conversationId, clientMessageId, draft }: OutboxEntry): SendMessageInput {
  const { body = '', mentions = [], replyTo = null, attachmentIds = [] } = draft;
  return { conversationId, clientMessageId, body, mentions, attachmentIds, replyToId: replyTo?.id ?? null };
}
