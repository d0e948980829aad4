import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { newUuid } from '../platform/ids/ids.js';
import { MemorySearchIndex } from '../platform/search-index/memory-search-index.fixture.js';
import { openTestDatabases, type TestDatabases } from '../platform/database/testing.js';
import { Shards } from '../platform/shards/shards.js';
import { silentLog } from '../platform/telemetry/log.js';
import type { Worker } from '../platform/worker/define-worker.js';
import { MemoryEventLog } from '../platform/worker/memory-event-log.fixture.js';
import { topicOf, type EventType, type MessageSnapshot } from '../schema/events.js';
import { Sources } from '../subgraphs/search/sources.js';
import { waitFor } from '../tests/wait-for.js';
import { indexConversations } from './index-conversations.js';
import { indexMessages } from './index-messages.js';
import { indexUsers } from './index-users.js';

let databases: TestDatabases;
let shards: Shards;
let sources: Sources;
let index: MemorySearchIndex;
let log: MemoryEventLog;
beforeAll(async () => {
  databases = await openTestDatabases();
  shards = await Shards.load(databases.directory, databases.shards);
  sources = new Sources(databases.directory, shards);
});
afterAll(() => databases?.close());
beforeEach(() => {
  index = new MemorySearchIndex();
  log = new MemoryEventLog();
});

const start = (worker: Worker) => worker.start({ eventLog: log, log: silentLog() });
async function tell(type: EventType, key: string, more: object): Promise<void> {
  const event = { type, version: 1, id: newUuid(0), at: '2026-01-01T00:00:00.000Z', traceparent: null, ...more };
  await log.append([{ topic: topicOf[type], key, value: JSON.stringify(event) }]);
}
async function handleAll(): Promise<void> {
  while (log.committed < log.records.length) await log.handOver();
}

const [conversationId, senderId, other] = [newUuid(7), newUuid(8), newUuid(9)];
const snapshot = (more: Partial<MessageSnapshot> = {}): MessageSnapshot => ({
  id: newUuid(7),
  conversationId,
  seq: 3,
  senderId,
  kind: 'TEXT',
  body: 'a body',
  clientMessageId: 'x',
  createdAt: '2026-01-01T00:00:00.500Z',
  ...more,
});
const message = (type: EventType, conversationVersion: number, message: MessageSnapshot) =>
  tell(type, conversationId, { conversationId, conversationVersion, message });
const documents = () => [...index.live.messages.values()].map(({ version, document }) => [version, document]);

test('a message is indexed as its newest event has it, however events come', async () => {
  await start(indexMessages({ index }));
  const sent = snapshot({
    attachments: ['IMAGE', 'IMAGE', 'FILE'].map((kind) => ({ mediaId: newUuid(8), kind: kind as 'IMAGE' })),
    mentions: [0, 2].map((start) => ({ userId: other, start, end: start + 1 })),
  });
  const edited = { ...sent, body: 'another', editedAt: '2026-01-01T00:01:00.000Z' };
  await message('MessageSent', 4, sent);
  await handleAll();
  const document = {
    id: sent.id,
    conversationId,
    senderId,
    seq: 3,
    sentAt: Date.parse(sent.createdAt),
    body: 'a body',
    mediaKinds: ['IMAGE', 'FILE'],
    mentionedIds: [other],
  };
  expect(documents()).toEqual([[4, document]]);
  await message('MessageEdited', 9, edited);
  await message('MessageSent', 4, sent);
  await handleAll();
  expect(documents()).toEqual([[9, { ...document, body: 'another' }]]);
  expect(index.asked.writes).toBe(2);
  log.committed = 0;
  await handleAll();
  expect(documents()).toEqual([[9, { ...document, body: 'another' }]]);
});

