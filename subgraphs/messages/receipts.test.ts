import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Caller, Person } from '../../platform/auth/caller.js';
import { toPublicId } from '../../platform/ids/ids.js';
import type { FeedEvent } from '../../schema/live.js';
import { markFailed } from './failure-store.js';
import { cnv, openMessages, somebody } from './testing.js';

let parley: Awaited<ReturnType<typeof openMessages>>;
beforeAll(async () => {
  parley = await openMessages();
});
afterAll(() => parley.close());
beforeEach(() => {
  parley.hiding.clear();
  parley.logged.length = 0;
});

const hub = { kind: 'hub', startedAt: Date.now() } as const;
const usr = (person: Person) => toPublicId('user', person.userId);
const byId = (...all: Person[]) => all.sort((a, b) => (a.userId < b.userId ? -1 : 1));

let key = 0;
async function send(viewer: Person, id: string): Promise<{ id: string; seq: number }> {
  const { data } = await parley.run(
    viewer,
    'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id seq } } }',
    { input: { conversationId: cnv(id), clientMessageId: `key ${key++}`, body: 'hello' } },
  );
  return data.sendMessage.message;
}
type Draft = { conversationId: string; deliveredSeq?: number; readSeq?: number };
async function acknowledge(viewer: Caller, ...receipts: Draft[]) {
  const answer = await parley.run(
    viewer,
    'mutation ($input: UpdateReceiptsInput!) { updateReceipts(input: $input) { errors { code path message } } }',
    { input: { receipts } },
  );
  return { errors: answer.data?.updateReceipts?.errors, codes: answer.errors?.map((error) => error.extensions.code) };
}
/** As the receipts worker stores it. */
async function mark(id: string, person: Person, delivered: number, read: number): Promise<void> {
  await parley.shards.of(id).db.$queryRaw`
    select * from move_watermarks(array[${id}]::uuid[], array[${person.userId}]::uuid[], array[${delivered}]::int[],
      array[${read}]::int[], ${[parley.hiding.has(person.userId)]}::boolean[])`;
}
const RECEIPTS = 'receipts { edges { node { userId user { id } hasReceived hasRead } } }';
async function progress(viewer: Person, messageId: string) {
  const { data, errors } = await parley.run(
    viewer,
    `query ($id: ID!) { message(id: $id) { status deliveredCount readCount ${RECEIPTS} } }`,
    { id: messageId },
  );
  expect(errors).toBeUndefined();
  const { status, deliveredCount, readCount, receipts } = data.message;
  type Node = { userId: string; hasReceived: boolean; hasRead: boolean };
  const nodes = (receipts.edges as { node: Node }[]).map(({ node }) => node);
  return {
    status,
    counts: [deliveredCount, readCount],
    receipts: Object.fromEntries(nodes.map((node) => [node.userId, [node.hasReceived, node.hasRead]])),
  };
}
async function memberMarks(viewer: Person, id: string, person: Person) {
  const { data } = await parley.run(
    viewer,
    `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Member { deliveredSeq readSeq } } }`,
    { of: [{ __typename: 'Member', conversationId: cnv(id), userId: usr(person) }] },
  );
  const member = data._entities[0] as { deliveredSeq: number | null; readSeq: number | null } | null;
  return member && [member.deliveredSeq, member.readSeq];
}
const WATERMARKS = '__typename ... on WatermarksMoved { watermarks { userId deliveredSeq readSeq } }';
/** The marks that the feed of changes tells this viewer, from the start. */
async function told(viewer: Person, id: string) {
  const { data } = await parley.run(
    viewer,
    `query ($id: ID!, $after: String!) { _entities(representations: [{ __typename: "Conversation", id: $id }]) {
      ... on Conversation { changes(after: $after) { events { ${WATERMARKS} } } } } }`,
    { id: cnv(id), after: await startOf(viewer, id) },
  );
  const events = data._entities[0].changes.events as { watermarks?: { userId: string }[] }[];
  return events.flatMap(({ watermarks }) => watermarks ?? []);
}
async function startOf(viewer: Person, id: string): Promise<string> {
  const { data } = await parley.run(
    { ...viewer, startedAt: 0 },
    'query ($id: ID!) { _entities(representations: [{ __typename: "Conversation", id: $id }]) { ... on Conversation { cursor } } }',
    { id: cnv(id) },
  );
  return data._entities[0].cursor;
}
/** One live event, executed for people who hide what they have read, or for people who do not. */
async function live(caller: Caller, id: string, person: Person, viewerHidesReads?: boolean) {
  const event: FeedEvent = {
    kind: 'watermarks',
    conversationId: id,
    fromVersion: 8,
    version: 8,
    watermarks: [{ userId: person.userId, deliveredSeq: 5, readSeq: 4 }],
  };
  const answer = await parley.run(
    caller,
    `subscription ($id: ID!) { conversationEvents(conversationId: $id) { ${WATERMARKS} } }`,
    { id: cnv(id) },
    { conversationEvents: { type: 'change', event, ...(viewerHidesReads !== undefined && { viewerHidesReads }) } },
  );
  return answer.data?.conversationEvents?.watermarks[0];
}

