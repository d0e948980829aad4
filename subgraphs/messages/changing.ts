import type { Person } from '../../platform/auth/caller.js';
import { UserFault } from '../../platform/errors/errors.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import type { MessageSnapshot } from '../../schema/events.js';
import type { ChangeOutcome, ChangeRefusal, ChangeStore } from './change-store.js';
import { toEmoji } from './emoji.js';
import type { MessageStore } from './store.js';
import { checkBody, isBlank, toMentions, type MentionDraft } from './texts.js';

/** Different emoji on one message. */
const MAX_EMOJI = 20;
/** Pinned messages of one conversation. */
const MAX_PINNED = 50;
/** Messages that one person hides in one conversation: every read of it goes past them. */
const MAX_HIDDEN = 10_000;

/** Messages that are there: who may change what. Message ids are public ones. */
export class Changing {
  constructor(
    private readonly store: Pick<MessageStore, 'readable'>,
    private readonly changes: ChangeStore,
  ) {}

  async edit(
    viewer: Person,
    draft: { messageId: string; body: string; mentions: readonly MentionDraft[] },
  ): Promise<MessageSnapshot> {
    checkBody(draft.body, isBlank(draft.body) && (await this.carriesSomething(viewer, draft.messageId)));
    const mentions = toMentions(draft.body, draft.mentions);
    return settle(await this.changes.edit(uuidOf(draft.messageId), viewer.userId, draft.body, mentions), {
      forbidden: 'Only messages that you wrote yourself can be edited, where you may still send.',
    });
  }

  async deleteForEveryone(viewer: Person, messageId: string): Promise<MessageSnapshot> {
    return settle(await this.changes.delete(uuidOf(messageId), viewer.userId), {
      forbidden: 'Only your own messages can be deleted for everyone, unless you are an admin.',
      'window-closed': 'This message is too old to be deleted for everyone.',
    });
  }

  /** Returns the message as it was: it is only this person who does not see it any more. */
  async hide(viewer: Person, messageId: string): Promise<MessageSnapshot> {
    const id = uuidOf(messageId);
    const message = (await this.store.readable(viewer.userId, [id])).get(id);
    if (!message) throw fault('not-found');
    if ((await this.changes.hide(viewer.userId, message, MAX_HIDDEN)) === 'done') return message;
    throw fault('too-many', { 'too-many': `At most ${MAX_HIDDEN} messages can be hidden in a conversation.` });
  }

  async addReaction(viewer: Person, draft: { messageId: string; emoji: string }): Promise<MessageSnapshot> {
    const emoji = toEmoji(draft.emoji);
    return settle(await this.changes.addReaction(uuidOf(draft.messageId), viewer.userId, emoji, MAX_EMOJI), {
      forbidden: 'Messages of the server cannot be reacted to.',
      'too-many': `There are ${MAX_EMOJI} different reactions already. Use one of them.`,
    });
  }

  async removeReaction(viewer: Person, draft: { messageId: string; emoji: string }): Promise<MessageSnapshot> {
    const emoji = toEmoji(draft.emoji);
    return settle(await this.changes.removeReaction(uuidOf(draft.messageId), viewer.userId, emoji));
  }

  async pin(viewer: Person, messageId: string, isPinned: boolean): Promise<MessageSnapshot> {
    return settle(await this.changes.pin(uuidOf(messageId), viewer.userId, isPinned, MAX_PINNED), {
      forbidden: 'Only admins can pin messages here, and only those of members.',
      'too-many': `${MAX_PINNED} messages are pinned already. Unpin one first.`,
    });
  }

  /** What a message carries stays as long as the message does. */
  private async carriesSomething({ userId }: Person, messageId: string): Promise<boolean> {
    const id = uuidOf(messageId);
    return (await this.store.readable(userId, [id])).get(id)?.attachments !== undefined;
  }
}

type Wordings = Partial<Record<ChangeRefusal, string>>;

function uuidOf(messageId: string): string {
  const uuid = fromPublicId('message', messageId);
  if (uuid) return uuid;
  throw fault('not-found');
}

function settle(change: ChangeOutcome, wordings: Wordings = {}): MessageSnapshot {
  if (change.outcome === 'done') return change.snapshot;
  throw fault(change.outcome, wordings);
}

const faults: Record<ChangeRefusal, { code: string; path: string; message: string }> = {
  'not-found': { code: 'NOT_FOUND', path: 'messageId', message: 'There is no such message.' },
  forbidden: { code: 'FORBIDDEN', path: 'messageId', message: 'You may not do this.' },
  deleted: { code: 'MESSAGE_DELETED', path: 'messageId', message: 'This message was deleted.' },
  blocked: { code: 'BLOCKED', path: 'messageId', message: 'One of you has blocked the other.' },
  'window-closed': { code: 'EDIT_WINDOW_CLOSED', path: 'messageId', message: 'This message is too old to be edited.' },
  'mentions-others': { code: 'INVALID_INPUT', path: 'mentions', message: 'Mention members of the conversation.' },
  'too-many': { code: 'CONFLICT', path: 'messageId', message: 'There are too many already.' },
};

function fault(refusal: ChangeRefusal, wordings: Wordings = {}): UserFault {
  const { code, path, message } = faults[refusal];
  return new UserFault(code, [path], wordings[refusal] ?? message);
}
