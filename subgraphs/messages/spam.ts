import { createHash } from 'node:crypto';
import type { Person } from '../../platform/auth/caller.js';
import type { Ephemeral } from '../../platform/ephemeral/port.js';
import { UserFault } from '../../platform/errors/errors.js';
import { keys } from '../../schema/live.js';

/** Shorter texts, as "Good morning everybody", are sent to many without harm. */
const SHORTEST = 25;
const WINDOW_MS = 3_600_000;
/** Conversations that one text may go to within the window before strangers are spared. */
const MANY = { newcomer: 5, others: 20 };

/**
 * The same text to many strangers: to people in a DIRECT who have never written back. Groups, and people who have answered,
 * get it all the same. A store that cannot be reached suspects nobody.
 */
export class SpamGuard {
  constructor(
    private readonly ephemeral: Ephemeral,
    /** Whether the conversation is a DIRECT in which nobody but this person has written. */
    private readonly isOneSided: (conversationId: string, userId: string) => Promise<boolean>,
  ) {}

  /** Throws SPAM_SUSPECTED, or remembers that the text went here. */
  async check({ userId, isNewcomer }: Person, conversationId: string, body: string): Promise<void> {
    const text = body.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();
    if (text.length < SHORTEST) return;
    const key = keys.sameText(userId, createHash('sha256').update(text).digest('base64url').slice(0, 22));
    const [sentTo = []] = await this.ephemeral.members([key]).catch(() => []);
    if (sentTo.includes(conversationId)) return;
    if (sentTo.length >= (isNewcomer ? MANY.newcomer : MANY.others) && (await this.isOneSided(conversationId, userId)))
      throw new UserFault(
        'SPAM_SUSPECTED',
        ['body'],
        'You have sent this text to many people who have not answered. Write something of your own, or try again later.',
        new Date(Date.now() + WINDOW_MS),
      );
    await this.ephemeral.addMember(key, conversationId, WINDOW_MS).catch(() => undefined);
  }
}