describe('updateReceipts', () => {
  test('puts what is new into the log, the furthest of each kind, and leaves out what was passed', async () => {
    const [ann, bob] = [somebody(), somebody()];
    const id = await parley.newConversation(ann.userId, bob.userId);
    for (let i = 0; i < 5; i++) await send(ann, id);
    const receipt = { conversationId: cnv(id) };
    const { errors } = await acknowledge(
      bob,
      { ...receipt, deliveredSeq: 3 },
      { ...receipt, deliveredSeq: 5, readSeq: 2 },
    );
    expect(errors).toEqual([]);
    const common = { userId: bob.userId, conversationId: id };
    expect(parley.logged).toMatchObject([
      { type: 'MessageDelivered', ...common, seq: 5 },
      { type: 'MessageRead', ...common, seq: 2 },
    ]);
    await mark(id, bob, 5, 2);
    parley.logged.length = 0;
    await acknowledge(bob, { ...receipt, deliveredSeq: 4, readSeq: 2 });
    expect(parley.logged).toEqual([]);
    await acknowledge(bob, { ...receipt, deliveredSeq: 5, readSeq: 5 }); // who reads has received
    expect(parley.logged.map(({ type }) => type)).toEqual(['MessageRead']);
  });

  test('counts a seq past the newest message as that message', async () => {
    const ann = somebody();
    const bob = somebody();
    const id = await parley.newConversation(ann.userId, bob.userId);
    await send(ann, id);
    await acknowledge(bob, { conversationId: cnv(id), readSeq: 2_147_483_647 });
    expect(parley.logged).toMatchObject([{ type: 'MessageRead', seq: 1 }]);
  });

  test('refuses what is wrong, one by one, and takes the rest', async () => {
    const [ann, bob] = [somebody(), somebody()];
    const [own, other] = [
      await parley.newConversation(ann.userId, bob.userId),
      await parley.newConversation(bob.userId),
    ];
    await send(bob, own);
    const { errors } = await acknowledge(
      ann,
      { conversationId: cnv(other), readSeq: 1 },
      { conversationId: 'nonsense', readSeq: 1 },
      { conversationId: cnv(own), readSeq: -1 },
      { conversationId: cnv(own) },
      { conversationId: cnv(own), deliveredSeq: 1 },
    );
    expect(errors.map(({ code, path }: { code: string; path: string[] }) => [code, ...path])).toEqual([
      ['NOT_A_MEMBER', 'receipts', '0', 'conversationId'],
      ['NOT_A_MEMBER', 'receipts', '1', 'conversationId'],
      ['INVALID_INPUT', 'receipts', '2', 'readSeq'],
      ['INVALID_INPUT', 'receipts', '3', 'readSeq'],
    ]);
    expect(parley.logged).toMatchObject([
      { type: 'MessageDelivered', userId: ann.userId, conversationId: own, seq: 1 },
    ]);
  });

  test('refuses more than 100 at once, and nobody in particular', async () => {
    const ann = somebody();
    const id = cnv(await parley.newConversation(ann.userId));
    const { errors } = await acknowledge(
      ann,
      ...Array.from({ length: 101 }, () => ({ conversationId: id, readSeq: 1 })),
    );
    expect(errors).toMatchObject([{ code: 'INVALID_INPUT', path: ['receipts'] }]);
    expect((await acknowledge({ kind: 'nobody', startedAt: 0 })).codes).toEqual(['UNAUTHENTICATED']);
  });
});

