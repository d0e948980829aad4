import type { Statement } from '../platform/database/hot-pool.js';
import type { ShardClient } from '../platform/database/port.js';
import type { Ephemeral } from '../platform/ephemeral/port.js';
import type { PubSub } from '../platform/pubsub/port.js';
import type { Shard, Shards } from '../platform/shards/shards.js';
import { defineWorker, type Worker } from '../platform/worker/define-worker.js';
import { groupBy } from '../platform/worker/group-by.js';
import type { ConversationLogEvent, EventOf, EventType } from '../schema/events.js';
import {
  channels,
  keys,
  type FeedEvent,
  type InboxDelivery,
  type InboxFeedEvent,
  type LiveEvent,
} from '../schema/live.js';
import { writeMentions } from './deliver-mentions.js';
import { Gathering } from '../platform/shards/gathering.js';
import { findHidden } from './hidden-changes.js';
import { OpenMembers, type OpenMember } from './open-members.js';

/** Changes of conversations: each moves the inboxes of those who may see it. */
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
] as const satisfies EventType[];

/** Bounds how many buckets and heads one transaction holds. */
const ROWS_PER_CALL = 2_000;

export interface DeliverDependencies {
  shards: Shards;
  ephemeral: Ephemeral;
  pubsub: PubSub;
  /** Tells the sender that a message could not be delivered. May be called again. */
  markFailed?: (event: EventOf<'MessageSent'>) => Promise<void>;
}

/** One person's part in one event. */
interface Share {
  event: ConversationLogEvent;
  userId: string;
  /** Their own joining, leaving or reading: told as a change of their inbox. */
  isOwn: boolean;
  /** Null where nobody is told: they have left since. */
  inboxVersion: number | null;
  /** They have deleted the message for themselves: all that is told is that their inbox moved. */
  isHidden?: boolean;
}

/**
 * Fan-out on write: moves the inbox row of every member, then publishes each event to its conversation's channel and to
 * each router that holds a socket of a member. Fan-out on read: publishes to the channel alone, and only who joins or
 * leaves has a row that moves. A replay moves nothing and publishes again, with the stored versions.
 */
export function deliver(deps: DeliverDependencies): Worker {
  const openMembers = new OpenMembers(deps.shards);
  // Batches of several partitions concern inboxes of the same shards.
  const moves = new Map<Shard, Gathering<Share>>();
  return defineWorker({
    name: 'deliver',
    events: [...told, 'InboxItemUpdated'],
    batch: { size: 200 },
    onDead: async (event) => {
      if (event.type === 'MessageSent') await deps.markFailed?.(event);
    },
    handle: async (batch) => {
      const events = withoutRepeats(batch.filter((event) => event.type !== 'InboxItemUpdated'));
      const written = events.filter((event) => event.fanOut !== 'ON_READ');
      const members = await openMembers.of(written);
      const shares = events.flatMap((event) => sharesOf(event, members.get(event.conversationId) ?? []));
      // First, so that whoever reads an inbox at its new version finds them.
      const failures = await writeMentions(deps.shards, events);
      failures.push(...(await moveInboxes(deps.shards, moves, shares)));
      const { hidden, unknown, errors } = await findHidden(deps.shards, shares);
      for (const share of hidden) share.isHidden = true;
      for (const share of unknown) share.inboxVersion = null;
      failures.push(...errors);
      // A shard that is away keeps nothing from those on the others; all comes again for it.
      await publish(deps, events, shares);
      await publishOwn(
        deps,
        batch.filter((event) => event.type === 'InboxItemUpdated'),
      );
      if (failures[0]) throw failures[0];
    },
  });
}

function withoutRepeats(events: ConversationLogEvent[]): ConversationLogEvent[] {
  const unique = new Map(events.map((event) => [`${event.conversationId} ${event.conversationVersion}`, event]));
  return [...unique.values()];
}

/**
 * In whose inbox an event goes: the members who may see it, and whoever joins or leaves by it. Founding members are not told
 * of each other: a group of n would begin with n² changes of inboxes.
 */
function sharesOf(event: ConversationLogEvent, members: OpenMember[]): Share[] {
  const own = event.type === 'MemberJoined' ? event.member.userId : event.type === 'MemberLeft' ? event.userId : null;
  const reads = event.type === 'WatermarksMoved' ? event.watermarks.filter((mark) => mark.hasRead) : [];
  const share = (userId: string): Share => {
    const isOwn = userId === own || reads.some((mark) => mark.userId === userId);
    return { event, userId, isOwn, inboxVersion: null };
  };
  const shares: Share[] = [];
  const isForAll = event.fanOut !== 'ON_READ' && (event.type !== 'MemberJoined' || !event.isFounding);
  for (const { userId, fromSeq } of isForAll ? members : [])
    if (userId !== own && (!('message' in event) || fromSeq <= event.message.seq)) shares.push(share(userId));
  if (own !== null) shares.push(share(own));
  return shares;
}

