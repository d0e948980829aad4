import type { Registry } from 'prom-client';
import type { UnsubscribeTokens } from '../platform/auth/unsubscribe-token.js';
import type { DirectoryClient } from '../platform/database/port.js';
import type { Presences } from '../platform/ephemeral/presence-port.js';
import { Fault } from '../platform/errors/errors.js';
import type { Mail } from '../platform/mail/port.js';
import type { Shards } from '../platform/shards/shards.js';
import type { Log } from '../platform/telemetry/log.js';
import { createBreaker, isHeldBack } from '../platform/worker/breaker.js';
import { defineJob, type Job } from '../platform/worker/define-job.js';
import { isWanted } from './notifications/decide.js';
import { digestLetter, type DigestEntry } from './notifications/digest-letter.js';
import { DigestRows, type ClaimedDigest, type Mailed } from './notifications/digest-rows.js';
import { digestCounter } from './notifications/metrics.js';
import { NotifiedPeople, type Reachable } from './notifications/people.js';
import { LOOKED_AT, readSituations, type Situation, type UnreadMessage } from './notifications/situations.js';

const BATCH = 50;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Unread conversations that one letter tells of, at most. */
const CONVERSATIONS = 30;
/** After a mail server's failure. */
const AGAIN_MS = 5 * MINUTE_MS;

export interface EmailDigestDependencies {
  directory: DirectoryClient;
  shards: Shards;
  presences: Pick<Presences, 'awake' | 'read'>;
  mail: Mail;
  tokens: UnsubscribeTokens;
  /** Where people reach Parley, without a slash at the end. */
  publicUrl: () => string;
  log: Log;
  registry?: Registry;
  /** Unix ms. */
  now?: () => number;
}

/** What is unread in one conversation and to be told, and when it can be. */
interface Waiting {
  conversationId: string;
  situation: Situation;
  entry: DigestEntry;
  /** ms from now; 0 or less: now. */
  inMs: number;
}

/** Letters about unread messages to people who have been away: of each conversation once a day at most. */
export class EmailDigests {
  private readonly rows: DigestRows;
  private readonly people: NotifiedPeople;
  private readonly letters;
  private readonly breaker;
  private readonly now: () => number;

  constructor(private readonly deps: EmailDigestDependencies) {
    this.rows = new DigestRows(deps.directory);
    this.people = new NotifiedPeople(deps.directory);
    this.letters = digestCounter(deps.registry);
    this.breaker = createBreaker({ name: 'mail', isFailure: isOutage, log: deps.log, registry: deps.registry });
    this.now = deps.now ?? Date.now;
  }

  /** Some of those who are due; how many there were. */
  async once(): Promise<number> {
    const claimed = await this.rows.claim(BATCH);
    if (claimed.length === 0) return 0;
    const userIds = claimed.map(({ userId }) => userId);
    const [people, awake, states] = await Promise.all([
      this.people.reachable(userIds),
      this.deps.presences.awake(userIds),
      this.deps.presences.read(userIds),
    ]);
    for (const [index, row] of claimed.entries()) {
      const person = people.get(row.userId);
      const seenAt = Math.max(states[index]?.lastSeenAt ?? 0, person?.lastSeenAt ?? 0);
      await this.look(row, person, awake.has(row.userId) ? this.now() : seenAt);
    }
    return claimed.length;
  }

  /** `hereAt`: when the person was last here, Unix ms. */
  private async look(row: ClaimedDigest, person: Reachable | undefined, hereAt: number): Promise<void> {
    if (!person?.email || person.settings.email === 'NONE') return this.rows.settle(row, null, DAY_MS);
    const afterMs = person.settings.emailAfterMinutes * MINUTE_MS;
    const before = await this.rows.mailed(row.userId);
    const waiting = await this.waitingFor(row.userId, person, hereAt, before);
    const ready = waiting.filter(({ inMs }) => inMs <= 0).slice(0, CONVERSATIONS);
    const isSent = ready.length === 0 || (await this.send(row.userId, person, ready, before));
    const later = waiting.filter((each) => !ready.includes(each)).map(({ inMs }) => Math.max(inMs, MINUTE_MS / 60));
    if (!isSent) later.push(AGAIN_MS);
    await this.rows.settle(row, later.length > 0 ? Math.min(...later) : null, afterMs);
  }

