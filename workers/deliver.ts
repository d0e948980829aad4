import type { ShardClient } from '../platform/database/port.js';
import type { Ephemeral } from '../platform/ephemeral/port.js';
import type { PubSub } from '../platform/pubsub/port.js';
import type { Shards } from '../platform/shards/shards.js';
import { defineWorker, type Worker } from '../platform/worker/define-worker.js';
import { groupBy } from '../platform/worker/group-by.js';
import type { ConversationLogEvent, EventOf, EventType } from '../schema/events.js';
import { channels, keys, type FeedEvent, type InboxDelivery, type InboxFeedEvent } from '../schema/live.js';
import { writeMentions } from './deliver-mentions.js';
import { findHidden } from './hidden-changes.js';

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
}

/** One person's part in one event. */
interface Share {
  event: ConversationLogEvent;
  userId: string;
  /** Their own joining or leaving: told as a change of their inbox. */
  isOwn: boolean;
  /** Null where nobody is told: they have left since. */
  inboxVersion: number | null;
  /** They have deleted the message for themselves: all that is told is that their inbox moved. */
  isHidden?: boolean;
}

/**
 * Fan-out on write: moves the inbox row of every member, then publishes each event to its conversation's channel and to
 * each router that holds a socket of a member. A replay moves nothing and publishes again, with the stored versions.
 */
export function deliver(deps: DeliverDependencies): Worker {
  return defineWorker({
    name: 'deliver',
    events: [...told, 'InboxItemUpdated'],
    batch: { size: 200 },
    handle: async (batch) => {
      const events = withoutRepeats(batch.filter((event) => event.type !== 'InboxItemUpdated'));
      const members = await readMembers(deps.shards, new Set(events.map((event) => event.conversationId)));
      const shares = events.flatMap((event) => sharesOf(event, members.get(event.conversationId) ?? []));
      // First, so that whoever reads an inbox at its new version finds them.
      await writeMentions(deps.shards, events);
      await moveInboxes(deps.shards, shares);
      for (const share of await findHidden(deps.shards, shares)) share.isHidden = true;
      await publish(deps, events, shares);
      await publishOwn(
        deps,
        batch.filter((event) => event.type === 'InboxItemUpdated'),
      );
    },
  });
}

interface OpenMember {
  userId: string;
  fromSeq: number;
}

function withoutRepeats(events: ConversationLogEvent[]): ConversationLogEvent[] {
  const unique = new Map(events.map((event) => [`${event.conversationId} ${event.conversationVersion}`, event]));
  return [...unique.values()];
}

async function readMembers(shards: Shards, conversationIds: Set<string>): Promise<Map<string, OpenMember[]>> {
  const members = new Map<string, OpenMember[]>();
  await Promise.all(
    [...shards.group(conversationIds)].map(async ([{ db }, ids]) => {
      const rows = await db.$queryRaw<{ conversation_id: string; user_id: string; from_seq: number }[]>`
        select * from open_members(${ids}::uuid[])`;
      for (const row of rows) {
        const member = { userId: row.user_id, fromSeq: row.from_seq };
        const list = members.get(row.conversation_id);
        if (list) list.push(member);
        else members.set(row.conversation_id, [member]);
      }
    }),
  );
  return members;
}

/** Who is told of an event: the members who may see it, and whoever joins or leaves by it. */
function sharesOf(event: ConversationLogEvent, members: OpenMember[]): Share[] {
  const own = event.type === 'MemberJoined' ? event.member.userId : event.type === 'MemberLeft' ? event.userId : null;
  const share = (userId: string): Share => ({ event, userId, isOwn: userId === own, inboxVersion: null });
  const shares: Share[] = [];
  for (const { userId, fromSeq } of members)
    if (userId !== own && (!('message' in event) || fromSeq <= event.message.seq)) shares.push(share(userId));
  if (own !== null) shares.push(share(own));
  return shares;
}

/** A few calls a shard, one as a rule; the versions that the inboxes give are put into the shares. */
async function moveInboxes(shards: Shards, shares: Share[]): Promise<void> {
  const groups = groupBy(shares, (share) => shards.of(share.userId));
  await Promise.all(
    [...groups].map(async ([{ db }, group]) => {
      for (let from = 0; from < group.length; from += ROWS_PER_CALL)
        await moveInboxesOn(db, group.slice(from, from + ROWS_PER_CALL));
    }),
  ).catch(async (error: unknown) => {
    // The bucket has moved to another shard: the retry must know where.
    if (String(error).includes('PY001')) await shards.reload();
    throw error;
  });
}

async function moveInboxesOn(db: ShardClient, shares: Share[]): Promise<void> {
  const changes = shares.map(toInboxChange);
  const rows = await db.$queryRaw<{ versions: (bigint | null)[] }[]>`
    select deliver_inbox(
      ${shares.map((share) => share.userId)}::uuid[],
      ${shares.map((share) => share.event.conversationId)}::uuid[],
      ${shares.map((share) => share.event.conversationVersion)}::bigint[],
      ${changes.map((change) => change.seq)}::int[], ${changes.map((change) => change.read)}::int[],
      ${changes.map((change) => change.activity)}::timestamptz[], ${changes.map((change) => change.isRemoval)}::boolean[]) as versions`;
  for (const [index, version] of (rows[0]?.versions ?? []).entries()) {
    const share = shares[index];
    if (share) share.inboxVersion = version === null ? null : Number(version);
  }
}

function toInboxChange({ event, userId, isOwn }: Share): {
  seq: number;
  read: number;
  activity: string | null;
  isRemoval: boolean;
} {
  const change = { seq: 0, read: 0, activity: null, isRemoval: false };
  switch (event.type) {
    case 'MessageSent': {
      const { seq, senderId, createdAt } = event.message;
      return { ...change, seq, read: senderId === userId ? seq : 0, activity: createdAt };
    }
    case 'ConversationCreated':
      return { ...change, activity: event.at };
    case 'MemberJoined':
      return isOwn ? { ...change, seq: event.fromSeq - 1, read: event.fromSeq - 1, activity: event.at } : change;
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
    const feedEvent = JSON.stringify(toFeedEvent(event));
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
