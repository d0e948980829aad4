import type { Ephemeral } from '../platform/ephemeral/port.js';
import type { PubSub } from '../platform/pubsub/port.js';
import type { Shards } from '../platform/shards/shards.js';
import { defineWorker, type Worker } from '../platform/worker/define-worker.js';
import type { ConversationLogEvent } from '../schema/events.js';
import { channels, keys, type FeedEvent, type InboxDelivery } from '../schema/live.js';

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
  inboxVersion: number;
}

/**
 * Fan-out on write: moves the inbox row of every member, then publishes each event to its conversation's channel and to
 * each router that holds a socket of a member. A replay moves nothing and publishes again, with the stored versions.
 */
export function deliver(deps: DeliverDependencies): Worker {
  return defineWorker({
    name: 'deliver',
    events: ['MessageSent', 'ConversationCreated', 'MemberJoined', 'MemberLeft', 'MemberRoleChanged'],
    batchSize: 200,
    handle: async (batch) => {
      const events = withoutRepeats(batch);
      const members = await readMembers(deps.shards, new Set(events.map((event) => event.conversationId)));
      const shares = events.flatMap((event) => sharesOf(event, members.get(event.conversationId) ?? []));
      await moveInboxes(deps.shards, shares);
      await publish(deps, events, shares);
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
      const rows = await db.$queryRaw<{ conversationId: string; userId: string; fromSeq: number }[]>`
        select m.conversation_id::text as "conversationId", m.user_id::text as "userId", s.from_seq as "fromSeq"
        from member m
        join member_span s on s.conversation_id = m.conversation_id and s.user_id = m.user_id and s.to_seq is null
        where m.conversation_id = any (${ids}::uuid[]) and m.left_at is null`;
      for (const { conversationId, userId, fromSeq } of rows) {
        const list = members.get(conversationId);
        if (list) list.push({ userId, fromSeq });
        else members.set(conversationId, [{ userId, fromSeq }]);
      }
    }),
  );
  return members;
}

function sharesOf(event: ConversationLogEvent, members: OpenMember[]): Share[] {
  const own = event.type === 'MemberJoined' ? event.member.userId : event.type === 'MemberLeft' ? event.userId : null;
  const shares = members
    .filter((member) => event.type !== 'MessageSent' || member.fromSeq <= event.message.seq)
    .filter((member) => !(event.type === 'MemberLeft' && member.userId === event.userId))
    .map((member) => ({ event, userId: member.userId, isOwn: member.userId === own, inboxVersion: 0 }));
  // Somebody who has come back since is a member again; their leaving is then an older change of the same row.
  if (event.type === 'MemberLeft') shares.push({ event, userId: event.userId, isOwn: true, inboxVersion: 0 });
  return shares;
}

/** One call a shard; the versions that the inboxes give are put into the shares. */
async function moveInboxes(shards: Shards, shares: Share[]): Promise<void> {
  const groups = new Map<ReturnType<Shards['of']>, Share[]>();
  for (const share of shares) {
    const shard = shards.of(share.userId);
    const group = groups.get(shard);
    if (group) group.push(share);
    else groups.set(shard, [share]);
  }
  await Promise.all(
    [...groups].map(async ([{ db }, group]) => {
      const rows = group.map(toInboxChange);
      const versions = await db.$queryRaw<{ n: number; inboxVersion: bigint }[]>`
        select n, inbox_version as "inboxVersion" from deliver_inbox(
          ${group.map((_, n) => n)}::int[], ${group.map((share) => share.userId)}::uuid[],
          ${group.map((share) => share.event.conversationId)}::uuid[],
          ${group.map((share) => share.event.conversationVersion)}::bigint[],
          ${rows.map((row) => row.seq)}::int[], ${rows.map((row) => row.read)}::int[],
          ${rows.map((row) => row.activity)}::timestamptz[], ${rows.map((row) => row.isRemoval)}::boolean[])`;
      for (const { n, inboxVersion } of versions) {
        const share = group[n];
        if (share) share.inboxVersion = Number(inboxVersion);
      }
    }),
  );
}

function toInboxChange({ event, userId, isOwn }: Share): { seq: number; read: number; activity: string | null; isRemoval: boolean } {
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
    case 'MemberRoleChanged':
      return change;
  }
}

async function publish({ ephemeral, pubsub }: DeliverDependencies, events: ConversationLogEvent[], shares: Share[]): Promise<void> {
  const userIds = [...new Set(shares.map((share) => share.userId))];
  const found = await ephemeral.members(userIds.map(keys.routersOf));
  const routersOf = new Map(userIds.map((userId, index) => [userId, found[index] ?? []]));
  const byEvent = new Map(events.map((event) => [event, [] as Share[]]));
  for (const share of shares) byEvent.get(share.event)?.push(share);
  for (const event of events) {
    const feedEvent = toFeedEvent(event);
    await pubsub.publish(channels.conversation(event.conversationId), JSON.stringify(feedEvent));
    const deliveries = new Map<string, InboxDelivery>();
    for (const share of byEvent.get(event) ?? [])
      for (const router of routersOf.get(share.userId) ?? []) {
        const delivery = deliveries.get(router) ?? { event: feedEvent, recipients: [], own: [] };
        deliveries.set(router, delivery);
        addTo(delivery, share);
      }
    for (const [router, delivery] of deliveries) await pubsub.publish(channels.inbox(router), JSON.stringify(delivery));
  }
}

function addTo(delivery: InboxDelivery, { event, userId, isOwn, inboxVersion }: Share): void {
  if (!isOwn) delivery.recipients.push([userId, inboxVersion]);
  else
    delivery.own.push({
      kind: 'inbox',
      userId,
      conversationId: event.conversationId,
      inboxVersion,
      isRemoved: event.type === 'MemberLeft',
    });
}

function toFeedEvent(event: ConversationLogEvent): FeedEvent {
  const place = { conversationId: event.conversationId, version: event.conversationVersion };
  switch (event.type) {
    case 'MessageSent':
      return { kind: 'message', ...place, reason: 'SENT', message: event.message };
    case 'ConversationCreated':
      return { kind: 'conversation', ...place };
    case 'MemberJoined':
      return { kind: 'member', ...place, userId: event.member.userId, member: event.member, fromSeq: event.fromSeq };
    case 'MemberLeft':
      return { kind: 'member', ...place, userId: event.userId, member: null };
    case 'MemberRoleChanged':
      return { kind: 'member', ...place, userId: event.member.userId, member: event.member };
  }
}