describe('how far a message has got', () => {
  test('is, for its sender, where the last of the others is; for everybody else it is sent', async () => {
    const [ann, bob, cid] = [somebody(), somebody(), somebody()];
    const id = await parley.newConversation(ann.userId, bob.userId, cid.userId);
    const { id: messageId } = await send(ann, id);
    const of = { [usr(bob)]: [false, false], [usr(cid)]: [false, false] };
    expect(await progress(ann, messageId)).toEqual({ status: 'SENT', counts: [0, 0], receipts: of });
    await mark(id, bob, 1, 0);
    expect(await progress(ann, messageId)).toMatchObject({ status: 'SENT', counts: [1, 0] });
    await mark(id, cid, 1, 1);
    expect(await progress(ann, messageId)).toMatchObject({ status: 'DELIVERED', counts: [2, 1] });
    await mark(id, bob, 1, 1);
    expect(await progress(ann, messageId)).toEqual({
      status: 'READ',
      counts: [2, 2],
      receipts: { [usr(bob)]: [true, true], [usr(cid)]: [true, true] },
    });
    expect(await progress(bob, messageId)).toEqual({ status: 'SENT', counts: [0, 0], receipts: {} });
  });

  test('waits for nobody who joined later, or has left, and for the sender least of all', async () => {
    const [ann, bob, cid, dan] = [somebody(), somebody(), somebody(), somebody()];
    const id = await parley.newConversation(ann.userId, bob.userId, cid.userId);
    const { id: messageId } = await send(ann, id);
    await mark(id, bob, 1, 1);
    await parley.leave(id, cid.userId);
    await parley.join(id, dan.userId);
    expect(await progress(ann, messageId)).toEqual({
      status: 'READ',
      counts: [1, 1],
      receipts: { [usr(bob)]: [true, true] },
    });
    const alone = await parley.newConversation(ann.userId);
    expect(await progress(ann, (await send(ann, alone)).id)).toEqual({ status: 'SENT', counts: [0, 0], receipts: {} });
  });

  test('does not wait for a newcomer who may read what was sent before', async () => {
    const [ann, bob, dan] = [somebody(), somebody(), somebody()];
    const id = await parley.newConversation(ann.userId, bob.userId);
    const { id: messageId } = await send(ann, id);
    await mark(id, bob, 1, 1);
    await new Promise((resolve) => setTimeout(resolve, 5)); // the instants are of milliseconds
    await parley.join(id, dan.userId);
    const { db } = parley.shards.of(id);
    await db.memberSpan.updateMany({ where: { conversationId: id, userId: dan.userId }, data: { fromSeq: 1 } });
    await db.$executeRaw`update member set joined_at = clock_timestamp() where user_id = ${dan.userId}::uuid`;
    expect((await progress(ann, messageId)).receipts).toEqual({ [usr(bob)]: [true, true] });
  });

  test('is known for each message of a page', async () => {
    const [ann, bob] = [somebody(), somebody()];
    const id = await parley.newConversation(ann.userId, bob.userId);
    for (let i = 0; i < 50; i++) await send(ann, id);
    await mark(id, bob, 40, 20);
    const { data } = await parley.run(
      ann,
      `query ($id: ID!) { _entities(representations: [{ __typename: "Conversation", id: $id }]) { ... on Conversation {
        messages(first: 50) { edges { node { seq status readCount } } } } } }`,
      { id: cnv(id) },
    );
    const edges = data._entities[0].messages.edges as { node: { seq: number; status: string; readCount: number } }[];
    expect(edges.map(({ node }) => [node.status, node.readCount])).toEqual([
      ...Array.from({ length: 20 }, () => ['READ', 1]),
      ...Array.from({ length: 20 }, () => ['DELIVERED', 0]),
      ...Array.from({ length: 10 }, () => ['SENT', 0]),
    ]);
  });

  test('comes in pages, by person', async () => {
    const [ann, ...others] = Array.from({ length: 6 }, somebody) as [Person, ...Person[]];
    const id = await parley.newConversation(ann.userId, ...others.map(({ userId }) => userId));
    const { id: messageId } = await send(ann, id);
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const { data } = await parley.run(
        ann,
        `query ($id: ID!, $after: String) { message(id: $id) { receipts(first: 2, after: $after) {
          edges { node { userId } } pageInfo { hasNextPage endCursor } } } }`,
        { id: messageId, after },
      );
      const { edges, pageInfo } = data.message.receipts;
      seen.push(...(edges as { node: { userId: string } }[]).map(({ node }) => node.userId));
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor as string;
    }
    expect(seen).toEqual(byId(...others).map(usr));
  });

  test('is told where fan-out is on read to nobody, but people know what they have read', async () => {
    const [ann, bob] = [somebody(), somebody()];
    const id = await parley.newConversation(ann.userId, bob.userId);
    await parley.shards.of(id).db.conversation.update({ where: { conversationId: id }, data: { fanOut: 'ON_READ' } });
    const { id: messageId } = await send(ann, id);
    await mark(id, bob, 1, 1);
    expect(await progress(ann, messageId)).toEqual({ status: 'SENT', counts: [0, 0], receipts: {} });
    expect(await memberMarks(ann, id, bob)).toEqual([null, null]);
    expect(await memberMarks(bob, id, bob)).toEqual([null, 1]);
  });

  test('is FAILED for its sender once it was given up, which is told once', async () => {
    const [ann, bob] = [somebody(), somebody()];
    const id = await parley.newConversation(ann.userId, bob.userId);
    const { id: messageId, seq } = await send(ann, id);
    const pubsub = { publish: async () => undefined } as unknown as Parameters<typeof markFailed>[0]['pubsub'];
    expect(await markFailed({ shards: parley.shards, pubsub }, id, seq)).toBe(true);
    expect(await markFailed({ shards: parley.shards, pubsub }, id, seq)).toBe(false);
    expect(await markFailed({ shards: parley.shards, pubsub }, id, 99)).toBe(false);
    expect((await progress(ann, messageId)).status).toBe('FAILED');
    expect((await progress(bob, messageId)).status).toBe('SENT');
    const rows = await parley.shards.of(id).db.outbox.findMany({ where: { key: id }, orderBy: { id: 'asc' } });
    const events = rows.map(({ payload }) => JSON.parse(payload) as { type: string; message?: { failedAt?: string } });
    const failed = events.filter(({ type }) => type === 'MessageFailed');
    expect(failed).toHaveLength(1);
    const { version } = await parley.shards
      .of(id)
      .db.conversationHead.findUniqueOrThrow({ where: { conversationId: id } });
    const page = await parley.subgraph.feed.changes(id, Number(version) - 1, 10);
    expect(page.events).toMatchObject([
      {
        kind: 'message',
        version: Number(version),
        reason: 'CHANGED',
        message: { failedAt: failed[0]?.message?.failedAt },
      },
    ]);
  });
});

