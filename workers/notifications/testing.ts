import { openTestDatabases } from '../../platform/database/testing.js';
import { EmbeddedEphemeral } from '../../platform/ephemeral/embedded.js';
import { EmbeddedPresences } from '../../platform/ephemeral/embedded-presence.js';
import { Fault } from '../../platform/errors/errors.js';
import { newUuid, toPublicId } from '../../platform/ids/ids.js';
import { EmbeddedPubSub } from '../../platform/pubsub/embedded.js';
import type { Push, PushAddress, PushOutcome, PushSender } from '../../platform/push/port.js';
import { Shards } from '../../platform/shards/shards.js';
import { silentLog } from '../../platform/telemetry/log.js';
import { MemoryEventLog } from '../../platform/worker/memory-event-log.fixture.js';
import { NotificationStore, type SettingsRow } from '../../subgraphs/notifications/store.js';
import { defaultPrivacy } from '../../schema/people.js';
import { deliver } from '../deliver.js';
import { notify } from '../notify.js';
import { receipts } from '../receipts.js';
import { PushLooks, startSendingPushes } from '../send-pushes.js';

export const CHECK_MS = 30_000;
const BURST_MS = 2_000;

export interface Somebody {
  userId: string;
  deviceId: string;
  /** Where their device is woken. */
  token: string;
}

/** Providers in memory. */
export class FakePush implements PushSender {
  readonly sent: { token: string; push: Push }[] = [];
  /** Calls that came in, whatever became of them. */
  calls = 0;
  isDown = false;
  readonly gone = new Set<string>();
  /** Called once a push was taken, before that is known. */
  afterwards: () => void | Promise<void> = () => undefined;

  supports(): boolean {
    return true;
  }

  async send(address: PushAddress, push: Push): Promise<PushOutcome> {
    this.calls++;
    const token = address.provider === 'WEB_PUSH' ? address.endpoint : address.token;
    if (this.isDown) throw new Fault('UNAVAILABLE', 'down');
    if (this.gone.has(token)) return { kind: 'gone' };
    this.sent.push({ token, push });
    await this.afterwards();
    return { kind: 'sent' };
  }

  async close(): Promise<void> {}
}