test('what is deleted or expired leaves a tombstone, which no late event undoes; what the server says is not indexed', async () => {
  await start(indexMessages({ index }));
  const deleted = snapshot();
  const expired = snapshot({ expiresAt: new Date(Date.now() - 1).toISOString() });
  await message('MessageDeleted', 6, { ...deleted, body: null, deletedAt: '2026-01-01T00:00:00.000Z' });
  await message('MessageSent', 5, deleted);
  await message('MessageSent', 7, expired);
  await message('MessageSent', 8, snapshot({ kind: 'SYSTEM', senderId: null, body: null }));
  await message('MessageExpired', 9, { ...expired, body: null, deletedAt: expired.expiresAt });
  await handleAll();
  expect(documents()).toEqual([
    [6, null],
    [9, null],
  ]);
  const lasting = snapshot({ expiresAt: new Date(Date.now() + 60_000).toISOString() });
  await message('MessageSent', 10, lasting);
  await handleAll();
  expect(index.live.messages.get(lasting.id)?.document).not.toBeNull();
});

test('people are indexed as the directory has them; the deleted and the suspended are not found', async () => {
  await start(indexUsers({ index, accounts: (ids) => sources.accounts(ids) }));
  const userId = newUuid(1);
  const { user } = databases.directory;
  await user.create({ data: { userId, handle: 'ann', displayName: 'Ann' } });
  const told = async (type: EventType, data: object) => {
    await user.update({ where: { userId }, data });
    await tell(type, userId, { userId, ...(type === 'UserDeleted' && { eraseMessages: false }) });
    await handleAll();
    return index.live.people.get(userId)?.document;
  };
  expect(await told('UserSignedUp', {})).toEqual({ id: userId, handle: 'ann', displayName: 'Ann' });
  // Twice within a moment, by clocks that differ.
  expect(await told('UserUpdated', { displayName: 'Anna', changedAt: new Date(0) })).toMatchObject({
    displayName: 'Anna',
  });
  expect(await told('UserUpdated', { displayName: 'Anne', changedAt: new Date(0) })).toMatchObject({
    displayName: 'Anne',
  });
  expect(await told('UserUpdated', { suspendedAt: new Date() })).toBeNull();
  expect(await told('UserUpdated', { suspendedAt: null })).toMatchObject({ handle: 'ann' });
  expect(await told('UserDeleted', { deletedAt: new Date() })).toBeNull();
});

test('conversations are indexed as their shards have them, those of two not at all', async () => {
  await start(indexConversations({ index, conversations: (ids) => sources.conversations(ids) }));
  const channel = newUuid(11);
  const create = (id: string, kind: string, title: string | null) => shards.of(id).db.$executeRaw`
    insert into conversation (conversation_id, kind, title, created_by, created_at, version, changed_at)
    values (${id}::uuid, ${kind}, ${title}, ${senderId}::uuid, now(), 1, now())`;
  await create(channel, 'CHANNEL', 'News');
  const direct = newUuid(4_000);
  await create(direct, 'DIRECT', null);
  const told = async (id: string, type: EventType, more: object = {}) => {
    await tell(type, id, { conversationId: id, conversationVersion: 1, createdBy: senderId, ...more });
    await handleAll();
    return index.live.conversations.get(id);
  };
  expect(await told(channel, 'ConversationCreated', { kind: 'CHANNEL' })).toEqual({
    id: channel,
    version: 1,
    document: { id: channel, title: 'News', description: '', isPublic: false },
  });
  expect(await told(direct, 'ConversationCreated', { kind: 'DIRECT' })).toBeUndefined();
  expect(await told(direct, 'ConversationUpdated')).toBeUndefined();
  await shards.of(channel).db.$executeRaw`
    update conversation set visibility = 'PUBLIC', description = 'All of it', version = 5 where conversation_id = ${channel}::uuid`;
  expect(await told(channel, 'ConversationUpdated')).toMatchObject({
    version: 5,
    document: { description: 'All of it', isPublic: true },
  });
});

test('while the index is away events wait, none is given up, and all of them come in when it is back', async () => {
  const worker = await start(indexMessages({ index }));
  index.isAway = true;
  let tries = 0;
  const write = index.writeMessages.bind(index);
  index.writeMessages = (changes) => (tries++, write(changes));
  await message('MessageSent', 4, snapshot());
  const handling = log.handOver();
  await waitFor('more tries than an event has', () => tries > 5);
  expect(log.committed).toBe(0);
  expect(await log.kept.topics()).toEqual([]);
  index.isAway = false;
  await handling;
  expect(documents()).toMatchObject([[4, { body: 'a body' }]]);
  await worker.stop();
}, 20_000);