describe('what privacy hides', () => {
  async function read() {
    const [ann, bob] = [somebody(), somebody()];
    const id = await parley.newConversation(ann.userId, bob.userId);
    const { id: messageId } = await send(ann, id);
    await mark(id, bob, 1, 1);
    return { ann, bob, id, messageId };
  }

  test('nothing, where both share it', async () => {
    const { ann, bob, id, messageId } = await read();
    expect(await progress(ann, messageId)).toMatchObject({ status: 'READ', receipts: { [usr(bob)]: [true, true] } });
    expect(await memberMarks(ann, id, bob)).toEqual([1, 1]);
    expect(await told(ann, id)).toEqual([{ userId: usr(bob), deliveredSeq: 1, readSeq: 1 }]);
    expect(await live(hub, id, bob, false)).toMatchObject({ deliveredSeq: 5, readSeq: 4 });
    expect(await live(ann, id, bob)).toMatchObject({ readSeq: 4 });
  });

  test('that somebody has read, where they hide it', async () => {
    const { ann, bob, id, messageId } = await read();
    parley.hiding.add(bob.userId);
    expect(await progress(ann, messageId)).toEqual({
      status: 'DELIVERED',
      counts: [1, 0],
      receipts: { [usr(bob)]: [true, false] },
    });
    expect(await memberMarks(ann, id, bob)).toEqual([1, null]);
    expect(await memberMarks(bob, id, bob)).toEqual([1, 1]);
    expect(await told(ann, id)).toEqual([{ userId: usr(bob), deliveredSeq: 1, readSeq: null }]);
    expect(await live(hub, id, bob, false)).toMatchObject({ deliveredSeq: 5, readSeq: null });
  });

  test('that others have read, where the viewer hides it', async () => {
    const { ann, bob, id, messageId } = await read();
    parley.hiding.add(ann.userId);
    expect(await progress(ann, messageId)).toMatchObject({ status: 'DELIVERED', counts: [1, 0] });
    expect(await memberMarks(ann, id, bob)).toEqual([1, null]);
    expect(await told(ann, id)).toEqual([{ userId: usr(bob), deliveredSeq: 1, readSeq: null }]);
    expect(await live(hub, id, bob, true)).toMatchObject({ deliveredSeq: 5, readSeq: null });
    expect(await live(ann, id, bob)).toMatchObject({ readSeq: null });
  });

  test('all, where the hub does not say whom it asks for', async () => {
    const { bob, id } = await read();
    expect((await live(hub, id, bob))?.readSeq ?? null).toBeNull();
  });

  test('a change at all, where somebody reads who hides it', async () => {
    const { ann, bob, id } = await read();
    await send(ann, id);
    await mark(id, bob, 2, 0);
    parley.hiding.add(bob.userId);
    const before = await told(ann, id);
    await mark(id, bob, 0, 2);
    expect(await told(ann, id)).toEqual(before);
    const { version } = await parley.shards
      .of(id)
      .db.conversationHead.findUniqueOrThrow({ where: { conversationId: id } });
    expect((await parley.subgraph.feed.changes(id, Number(version), 10)).events).toEqual([]);
  });

  test('received and read, where one has blocked the other', async () => {
    const { ann, bob, id, messageId } = await read();
    const { db } = parley.shards.of(id);
    await db.conversation.update({ where: { conversationId: id }, data: { kind: 'DIRECT' } });
    await db.member.updateMany({ where: { conversationId: id, userId: bob.userId }, data: { isBlocked: true } });
    expect(await progress(ann, messageId)).toEqual({
      status: 'SENT',
      counts: [0, 0],
      receipts: { [usr(bob)]: [false, false] },
    });
    expect(await memberMarks(ann, id, bob)).toEqual([null, null]);
    expect(await memberMarks(bob, id, ann)).toEqual([null, null]);
    expect(await memberMarks(bob, id, bob)).toEqual([1, 1]);
    expect(await told(ann, id)).toEqual([]);
  });

  test('everything, from who is not a member', async () => {
    const { bob, id } = await read();
    expect(await memberMarks(somebody(), id, bob)).toBeNull();
  });
});

