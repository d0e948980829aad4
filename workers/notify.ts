import { growingLru } from '../platform/cache/growing-lru.js';
import type { DirectoryClient } from '../platform/database/port.js';
import type { Presences } from '../platform/ephemeral/presence-port.js';
import type { PubSub } from '../platform/pubsub/port.js';
import type { Shards } from '../platform/shards/shards.js';
import type { Log } from '../platform/telemetry/log.js';
import { defineWorker, type Worker } from '../platform/worker/define-worker.js';
import type { ConversationLogEvent, EventOf, ParleyEvent } from '../schema/events.js';
import { channels } from '../schema/live.js';
import { PUSH_LIFE_MS } from './notifications/decide.js';
import { DigestRows } from './notifications/digest-rows.js';
import { NotifiedPeople } from './notifications/people.js';
import { NotificationRows, type Arrival, type Place } from './notifications/rows.js';
import { OpenMembers, type OpenMember } from './open-members.js';

/** What it acts on, and what changes memberships: with all of these it knows who is in without asking. */
const told = [
  'MessageSent',
  'MessageEdited',
  'MessageDeleted',
  'MessageReacted',
  'MessagePinned',
  'MessageExpired',
  'MessageFailed',
  'WatermarksMoved',
  'ConversationCreated',
  'ConversationUpdated',
  'MemberJoined',
  'MemberLeft',
  'MemberRoleChanged',
] as const;

const BATCH = 500;
/** For how long events gather after a batch, ms. */
const GATHER_MS = 200;
/** A look that is known to be due later than this covers what comes now; it may begin early by what clocks differ. */
const COVERED_MS = 5_000;

export interface NotifyDependencies {
  directory: DirectoryClient;
  shards: Shards;
  presences: Pick<Presences, 'awake'>;
  pubsub: Pick<PubSub, 'publish'>;
  /** For how long messages to somebody who is away gather for one push, ms. */
  burstMs: number;
  /** How long a message may stay undelivered while a device is awake, ms. */
  checkMs: number;
  log: Log;
  /** Unix ms. */
  now?: () => number;
}

/** What came to one person in one conversation. */
interface News extends Place {
  firstSeq: number;
  lastSeq: number;
}

/**
 * Notes who is to be looked at because of what was said, and when: in a moment, where no device of theirs is awake, and else
 * once a device should have taken it. `send-pushes` looks and pushes, `email-digest` mails. A replay notes the same again,
 * which changes nothing once it was looked at.
 */
export function notify(deps: NotifyDependencies): Worker {
  const { now = Date.now } = deps;
  const openMembers = new OpenMembers(deps.shards);
  const schedule = new Schedule(deps);
  const rows = new NotificationRows(deps.shards);
  // Who looks does so by itself, too, if later.
  const tell = (inMs: number) => deps.pubsub.publish(channels.notifications, String(inMs)).catch(() => undefined);
  return defineWorker({
    name: 'notify',
    events: [...told, 'InboxItemUpdated', 'QuietHoursChanged'],
    batch: { size: BATCH, within: GATHER_MS },
    anyOrder: true,
    handle: async (events) => {
      const ofConversations = events.filter((event) => 'conversationVersion' in event);
      const members = await openMembers.of(ofConversations.filter((event) => event.fanOut !== 'ON_READ'));
      const outdated = await rows.wake(unique(events.flatMap((event) => outdatedBy(event, members))));
      const postponed = await rows.wakePostponed([
        ...new Set(events.flatMap((event) => (event.type === 'QuietHoursChanged' ? [event.userId] : []))),
      ]);
      if (outdated + postponed > 0) await tell(0);
      const news = newsOf(ofConversations, members, new Date(now() - PUSH_LIFE_MS).toISOString());
      for (const delayMs of await schedule.add(news)) await tell(delayMs);
    },
  });
}

/** Whom new messages are for: all members, and above 256 of them those who are mentioned. */
function newsOf(events: ConversationLogEvent[], members: ReadonlyMap<string, OpenMember[]>, oldest: string): News[] {
  const news = new Map<string, News>();
  for (const event of events) {
    if (event.type !== 'MessageSent' || event.message.kind === 'SYSTEM' || event.message.createdAt < oldest) continue;
    const { conversationId, message } = event;
    for (const userId of recipientsOf(event, members)) {
      if (userId === message.senderId) continue;
      const key = `${userId} ${conversationId}`;
      const known = news.get(key) ?? { userId, conversationId, firstSeq: message.seq, lastSeq: message.seq };
      known.firstSeq = Math.min(known.firstSeq, message.seq);
      known.lastSeq = Math.max(known.lastSeq, message.seq);
      news.set(key, known);
    }
  }
  return [...news.values()];
}