/** The versions that the inboxes give are put into the shares. Returns why some were not moved. */
async function moveInboxes(shards: Shards, moves: Map<Shard, Gathering<Share>>, shares: Share[]): Promise<Error[]> {
  const gathered = new Set<Share>();
  const answers = await shards.each(
    shares,
    (share) => share.userId,
    (shard, group) => {
      // Refused before, some of them: on their own now, so that what moves holds up nobody else's batch.
      if (group[0] && gathered.has(group[0])) return moveInboxesOn(shard.db, group);
      for (const share of group) gathered.add(share);
      let gathering = moves.get(shard);
      if (!gathering) moves.set(shard, (gathering = new Gathering((those) => moveInboxesOn(shard.db, those))));
      return gathering.add(group);
    },
  );
  return answers.flatMap((answer) => ('error' in answer ? [answer.error] : []));
}

/** A few calls, one as a rule. */
async function moveInboxesOn(db: ShardClient, shares: Share[]): Promise<void> {
  for (let from = 0; from < shares.length; from += ROWS_PER_CALL)
    await moveSome(db, shares.slice(from, from + ROWS_PER_CALL));
}

async function moveSome(db: ShardClient, shares: Share[]): Promise<void> {
  const changes = shares.map(toInboxChange);
  const marks = shares.map(toMark);
  const columns = [
    shares.map((share) => share.userId),
    shares.map((share) => share.event.conversationId),
    shares.map((share) => share.event.conversationVersion),
    changes.map((change) => change.seq),
    changes.map((change) => change.read),
    changes.map((change) => change.activity),
    changes.map((change) => change.isRemoval),
  ];
  const rows = await (marks.some((mark) => mark !== null)
    ? db.hot.query<InboxVersions>(deliverInboxMarks, [
        ...columns,
        marks.map((mark) => mark?.fanOut ?? null),
        marks.map((mark) => mark?.kind ?? null),
      ])
    : db.hot.query<InboxVersions>(deliverInbox, columns));
  for (const [index, version] of (rows[0]?.versions ?? []).entries()) {
    const share = shares[index];
    if (share) share.inboxVersion = version;
  }
}

interface InboxVersions {
  versions: (number | null)[];
}

/** What a row keeps from then on; null where the change says nothing of that. */
function toMark({ event, isOwn }: Share): { fanOut: 'ON_READ' | null; kind: string | null } | null {
  if (event.type === 'MemberJoined' && isOwn)
    return { fanOut: event.fanOut === 'ON_READ' ? 'ON_READ' : null, kind: event.kind ?? null };
  if (event.type === 'ConversationUpdated' && event.switchedTo) return { fanOut: event.switchedTo, kind: null };
  return null;
}
const deliverInbox: Statement = {
  name: 'deliver_inbox',
  text: `select deliver_inbox(
    $1::uuid[], $2::uuid[], $3::bigint[], $4::int[], $5::int[], $6::timestamptz[], $7::boolean[]) as versions`,
};
const deliverInboxMarks: Statement = {
  name: 'deliver_inbox_marks',
  text: `select deliver_inbox_marks(
    $1::uuid[], $2::uuid[], $3::bigint[], $4::int[], $5::int[], $6::timestamptz[], $7::boolean[], $8::text[], $9::text[]) as versions`,
};

function toInboxChange({ event, userId, isOwn }: Share): {
  seq: number;
  read: number;
  activity: string | null;
  isRemoval: boolean;
} {
  const change = { seq: 0, read: 0, activity: null, isRemoval: false };
  switch (event.type) {
    case 'MessageSent': {
      const { seq, senderId, systemEvent, createdAt } = event.message;
      const author = senderId ?? systemEvent?.actorId;
      const isQuiet = systemEvent?.kind === 'MEMBERS_JOINED' || systemEvent?.kind === 'MEMBERS_LEFT';
      return { ...change, seq, read: author === userId ? seq : 0, activity: isQuiet ? null : createdAt };
    }
    case 'WatermarksMoved':
      return isOwn
        ? { ...change, read: event.watermarks.find((mark) => mark.userId === userId)?.readSeq ?? 0 }
        : change;
    case 'ConversationCreated':
      return { ...change, activity: event.at };
    case 'MemberJoined': {
      const readSeq = event.readSeq ?? event.fromSeq - 1;
      return isOwn ? { ...change, seq: readSeq, read: readSeq, activity: event.at } : change;
    }
    case 'MemberLeft':
      return { ...change, isRemoval: isOwn };
    default:
      return change;
  }
}