describe('the feed of changes', () => {
  test('tells each member’s newest marks once, a version each, and in order with all else', async () => {
    const [ann, bob, cid] = [somebody(), somebody(), somebody()];
    const id = await parley.newConversation(ann.userId, bob.userId, cid.userId);
    for (let i = 0; i < 3; i++) await send(ann, id);
    const { version } = await parley.shards
      .of(id)
      .db.conversationHead.findUniqueOrThrow({ where: { conversationId: id } });
    await mark(id, bob, 1, 0);
    await mark(id, cid, 3, 3);
    await send(ann, id);
    await mark(id, bob, 4, 4);
    const after = Number(version);
    const expected = [
      {
        kind: 'watermarks',
        fromVersion: after + 2,
        version: after + 2,
        watermarks: [{ userId: cid.userId, deliveredSeq: 3, readSeq: 3 }],
      },
      { kind: 'message', version: after + 3, message: { seq: 4 } },
      {
        kind: 'watermarks',
        fromVersion: after + 4,
        version: after + 4,
        watermarks: [{ userId: bob.userId, deliveredSeq: 4, readSeq: 4 }],
      },
    ];
    expect(await parley.subgraph.feed.changes(id, after, 10)).toMatchObject({
      events: expected,
      version: after + 4,
      hasMore: false,
    });
    const first = await parley.subgraph.feed.changes(id, after, 1);
    expect(first).toMatchObject({ events: expected.slice(0, 1), version: after + 2, hasMore: true });
    expect(await parley.subgraph.feed.changes(id, first.version, 10)).toMatchObject({ events: expected.slice(1) });
  });

  test('tells marks that follow each other as one change, which a page may cut', async () => {
    const [ann, ...others] = byId(...Array.from({ length: 4 }, somebody)) as [Person, ...Person[]];
    const id = await parley.newConversation(ann.userId, ...others.map(({ userId }) => userId));
    await send(ann, id);
    const { db } = parley.shards.of(id);
    const { version } = await db.conversationHead.findUniqueOrThrow({ where: { conversationId: id } });
    for (const person of others) await mark(id, person, 1, 0);
    await mark(id, others[1]!, 1, 1);
    const after = Number(version);
    const of = (...people: number[]) => people.map((index) => ({ userId: others[index]!.userId }));
    expect(await parley.subgraph.feed.changes(id, after, 10)).toMatchObject({
      events: [{ fromVersion: after + 1, version: after + 4, watermarks: of(0, 2, 1) }],
      hasMore: false,
    });
    const cut = await parley.subgraph.feed.changes(id, after, 2);
    expect(cut).toMatchObject({
      events: [{ fromVersion: after + 1, version: after + 3, watermarks: of(0, 2) }],
      version: after + 3,
      hasMore: true,
    });
    expect(await parley.subgraph.feed.changes(id, cut.version, 2)).toMatchObject({
      events: [{ fromVersion: after + 4, version: after + 4, watermarks: of(1) }],
      hasMore: false,
    });
  });

  test('does not tell again what had certainly moved before the operation whose cursor it starts from', async () => {
    const [ann, bob] = [somebody(), somebody()];
    const id = await parley.newConversation(ann.userId, bob.userId);
    await send(ann, id);
    await mark(id, bob, 1, 1);
    const later = { ...ann, startedAt: Date.now() + 60_000 };
    const { data } = await parley.run(
      later,
      `query ($id: ID!) { _entities(representations: [{ __typename: "Conversation", id: $id }]) { ... on Conversation { cursor } } }`,
      { id: cnv(id) },
    );
    const open = await parley.subgraph.feed.open(ann.userId, id, data._entities[0].cursor as string);
    expect(open?.after).toBe(open?.head);
  });

  test('leaves out the marks of who has left', async () => {
    const [ann, bob] = [somebody(), somebody()];
    const id = await parley.newConversation(ann.userId, bob.userId);
    await send(ann, id);
    await mark(id, bob, 1, 1);
    await parley.leave(id, bob.userId);
    const { events, version } = await parley.subgraph.feed.changes(id, 0, 100);
    expect(events.filter(({ kind }) => kind === 'watermarks')).toEqual([]);
    expect(events.at(-1)?.version).toBe(version);
  });
});
