import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { toPublicId } from '../../platform/ids/ids.js';
import { codes, conversation, hub, inboxItemId, nobody, send, SEND } from './asking.fixture.js';
import { cnv, openMessages, somebody } from './testing.js';

let parley: Awaited<ReturnType<typeof openMessages>>;
beforeAll(async () => {
  parley = await openMessages();
});
afterAll(() => parley.close());

test('a message comes back as it was sent, and a retry brings the first one', async () => {
  const ann = somebody();
  const id = await parley.newConversation(ann.userId);
  const first = await send(parley, ann, id, 'hi', 'same');
  expect(first.errors).toEqual([]);
  expect(first.message).toMatchObject({
    conversationId: cnv(id),
    conversation: { id: cnv(id) },
    seq: 1,
    senderId: toPublicId('user', ann.userId),
    sender: { id: toPublicId('user', ann.userId) },
    kind: 'TEXT',
    body: 'hi',
    clientMessageId: 'same',
  });
  expect(first.message.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect((await send(parley, ann, id, 'other', 'same')).message).toEqual(first.message);
  expect(
    (await parley.run(ann, 'query ($id: ID!) { message(id: $id) { seq body } }', { id: first.message.id })).data
      .message,
  ).toEqual({ seq: 1, body: 'hi' });
});

test.each([
  ['an empty body', { body: ' \n' }, 'body'],
  ['a body that is too long', { body: 'x'.repeat(8_001) }, 'body'],
  ['U+0000', { body: 'a\0b' }, 'body'],
  ['half a surrogate pair', { body: 'a\ud83d' }, 'body'],
  ['an empty clientMessageId', { clientMessageId: '' }, 'clientMessageId'],
  ['a clientMessageId that is too long', { clientMessageId: 'x'.repeat(65) }, 'clientMessageId'],
  ['U+0000 in the clientMessageId', { clientMessageId: 'a\0' }, 'clientMessageId'],
])('refuses %s', async (_, input, path) => {
  const ann = somebody();
  const id = await parley.newConversation(ann.userId);
  const answer = await parley.run(ann, SEND, {
    input: { conversationId: cnv(id), clientMessageId: 'a', body: 'b', ...input },
  });
  expect(answer.data.sendMessage).toMatchObject({ message: null, errors: [{ code: 'INVALID_INPUT', path: [path] }] });
});

test('8,000 characters outside the BMP are 8,000 characters', async () => {
  const ann = somebody();
  const id = await parley.newConversation(ann.userId);
  expect((await send(parley, ann, id, '😀'.repeat(8_000))).message.body).toHaveLength(16_000);
});

test('a conversation of others and one that does not exist look the same to a sender', async () => {
  const [ann, eve] = [somebody(), somebody()];
  const id = await parley.newConversation(ann.userId);
  const errors = [{ code: 'NOT_A_MEMBER', path: ['conversationId'], message: expect.any(String) }];
  expect(await send(parley, eve, id)).toEqual({ message: null, errors });
  expect(await send(parley, eve, eve.userId)).toEqual({ message: null, errors });
  const junk = await parley.run(eve, SEND, { input: { conversationId: 'nonsense', clientMessageId: 'a', body: 'b' } });
  expect(junk.data.sendMessage).toEqual({ message: null, errors });
});

test('whoever is not a member gets nothing from any way in', async () => {
  const [ann, eve] = [somebody(), somebody()];
  const id = await parley.newConversation(ann.userId, eve.userId);
  const { message } = await send(parley, ann, id);
  const cursor = (await conversation(parley, eve, id, 'cursor')).data.cursor;
  await parley.leave(id, eve.userId);
  expect(
    (await parley.run(eve, 'query ($id: ID!) { message(id: $id) { body } }', { id: message.id })).data.message,
  ).toBeNull();
  const entity = `query ($id: ID!) { _entities(representations: [{ __typename: "Message", id: $id }]) { ... on Message { body } } }`;
  expect((await parley.run(eve, entity, { id: message.id })).data._entities).toEqual([null]);
  expect((await parley.run(hub, entity, { id: message.id })).data._entities).toEqual([{ body: 'hello' }]);
  expect(codes(await parley.run(nobody, entity, { id: message.id }))).toEqual(['UNAUTHENTICATED']);
  expect((await conversation(parley, eve, id, 'id cursor lastMessage { body }')).data).toBeNull();
  const changes = await parley.run(
    eve,
    'query ($after: [String!]!) { conversationChanges(after: $after) { cursor } }',
    {
      after: [cursor],
    },
  );
  expect(changes.data.conversationChanges).toEqual([null]);
  expect(await parley.subgraph.feed.open(eve.userId, id, cursor)).toBeNull();
});

test('an inbox of 30 conversations costs one statement per shard for its last messages, and one for what is hidden', async () => {
  const ann = somebody();
  const ids = await Promise.all(Array.from({ length: 30 }, () => parley.newConversation(ann.userId)));
  await Promise.all(ids.map((id, i) => send(parley, ann, id, `in ${i}`)));
  const representations = ids.map((id) => ({ __typename: 'InboxItem', id: inboxItemId(ann, id) }));
  const document = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on InboxItem { lastMessage { body } } } }`;
  let statements = 0;
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const originals = parley.shards.all.map(({ db }) => db.$queryRaw);
  for (const { db } of parley.shards.all) {
    const original = db.$queryRaw.bind(db);
    Object.defineProperty(db, '$queryRaw', {
      configurable: true,
      writable: true,
      value: (...args: Parameters<typeof original>) => (statements++, original(...args)),
    });
  }
  const answer = await parley.run(ann, document, { representations });
  parley.shards.all.forEach(({ db }, i) =>
    Object.defineProperty(db, '$queryRaw', { configurable: true, writable: true, value: originals[i] }),
  );
  expect(answer.data._entities).toEqual(ids.map((_, i) => ({ lastMessage: { body: `in ${i}` } })));
  expect(statements).toBe(3);
  expect((await parley.run(somebody(), document, { representations })).data._entities).toEqual(ids.map(() => null));
});
