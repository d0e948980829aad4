import type { Person } from '../../platform/auth/caller.js';
import { UserFault } from '../../platform/errors/errors.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import { inSpan, traceparent } from '../../platform/telemetry/tracing.js';
import type { MessageSnapshot } from '../../schema/events.js';
import type { Attachables } from '../../schema/media.js';
import { attach, attachAgain, toMediaIds } from './attaching.js';
import type { Restraints } from './restraints.js';
import type { Send, SendOutcome, SendStore } from './send-store.js';
import type { MessageStore } from './store.js';
import { checkBody, checkClientMessageId, toMentions, type MentionDraft } from './texts.js';

export interface Draft {
  /** Public id. */
  conversationId: string;
  clientMessageId: string;
  body: string;
  /** Public ids. */
  attachmentIds?: readonly string[];
  replyToId?: string | null;
  mentions?: readonly MentionDraft[];
}

/** Messages: who may send what. Policy, slow mode and blocks are checked where the message is stored, under its lock. */
export class Sending {
  constructor(
    private readonly store: Pick<MessageStore, 'messages' | 'sentBefore'>,
    private readonly sends: SendStore,
    private readonly restraints: Restraints,
    /** Asked for messages that carry something; null: none can. */
    private readonly media: Attachables | null,
  ) {}

  send(viewer: Person, draft: Draft): Promise<MessageSnapshot> {
    const { clientMessageId, body } = draft;
    checkClientMessageId(clientMessageId);
    const mediaIds = toMediaIds(draft.attachmentIds ?? []);
    checkBody(body, mediaIds.length > 0);
    const mentions = toMentions(body, draft.mentions ?? []);
    const replyToId = draft.replyToId == null ? undefined : fromPublicId('message', draft.replyToId);
    if (replyToId === null) throw refusal({ kind: 'noReplyTarget' });
    const send = {
      senderId: viewer.userId,
      clientMessageId,
      body,
      replyToId,
      mentions: mentions.length > 0 ? mentions : undefined,
    };
    const attachments = mediaIds.length > 0 ? () => attach(this.media, viewer.userId, mediaIds) : null;
    return this.append(viewer, draft.conversationId, send, attachments);
  }

  /** A message of its own, with the text of another as it is now, what it carries, and the name of who wrote it; without its mentions. */
  async forward(
    viewer: Person,
    draft: { messageId: string; conversationId: string; clientMessageId: string },
  ): Promise<MessageSnapshot> {
    const { clientMessageId } = draft;
    checkClientMessageId(clientMessageId);
    const id = fromPublicId('message', draft.messageId);
    const source = (id && (await this.store.messages(viewer.userId, [id])).get(id)) || null;
    if (source?.body == null || !source.senderId) {
      const conversationId = fromPublicId('conversation', draft.conversationId);
      const before = conversationId && (await this.store.sentBefore(conversationId, viewer.userId, clientMessageId));
      if (before) return before;
      throw unforwardable(source);
    }
    const send = {
      senderId: viewer.userId,
      clientMessageId,
      body: source.body,
      forwardedFromId: source.forwardedFromId ?? source.senderId,
    };
    const carried = source.attachments;
    return this.append(viewer, draft.conversationId, send, carried ? () => attachAgain(this.media, carried) : null);
  }

  private async append(
    viewer: Person,
    publicId: string,
    send: Omit<Send, 'conversationId' | 'attachments'>,
    attach: (() => Promise<Send['attachments']>) | null,
  ): Promise<MessageSnapshot> {
    const conversationId = fromPublicId('conversation', publicId);
    if (!conversationId) throw refusal({ kind: 'notAMember' });
    let attachments: Send['attachments'];
    try {
      await this.restraints.check(viewer, conversationId, send.body);
      if (attach) attachments = await attach();
    } catch (refused) {
      // What was sent already is no new message.
      const before = await this.store.sentBefore(conversationId, send.senderId, send.clientMessageId);
      if (before) return before;
      throw refused;
    }
    const outcome = await inSpan('append message', {}, () =>
      this.sends.append({ ...send, attachments, conversationId, traceparent: traceparent() }),
    );
    if (outcome.kind === 'stored') return outcome.message;
    throw refusal(outcome);
  }
}

function unforwardable(source: MessageSnapshot | null): UserFault {
  if (!source) return new UserFault('NOT_FOUND', ['messageId'], 'There is no such message.');
  if (source.deletedAt) return new UserFault('MESSAGE_DELETED', ['messageId'], 'This message was deleted.');
  return new UserFault('FORBIDDEN', ['messageId'], 'Messages of the server cannot be forwarded.');
}

function refusal(outcome: Exclude<SendOutcome, { kind: 'stored' }>): UserFault {
  switch (outcome.kind) {
    case 'notAMember':
      return new UserFault('NOT_A_MEMBER', ['conversationId'], 'You are not in this conversation.');
    case 'forbidden':
      return new UserFault('FORBIDDEN', ['conversationId'], 'In this conversation only some members may send.');
    case 'blocked':
      return new UserFault('BLOCKED', ['conversationId'], 'One of you has blocked the other.');
    case 'noReplyTarget':
      return new UserFault('NOT_FOUND', ['replyToId'], 'There is no such message in this conversation.');
    case 'mentionsOthers':
      return new UserFault('INVALID_INPUT', ['mentions'], 'Mention members of the conversation.');
    case 'slowMode':
      return new UserFault('SLOW_MODE', ['conversationId'], 'Slow mode is on. Send again later.', outcome.retryAt);
  }
}