/** In the order of the events, each one to its conversation's channel and to the routers of those told. */
async function publish(
  { ephemeral, pubsub }: DeliverDependencies,
  events: ConversationLogEvent[],
  shares: Share[],
): Promise<void> {
  const userIds = [...new Set(shares.map((share) => share.userId))];
  const routers = await ephemeral.members(userIds.map(keys.routersOf));
  const routersOf = new Map(userIds.map((userId, index) => [userId, routers[index] ?? []]));
  const sharesOfEvent = groupBy(shares, (share) => share.event);
  const published: Promise<void>[] = [];
  for (const event of events) {
    const told: LiveEvent = toFeedEvent(event);
    if (event.traceparent) told.traceparent = event.traceparent;
    const feedEvent = JSON.stringify(told);
    published.push(pubsub.publish(channels.conversation(event.conversationId), feedEvent));
    const audiences = new Map<string, Audience>();
    for (const share of sharesOfEvent.get(event) ?? [])
      for (const router of routersOf.get(share.userId) ?? []) {
        const audience = audiences.get(router) ?? { recipients: [], own: [] };
        audiences.set(router, audience);
        addTo(audience, share);
      }
    for (const [router, { recipients, own }] of audiences)
      if (recipients.length + own.length > 0) {
        // An InboxDelivery, with the event serialised once for all routers.
        const delivery = `{"event":${feedEvent},"recipients":${JSON.stringify(recipients)},"own":${JSON.stringify(own)}}`;
        published.push(pubsub.publish(channels.inbox(router), delivery));
      }
  }
  await Promise.all(published);
}

type Audience = Pick<InboxDelivery, 'recipients' | 'own'>;

function addTo({ recipients, own }: Audience, { event, userId, isOwn, isHidden, inboxVersion }: Share): void {
  if (inboxVersion === null) return;
  if (!isOwn && !isHidden) recipients.push([userId, inboxVersion]);
  else
    own.push({
      kind: 'inbox',
      userId,
      conversationId: event.conversationId,
      inboxVersion,
      isRemoved: event.type === 'MemberLeft',
    });
}

/** Changes of people's own settings have moved their inboxes already. */
async function publishOwn({ ephemeral, pubsub }: DeliverDependencies, events: EventOf<'InboxItemUpdated'>[]) {
  if (events.length === 0) return;
  const routers = await ephemeral.members(events.map((event) => keys.routersOf(event.userId)));
  const published = events.flatMap(({ userId, conversationId, inboxVersion, hiddenMessageId }, index) => {
    const change: InboxFeedEvent = { kind: 'inbox', userId, conversationId, inboxVersion, isRemoved: false };
    if (hiddenMessageId !== undefined) change.hiddenMessageId = hiddenMessageId;
    const delivery: InboxDelivery = { event: null, recipients: [], own: [change] };
    return (routers[index] ?? []).map((router) => pubsub.publish(channels.inbox(router), JSON.stringify(delivery)));
  });
  await Promise.all(published);
}

const reasons = {
  MessageSent: 'SENT',
  MessageEdited: 'EDITED',
  MessageDeleted: 'DELETED',
  MessageReacted: 'REACTED',
  MessagePinned: 'PINNED',
  MessageExpired: 'EXPIRED',
  MessageFailed: 'FAILED',
} as const;

function toFeedEvent(event: ConversationLogEvent): FeedEvent {
  const place = { conversationId: event.conversationId, version: event.conversationVersion };
  switch (event.type) {
    case 'MessageReacted':
      return { kind: 'message', ...place, reason: 'REACTED', message: event.message, reaction: event.reaction };
    case 'MessageSent':
    case 'MessageEdited':
    case 'MessageDeleted':
    case 'MessagePinned':
    case 'MessageExpired':
    case 'MessageFailed':
      return { kind: 'message', ...place, reason: reasons[event.type], message: event.message };
    case 'WatermarksMoved':
      return { kind: 'watermarks', ...place, fromVersion: event.fromVersion, watermarks: event.watermarks };
    case 'ConversationCreated':
    case 'ConversationUpdated':
      return { kind: 'conversation', ...place };
    case 'MemberJoined':
      return { kind: 'member', ...place, userId: event.member.userId, member: event.member, fromSeq: event.fromSeq };
    case 'MemberLeft':
      return { kind: 'member', ...place, userId: event.userId, member: null };
    case 'MemberRoleChanged':
      return { kind: 'member', ...place, userId: event.member.userId, member: event.member };
  }
}