function recipientsOf(
  { conversationId, fanOut, message }: EventOf<'MessageSent'>,
  members: ReadonlyMap<string, OpenMember[]>,
) {
  if (fanOut === 'ON_READ') return new Set(message.mentions?.map(({ userId }) => userId));
  return new Set(
    members.get(conversationId)?.flatMap(({ userId, fromSeq }) => (fromSeq <= message.seq ? [userId] : [])),
  );
}

/** Whose devices may show what is read, deleted or not theirs any more. */
function outdatedBy(event: ParleyEvent, members: ReadonlyMap<string, OpenMember[]>): Place[] {
  const place = (userId: string, conversationId: string) => ({ userId, conversationId });
  switch (event.type) {
    case 'MessageSent':
      // Who writes has read what was before.
      return event.message.senderId ? [place(event.message.senderId, event.conversationId)] : [];
    case 'WatermarksMoved':
      return event.watermarks.flatMap(({ userId, hasRead }) => (hasRead ? [place(userId, event.conversationId)] : []));
    case 'MessageDeleted':
    case 'MessageExpired':
      return [
        ...(event.unmentionedIds ?? []),
        ...(members.get(event.conversationId) ?? []).map(({ userId }) => userId),
      ].map((userId) => place(userId, event.conversationId));
    case 'MemberLeft':
    case 'InboxItemUpdated':
      return [place(event.userId, event.conversationId)];
    default:
      return [];
  }
}

function unique(places: Place[]): Place[] {
  return [...new Map(places.map((place) => [`${place.userId} ${place.conversationId}`, place])).values()];
}

/** When to look at those to whom messages came. What a look that is due covers already is not written again. */
class Schedule {
  private readonly people: NotifiedPeople;
  private readonly rows: NotificationRows;
  private readonly digests: DigestRows;
  /** When the look is due of which this process knows, Unix ms. */
  private readonly checks = growingLru<number>(200_000);
  private readonly mails = growingLru<number>(100_000);

  private readonly now: () => number;

  constructor(private readonly deps: NotifyDependencies) {
    this.now = deps.now ?? Date.now;
    this.people = new NotifiedPeople(deps.directory);
    this.rows = new NotificationRows(deps.shards);
    this.digests = new DigestRows(deps.directory);
  }

  /** Returns after how long there is something to be pushed, ms. */
  async add(news: News[]): Promise<Set<number>> {
    if (news.length === 0) return new Set();
    const ways = await this.people.ways([...new Set(news.map(({ userId }) => userId))]);
    const byPush = news.filter(({ userId }) => ways.get(userId)?.byPush);
    const [delays] = await Promise.all([
      byPush.length > 0 ? this.addPushes(byPush) : new Set<number>(),
      this.addDigests(
        [...ways].flatMap(([userId, { mailAfterMinutes }]) =>
          mailAfterMinutes === null ? [] : [{ userId, delayMs: mailAfterMinutes * 60_000 }],
        ),
      ),
    ]);
    return delays;
  }

  private async addPushes(news: News[]): Promise<Set<number>> {
    const { presences, burstMs, checkMs, log } = this.deps;
    const userIds = [...new Set(news.map(({ userId }) => userId))];
    const awake = await presences.awake(userIds).catch((error: unknown) => {
      // As if all were there: what no device takes is told after the check.
      log.warn({ err: error }, 'notify: nobody knows who is there');
      return new Set(userIds);
    });
    const now = this.now();
    const arrivals: Arrival[] = [];
    for (const { userId, conversationId, firstSeq, lastSeq: seq } of news) {
      const isAwake = awake.has(userId);
      if (isAwake && (this.checks.get(`${userId} ${conversationId}`) ?? 0) > now + COVERED_MS) continue;
      const [pushFrom, delayMs] = isAwake ? [null, checkMs] : [firstSeq, burstMs];
      arrivals.push({ userId, conversationId, seq, pushFrom, delayMs });
    }
    await this.rows.schedule(arrivals);
    for (const { userId, conversationId, pushFrom, delayMs } of arrivals) {
      const key = `${userId} ${conversationId}`;
      if (pushFrom === null) this.checks.set(key, now + delayMs);
      else this.checks.delete(key);
    }
    return new Set(arrivals.map(({ delayMs }) => delayMs));
  }

  private async addDigests(due: { userId: string; delayMs: number }[]): Promise<void> {
    const now = this.now();
    const uncovered = due.filter(({ userId }) => (this.mails.get(userId) ?? 0) <= now + COVERED_MS);
    if (uncovered.length === 0) return;
    await this.digests.schedule(uncovered);
    for (const { userId, delayMs } of uncovered) this.mails.set(userId, now + delayMs);
  }
}