/** People with push targets and conversations, on a real directory and shards, with the workers that concern notifications. */
export async function openNotified() {
  const databases = await openTestDatabases();
  const { directory } = databases;
  const shards = await Shards.load(directory, databases.shards);
  const store = new NotificationStore(directory);
  const [pubsub, ephemeral] = [new EmbeddedPubSub(), new EmbeddedEphemeral()];
  let passed = 0;
  const now = () => Date.now() + passed;
  const presences = new EmbeddedPresences(now);
  const push = new FakePush();
  const logs = { deliver: new MemoryEventLog(), receipts: new MemoryEventLog(), notify: new MemoryEventLog() };
  const people = { privacy: async (ids: readonly string[]) => new Map(ids.map((id) => [id, defaultPrivacy])) };
  const log = silentLog();
  await deliver({ shards, ephemeral, pubsub }).start({ eventLog: logs.deliver, log });
  await receipts({ shards, people, pubsub }).start({ eventLog: logs.receipts, log });
  const startNotify = () =>
    notify({ directory, shards, presences, pubsub, burstMs: BURST_MS, checkMs: CHECK_MS, log, now }).start({
      eventLog: logs.notify,
      log,
    });
  await startNotify();
  const newLooks = () => new PushLooks({ directory, shards, presences, push, checkMs: CHECK_MS, log, now });
  const looks = newLooks();
  let buckets = 0;

  /** The relay's work, and that of the workers that it wakes. */
  async function settle(): Promise<void> {
    for (;;) {
      const records: { topic: string; key: string; value: string }[] = [];
      for (const db of [directory, ...shards.all.map((shard) => shard.db)]) {
        const rows = await db.outbox.findMany({ orderBy: { id: 'asc' } });
        records.push(...rows.map(({ topic, key, payload }) => ({ topic, key, value: payload })));
        await db.outbox.deleteMany();
      }
      await Promise.all(Object.values(logs).map((each) => each.append(records)));
      const behind = Object.values(logs).filter((each) => each.committed < each.records.length);
      if (behind.length === 0) return;
      for (const each of behind) while (each.committed < each.records.length) await each.handOver();
    }
  }

  async function acknowledge(
    type: 'MessageDelivered' | 'MessageRead',
    userId: string,
    conversationId: string,
    seq: number,
  ) {
    const event = { type, version: 1, id: newUuid(1), at: new Date().toISOString(), traceparent: null };
    const value = JSON.stringify({ ...event, userId, conversationId, seq });
    await logs.receipts.append([{ topic: 'parley.conversation', key: conversationId, value }]);
    await settle();
  }

  return {
    directory,
    shards,
    presences,
    push,
    store,
    settle,
    now,
    newLooks,
    /** With BURST_MS and CHECK_MS as they are, and looking only when told. */
    startSending: () =>
      startSendingPushes({
        ...{ directory, shards, presences, pubsub, push, checkMs: CHECK_MS, log, now },
        pollMs: 600_000,
      }),
    startNotify,
    /** Hands all events to notify again, as after a crash before it had committed any. */
    async replay(): Promise<void> {
      logs.notify.committed = 0;
      await startNotify();
      while (logs.notify.committed < logs.notify.records.length) await logs.notify.handOver();
    },
    async somebody(name = 'Somebody', settings: Partial<SettingsRow> = {}): Promise<Somebody> {
      const [userId, deviceId] = [newUuid(buckets++ % 2 === 0 ? 7 : 4_000), newUuid(1)];
      const token = newUuid(2).replaceAll('-', '').repeat(2);
      await directory.user.create({ data: { userId, handle: userId.replaceAll('-', '_'), displayName: name } });
      await directory.device.create({ data: { deviceId, userId, name: 'phone', platform: 'IOS' } });
      await store.register(userId, deviceId, { provider: 'APNS', token });
      if (Object.keys(settings).length > 0) await store.update(userId, settings);
      return { userId, deviceId, token };
    },
    /** A conversation of these people. */
    async conversation(kind: 'DIRECT' | 'GROUP', ...members: Somebody[]): Promise<string> {
      const id = newUuid(buckets++ % 2 === 0 ? 4_001 : 8);
      const [owner, ...others] = members.map(({ userId }) => userId);
      const directKey = kind === 'DIRECT' ? [owner, ...others].sort().join(' ') : null;
      await shards.of(id).db.$queryRaw`
        select create_conversation(${id}::uuid, ${kind}, ${directKey}, ${kind === 'GROUP' ? 'Team' : null}, null,
          ${owner}::uuid, null, ${others}::uuid[])`;
      await settle();
      return id;
    },
    /** Sends; the last seq. */
    async say(
      conversationId: string,
      { userId }: Somebody,
      ...said: (string | { body: string; mentions: Somebody[] })[]
    ) {
      let last = 0;
      for (const each of said) {
        const { body, mentions } = typeof each === 'string' ? { body: each, mentions: [] } : each;
        const mentioned = mentions.map((person) => ({ userId: person.userId, start: 0, end: 1 }));
        const [row] = await shards.of(conversationId).db.$queryRaw<{ outcome: string; seq: number }[]>`
          select outcome, seq from send_messages(true, array[${conversationId}]::uuid[], array[${userId}]::uuid[],
            array[${newUuid(1)}]::uuid[], array[${newUuid(1)}]::text[], array[${body}]::text[], '{}',
            array[${mentioned.length > 0 ? JSON.stringify(mentioned) : null}]::text[]::jsonb[])`;
        if (row?.outcome !== 'stored') throw new Error(row?.outcome);
        last = row.seq;
        // The database has a clock of its own.
        await shards.of(conversationId).db.$executeRaw`
          update message set created_at = created_at + ${`${passed} milliseconds`}::interval
          where conversation_id = ${conversationId}::uuid and seq = ${last}::int`;
      }
      await settle();
      return last;
    },
    deliver: ({ userId }: Somebody, id: string, seq: number) => acknowledge('MessageDelivered', userId, id, seq),
    read: ({ userId }: Somebody, id: string, seq: number) => acknowledge('MessageRead', userId, id, seq),
    async comeOnline(
      { userId, deviceId }: Somebody,
      intent: 'ONLINE' | 'AWAY' | 'INVISIBLE' = 'ONLINE',
    ): Promise<void> {
      const seed = { isInvisible: false, lastSeenAt: null };
      await presences.touch({ userId, deviceId, source: 'router', ttlMs: 3_600_000, intent, seed });
    },
    goOffline: ({ userId, deviceId }: Somebody) => presences.release(userId, deviceId, 'router'),
    /** Changes somebody's own settings of a conversation. */
    async set({ userId }: Somebody, conversationId: string, change: Record<string, unknown>): Promise<void> {
      await shards.of(userId).db.$queryRaw`
        select update_inbox_item(${userId}::uuid, ${conversationId}::uuid, ${JSON.stringify(change)}::jsonb, true)`;
      await settle();
    },
    /** Lets time go by, then looks at all that is due. */
    async pass(ms: number): Promise<void> {
      passed += ms;
      const gone = `${ms} milliseconds`;
      for (const { db } of shards.all)
        await db.$executeRaw`
          update notification set due_at = due_at - ${gone}::interval, last_due_at = last_due_at - ${gone}::interval,
            leased_until = leased_until - ${gone}::interval`;
      await directory.$executeRaw`
        update email_digest set due_at = due_at - ${gone}::interval, leased_until = leased_until - ${gone}::interval`;
      while (await looks.once());
    },
    /** What came to a device, oldest first: the texts, or null for what takes them back. */
    pushesTo: ({ token }: Somebody) => push.sent.filter((each) => each.token === token).map((each) => each.push),
    targetOf: ({ userId }: Somebody) => directory.pushTarget.findFirst({ where: { userId } }),
    rowOf: ({ userId }: Somebody, conversationId: string) =>
      shards.of(userId).db.notification.findUnique({ where: { userId_conversationId: { userId, conversationId } } }),
    async close(): Promise<void> {
      await Promise.all([pubsub.close(), ephemeral.close(), presences.close()]);
      await databases.close();
    },
  };
}

export const cnv = (uuid: string) => toPublicId('conversation', uuid);
