import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { codes, conversation, MESSAGES, PAGE, send, sendMany, seqs } from './asking.fixture.js';
import { openMessages, somebody } from './testing.js';

let parley: Awaited<ReturnType<typeof openMessages>>;
beforeAll(async () => {
  parley = await openMessages();
});
afterAll(() => parley.close());

test('pages lead through all messages in both directions, and say truly whether there are more', async () => {
  const ann = somebody();
  const id = await parley.newConversation(ann.userId);
  await sendMany(parley, ann, id, 7);
  const forwards: number[] = [];
  let after: unknown = null;
  for (let hasMore = true; hasMore;) {
    const { data } = await conversation(parley, ann, id, MESSAGES, { first: 3, after });
    expect(data.messages.pageInfo.hasPreviousPage).toBe(forwards.length > 0);
    forwards.push(...seqs(data.messages));
    after = data.messages.pageInfo.endCursor;
    hasMore = data.messages.pageInfo.hasNextPage;
  }
  expect(forwards).toEqual([1, 2, 3, 4, 5, 6, 7]);
  const backwards: number[] = [];
  let before: unknown = null;
  for (let hasMore = true; hasMore;) {
    const { data } = await conversation(parley, ann, id, MESSAGES, { last: 3, before });
    expect(data.messages.pageInfo.hasNextPage).toBe(backwards.length > 0);
    backwards.unshift(...seqs(data.messages));
    before = data.messages.pageInfo.startCursor;
    hasMore = data.messages.pageInfo.hasPreviousPage;
  }
  expect(backwards).toEqual(forwards);
  const between = await conversation(parley, ann, id, MESSAGES, { first: 10, before });
  expect(seqs(between.data.messages)).toEqual([]);
  expect(between.data.messages.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  for (const wrong of [{}, { first: 1, last: 1 }, { first: 0 }, { last: 101 }, { first: 1, after: 'x' }])
    expect(codes(await conversation(parley, ann, id, MESSAGES, wrong))).toEqual(['BAD_USER_INPUT']);
});

test('a member reads within their spans only', async () => {
  const [ann, bob] = [somebody(), somebody()];
  const id = await parley.newConversation(ann.userId);
  await sendMany(parley, ann, id, 2);
  await parley.join(id, bob.userId);
  await sendMany(parley, ann, id, 2); // 3, 4
  await parley.leave(id, bob.userId);
  await sendMany(parley, ann, id, 2); // 5, 6
  const hidden = await send(parley, ann, id); // 7
  await parley.join(id, bob.userId);
  const last = async () => (await conversation(parley, bob, id, 'lastMessage { seq }')).data.lastMessage;
  expect(await last()).toEqual({ seq: 4 });
  await sendMany(parley, ann, id, 2); // 8, 9
  expect(await last()).toEqual({ seq: 9 });
  const page = (await conversation(parley, bob, id, MESSAGES, { first: 10 })).data.messages;
  expect(seqs(page)).toEqual([3, 4, 8, 9]);
  expect(page.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
  const around = await conversation(parley, bob, id, `messagesAround(seq: $seq, before: 1, after: 1) { ${PAGE} }`, {
    seq: 4,
  });
  expect(seqs(around.data.messagesAround)).toEqual([3, 4, 8]);
  expect(around.data.messagesAround.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  const jump = `messagesAround(messageId: $messageId) { ${PAGE} }`;
  expect(codes(await conversation(parley, bob, id, jump, { messageId: hidden.message.id }))).toEqual(['NOT_FOUND']);
  expect(
    seqs((await conversation(parley, ann, id, jump, { messageId: hidden.message.id })).data.messagesAround),
  ).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  // Filtered after paging: short pages, none of them lost, and the same cursors for everybody.
  const { cursor } = (await conversation(parley, { ...bob, startedAt: 0 }, id, 'cursor')).data;
  const CHANGES =
    'changes(after: $cursor, first: 5) { hasMore cursor events { ... on MessageChanged { message { seq } } } }';
  const told: number[] = [];
  for (let after = cursor, hasMore = true; hasMore;) {
    const { changes } = (await conversation(parley, bob, id, CHANGES, { cursor: after })).data;
    expect((await conversation(parley, ann, id, CHANGES, { cursor: after })).data.changes.cursor).toBe(changes.cursor);
    told.push(...changes.events.flatMap((event: { message?: { seq: number } }) => event.message?.seq ?? []));
    after = changes.cursor;
    hasMore = changes.hasMore;
  }
  expect(told).toEqual([3, 4, 8, 9]);
});
