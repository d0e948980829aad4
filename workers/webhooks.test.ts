import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openTestDatabases, type TestDatabases } from '../platform/database/testing.js';
import { directPlace } from '../platform/ids/direct-key.js';
import { newUuid } from '../platform/ids/ids.js';
import { EmbeddedPubSub } from '../platform/pubsub/embedded.js';
import { Shards } from '../platform/shards/shards.js';
import { silentLog } from '../platform/telemetry/log.js';
import { MemoryEventLog } from '../platform/worker/memory-event-log.fixture.js';
import { topics } from '../schema/events.js';
import { waitFor } from '../tests/wait-for.js';
import { startSendingWebhooks } from './send-webhooks.js';
import { WebhookRows } from './webhook-rows.js';
import { webhooks } from './webhooks.js';

let databases: TestDatabases;
let shards: Shards;
let log: MemoryEventLog;
let pubsub: EmbeddedPubSub;
let ann: string, bot: string, conversationId: string, webhookId: string;
beforeAll(async () => {
  databases = await openTestDatabases();
  shards = await Shards.load(databases.directory, databases.shards);
});
afterAll(() => databases.close());
beforeEach(async () => {
  log = new MemoryEventLog();
  pubsub = new EmbeddedPubSub();
  await webhooks({ rows: new WebhookRows(databases.directory), shards, pubsub }).start({
    eventLog: log,
    log: silentLog(),
  });
  [ann, bot, webhookId] = [newUuid(1), newUuid(4_000), newUuid(4_000)];
  const { directory } = databases;
  const handleOf = (id: string) => id.replaceAll('-', '_');
  await directory.user.create({ data: { userId: ann, handle: handleOf(ann), displayName: 'Ann' } });
  await directory.user.create({ data: { userId: bot, handle: handleOf(bot), displayName: 'Bot', ownerId: ann } });
  await directory.$executeRaw`
    insert into webhook (webhook_id, user_id, url, secret, event_types) values
      (${webhookId}::uuid, ${bot}::uuid, 'https://example.org', 's', array['MESSAGE_SENT', 'MESSAGE_DELETED'])`;
  const { place, key } = directPlace(ann, bot);
  conversationId = place;
  await shards.of(place).db.$queryRaw`
    select create_conversation(${place}::uuid, 'DIRECT', ${key}, null, null, ${ann}::uuid, null, array[${bot}::uuid])`;
});

let version = 0;
const said = (type: 'MessageSent' | 'MessageDeleted', id: string, body: string | null) => {
  const createdAt = '2026-01-01T00:00:00.000Z';
  const message = { id, conversationId, seq: 1, kind: 'TEXT', senderId: ann, body, clientMessageId: 'c', createdAt };
  const event = {
    type,
    version: 1,
    id: newUuid(0),
    at: new Date(Date.now() + 60_000).toISOString(),
    traceparent: null,
  };
  return {
    topic: topics.conversation,
    key: conversationId,
    value: JSON.stringify({ ...event, conversationId, conversationVersion: ++version, message }),
  };
};

async function tell(...events: ReturnType<typeof said>[]): Promise<void> {
  await log.append(events);
  await log.handOver();
}

const waiting = async () => {
  const rows = await databases.directory.webhookDelivery.findMany({
    where: { webhookId },
    orderBy: { version: 'asc' },
  });
  return rows.map(({ payload }) => {
    const { type, message } = payload as { type: string; message: { body: string | null } };
    return [type, message.body];
  });
};

test('what a message said leaves what waits when it is deleted, also where the webhook is disabled', async () => {
  const id = newUuid(1);
  await tell(said('MessageSent', id, 'a secret'), said('MessageSent', newUuid(1), 'another'));
  expect(await waiting()).toEqual([
    ['MESSAGE_SENT', 'a secret'],
    ['MESSAGE_SENT', 'another'],
  ]);
  await databases.directory.webhook.update({ where: { webhookId }, data: { disabledAt: new Date() } });
  await tell(said('MessageDeleted', id, null));
  expect(await waiting()).toEqual([
    ['MESSAGE_SENT', null],
    ['MESSAGE_SENT', 'another'],
  ]);
});

test('a message that is deleted at once is told of as deleted alone', async () => {
  const id = newUuid(1);
  await tell(said('MessageSent', id, 'a secret'), said('MessageDeleted', id, null));
  expect(await waiting()).toEqual([['MESSAGE_DELETED', null]]);
});

test('who sends is told at once, and tries again in time, although it hardly looks by itself', async () => {
  const tries: string[] = [];
  const sending = await startSendingWebhooks({
    rows: new WebhookRows(databases.directory),
    shards,
    pubsub,
    retryMs: [20, 20],
    log: silentLog(),
    pollMs: 600_000,
    sender: {
      post: ({ body, deliveryId }) => {
        if (!deliveryId.endsWith(webhookId)) return Promise.resolve(null);
        tries.push((JSON.parse(body) as { message: { body: string } }).message.body);
        return Promise.resolve(tries.length < 3 ? 'HTTP 503' : null);
      },
    },
  });
  try {
    await tell(said('MessageSent', newUuid(1), 'hello'));
    await waitFor('it was taken', async () => (await waiting()).length === 0);
    expect(tries).toEqual(['hello', 'hello', 'hello']);
  } finally {
    await sending.stop();
  }
});