  private async waitingFor(
    userId: string,
    { settings }: Reachable,
    hereAt: number,
    before: ReadonlyMap<string, Mailed>,
  ): Promise<Waiting[]> {
    const places = await this.unreadPlaces(userId);
    const situations = await readSituations(this.deps.shards, places);
    const senders = new Set(situations.flatMap((each) => each?.unread.map(({ senderId }) => senderId) ?? []));
    if (senders.size === 0) return [];
    const [silenced, names] = await Promise.all([
      this.people.silenced([userId], [...senders]),
      this.people.names([...senders]),
    ]);
    const now = this.now();
    const afterMs = settings.emailAfterMinutes * MINUTE_MS;
    return places.flatMap(({ conversationId }, index) => {
      const situation = situations[index];
      if (!situation || situation.isMuted || situation.isArchived) return [];
      const mailed = before.get(conversationId);
      const messages = situation.unread.filter(
        (message) =>
          message.seq > (mailed?.seq ?? 0) &&
          !silenced.has(`${userId} ${message.senderId}`) &&
          isWanted(settings.email, situation, message),
      );
      const oldest = messages.at(-1);
      if (!oldest) return [];
      // Unread for so long, and so long since the person was here.
      const due = Math.max(oldest.createdAt, hereAt) + afterMs;
      const inMs = Math.max(due, (mailed?.mailedAt.getTime() ?? 0) + DAY_MS) - now;
      return [
        {
          conversationId,
          situation,
          inMs,
          entry: { ...situation, count: countOf(situation, messages, mailed), messages, names },
        },
      ];
    });
  }

  /** Conversations with something unread, the most recent ones. */
  private async unreadPlaces(userId: string) {
    const rows = await this.deps.shards.on(
      userId,
      ({ db }) => db.$queryRaw<{ conversationId: string }[]>`
        select i."conversationId" from inbox_item i
        where owns_buckets(array[${userId}::uuid]) and i."userId" = ${userId}::uuid and not i."isRemoved" and not i."isMuted"
          and i."archivedAt" is null
          and (i."unreadCount" > 0 or exists (
            select from mention m
            where m.user_id = i."userId" and m.conversation_id = i."conversationId" and m.seq > i."readSeq"))
        order by i."lastActivityAt" desc limit ${CONVERSATIONS * 3}`,
    );
    return rows.map(({ conversationId }) => ({ userId, conversationId }));
  }

  /** False where the mail server cannot now. */
  private async send(userId: string, { email, settings }: Reachable, ready: Waiting[], before: Map<string, Mailed>) {
    const { mail, tokens, publicUrl, log } = this.deps;
    const letter = digestLetter({
      to: email!,
      entries: ready.map(({ entry }) => entry),
      showPreview: settings.showPreview,
      url: publicUrl(),
      unsubscribe: `${publicUrl()}/unsubscribe/${tokens.sign(userId)}`,
    });
    const told = ready.map(({ conversationId, situation }) => ({ conversationId, seq: situation.lastSeq }));
    await this.rows.note(userId, told, new Date(this.now()));
    try {
      await this.breaker.call(() => mail.send(letter));
      this.letters.inc({ outcome: 'sent' });
      return true;
    } catch (error) {
      const isLater = isOutage(error) || isHeldBack(error);
      this.letters.inc({ outcome: isLater ? 'later' : 'refused' });
      if (!isLater) {
        log.warn({ err: error }, 'a digest was refused');
        return true;
      }
      await this.rows.takeBack(userId, told, before);
      return false;
    }
  }
}

/** Only the newest ones are looked at: where all count, there may be more. */
function countOf(
  { lastSeq, readSeq, isOnRead }: Situation,
  messages: UnreadMessage[],
  mailed: Mailed | undefined,
): number {
  const isAll = !isOnRead && messages.length >= LOOKED_AT;
  return isAll ? lastSeq - Math.max(readSeq, mailed?.seq ?? 0) : messages.length;
}

function isOutage(error: unknown): boolean {
  return error instanceof Fault && error.code === 'UNAVAILABLE';
}

/** `everyMs`: how often to look for who is due. */
export function emailDigest({ everyMs, ...deps }: EmailDigestDependencies & { everyMs: number }): Job {
  const digests = new EmailDigests(deps);
  return defineJob({
    name: 'email-digest',
    everyMs,
    run: async (signal) => {
      while (!signal.aborted && (await digests.once()) >= BATCH);
    },
  });
}
