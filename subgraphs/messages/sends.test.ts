import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { events, type EventOf } from '../../schema/events.js';
import { openMessages, somebody } from './testing.js';

let parley: Awaited<ReturnType<typeof openMessages>>;
beforeAll(async () => {
  parley = await openMessages();
});
afterAll(() => parley.close());

test('2,000 sends at once from three processes, with repeated keys: each stored once, seq and version dense', async () => {
  const people = [somebody(), somebody(), somebody()];
  const ids = people.map((person) => person.userId);
  const conversations = await Promise.all([1, 2, 3, 4].map(() => parley.newConversation(...ids)));
  const stores = [parley.newSendStore(), parley.newSendStore(), parley.newSendStore()];
  const answers = await Promise.all(
    Array.from({ length: 2_000 }, async (_, i) => {
      const conversationId = conversations[i % 4]!;
      const senderId = ids[i % 3]!;
      // 600 distinct keys, each sent three or four times, by different processes.
      const clientMessageId = `key ${i % 600}`;
      const outcome = await stores[(i * 7 + (i >> 9)) % 3]!.append({
        conversationId,
        senderId,
        clientMessageId,
        body: `body ${i} "\\\n é😀`,
      });
      if (outcome.kind !== 'stored') throw new Error(outcome.kind);
      return { key: `${conversationId} ${senderId} ${clientMessageId}`, message: outcome.message };
    }),
  );
  await Promise.all(stores.map((store) => store.stop()));

  const byKey = new Map(answers.map(({ key, message }) => [key, message]));
  expect(byKey.size).toBe(600);
  for (const { key, message } of answers) expect(message).toEqual(byKey.get(key));

  for (const conversationId of conversations) {
    const { db } = parley.shards.of(conversationId);
    const stored = await db.message.findMany({ where: { conversationId }, orderBy: { seq: 'asc' } });
    expect(stored.map(({ seq }) => seq)).toEqual(Array.from({ length: 150 }, (_, i) => i + 1));
    // 1 is the conversation's, 2 to 4 its members'.
    expect(stored.map(({ version }) => Number(version))).toEqual(stored.map((_, i) => i + 5));
    expect(await db.conversationHead.findUnique({ where: { conversationId } })).toMatchObject({
      lastSeq: 150,
      version: 154n,
    });

    const outbox = await db.outbox.findMany({ where: { key: conversationId }, orderBy: { id: 'asc' } });
    const told = outbox.map(({ payload }): EventOf<'MessageSent'> => events.MessageSent.parse(JSON.parse(payload)));
    expect(outbox.every(({ topic }) => topic === 'parley.conversation')).toBe(true);
    expect(told.map((event) => event.conversationVersion)).toEqual(stored.map(({ version }) => Number(version)));
    expect(told.map((event) => event.message)).toEqual(
      stored.map((row) => ({
        id: row.id,
        conversationId,
        seq: row.seq,
        senderId: row.senderId,
        kind: 'TEXT',
        body: row.body,
        clientMessageId: row.clientMessageId,
        createdAt: row.createdAt.toISOString(),
      })),
    );
    for (const userId of ids) {
      const own = Math.max(...stored.filter((row) => row.senderId === userId).map((row) => row.seq));
      const member = await db.member.findUniqueOrThrow({
        where: { conversationId_userId: { conversationId, userId } },
      });
      expect([member.readSeq, member.deliveredSeq]).toEqual([own, own]);
    }
  }
});

test('a sender who was removed is refused, but a retry of what they sent before gets its first answer', async () => {
  const [ann, bob] = [somebody(), somebody()];
  const conversationId = await parley.newConversation(ann.userId, bob.userId);
  const store = parley.newSendStore();
  const send = (clientMessageId: string, body: string) =>
    store.append({ conversationId, senderId: bob.userId, clientMessageId, body });
  const first = await send('1', 'hello');
  await parley.leave(conversationId, bob.userId);
  await expect(send('2', 'still here')).resolves.toEqual({ kind: 'notAMember' });
  await expect(send('1', 'changed my mind')).resolves.toEqual(first);
});

test('a send whose conversation is locked by somebody else waits, and the others do not wait for it', async () => {
  const ann = somebody();
  const locked = await parley.newConversation(ann.userId);
  const shard = parley.shards.of(locked);
  let free = await parley.newConversation(ann.userId);
  while (parley.shards.of(free) !== shard) free = await parley.newConversation(ann.userId);
  const store = parley.newSendStore();
  const send = (conversationId: string) =>
    store.append({ conversationId, senderId: ann.userId, clientMessageId: 'x', body: 'hi' });
  const order: string[] = [];
  let waiting: Promise<unknown> | undefined;
  await shard.db.$transaction(async (tx) => {
    await tx.$queryRaw`select 1 from conversation_head where conversation_id = ${locked}::uuid for update`;
    waiting = send(locked).then(() => order.push('locked'));
    await send(free);
    order.push('free');
  });
  await waiting;
  expect(order).toEqual(['free', 'locked']);
});

test('the relay is poked after a commit', async () => {
  const ann = somebody();
  const conversationId = await parley.newConversation(ann.userId);
  parley.published.length = 0;
  await parley.newSendStore().append({ conversationId, senderId: ann.userId, clientMessageId: '1', body: 'hi' });
  expect(parley.published).toEqual([`outbox:${parley.shards.of(conversationId).name}`]);
});

test('a bucket that has moved away is refused by the shard that had it', async () => {
  const ann = somebody();
  const conversationId = await parley.newConversation(ann.userId);
  const { db } = parley.shards.of(conversationId);
  await db.$executeRaw`update bucket_owner set open = false where bucket = bucket_of(${conversationId}::uuid)`;
  const sent = parley.newSendStore().append({ conversationId, senderId: ann.userId, clientMessageId: '1', body: 'hi' });
  await expect(sent).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});
