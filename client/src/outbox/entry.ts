import type { MentionInput, QuoteFieldsFragment, SendMessageInput } from '../generated/graphql.js';
import type { FileToSend } from '../uploads/file.js';

/** What somebody wants to say. */
export interface Draft {
  body?: string;
  mentions?: MentionInput[];
  /** The message that this one answers; shown with it before the server has it. */
  replyTo?: QuoteFieldsFragment | null;
  /** Media that are up already, shown first. */
  attachmentIds?: string[];
  /** Files that go with it, in order: those of uploads that were started, or are started when its turn comes. */
  files?: FileToSend[];
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

/** `mediaIds`: of its files. */
export function toInput(
  { conversationId, clientMessageId, draft }: OutboxEntry,
  mediaIds: readonly string[],
): SendMessageInput {
  const { body = '', mentions = [], replyTo = null } = draft;
  const attachmentIds = [...(draft.attachmentIds ?? []), ...mediaIds];
  return { conversationId, clientMessageId, body, mentions, attachmentIds, replyToId: replyTo?.id ?? null };
}
