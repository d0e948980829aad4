import { randomInt, randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { addMembers, createGroup, leave, openDirect, removeMembers, say, sayAll } from '../chat.js';
import { Failed, type Device } from '../client.js';
import { searchConverges } from '../search-invariants.js';
import { finds, findsMessages, searchMessages, searchMessagesDocument, soon } from '../search.js';
import { storiesOnParley } from '../story.js';

const story = storiesOnParley();

/** A word that nobody else in any story has. */
const newWord = () => `q${Array.from({ length: 11 }, () => 'abcdefghiklmnoprstuvwy'[randomInt(22)]).join('')}`;
const errors = 'errors { code path message }';

async function change(
  device: Device,
  name: string,
  input: Record<string, unknown>,
  answer = '',
): Promise<string | null> {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const payload = await device.mutate<Record<string, { id: string } | null>>(
    `mutation ($input: ${type}!) { ${name}(input: $input) { ${answer && `${answer} { id }`} ${errors} } }`,
    { input },
  );
  return payload[answer]?.id ?? null;
}
const newChannel = async (owner: Device, input: Record<string, unknown>) =>
  (await change(owner, 'createChannel', { clientMutationId: randomUUID(), ...input }, 'conversation'))!;

const foundSoon = (viewer: Device, query: string, ids: string[], filter?: Record<string, unknown>) =>
  soon(async () => expect((await findsMessages(viewer, query, filter)).sort()).toEqual([...ids].sort()));

async function codesOf(work: Promise<unknown>): Promise<(string | undefined)[]> {
  try {
    await work;
    return [];
  } catch (error) {
    if (error instanceof Failed) return error.codes;
    throw error;
  }
}

story('Bob finds what Ann has just written, marked where it fits, and nobody outside does', async ({ people }) => {
  const [ann, bob, mallory] = await people('Ann', 'Bob', 'Mallory');
  const trip = await createGroup(ann, 'Trip', [bob]);
  const message = await say(ann, trip, 'The Zürich train leaves at noon 🚂 from platform seven');
  await foundSoon(bob, 'zurich TRAIN', [message.id]);
  const { totalCount, edges } = await searchMessages(bob, 'zürich');
  expect([totalCount, edges.length]).toEqual([1, 1]);
  const marked = edges[0]!.highlights.flatMap(({ text, ranges }) =>
    ranges.map(({ start, end }) => text.slice(start, end)),
  );
  expect(marked).toEqual(['Zürich']);
  expect(await findsMessages(mallory, 'zürich')).toEqual([]);
  expect(await findsMessages(mallory, 'zürich', { conversationId: trip })).toEqual([]);
  await searchConverges(ann, trip);
  await searchConverges(bob, trip);
});

story('filters narrow what is found, alone and together', async ({ people }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const [group, direct] = [await createGroup(ann, 'Group', [bob]), await openDirect(ann, bob)];
  const first = await say(ann, group, 'plans for Monday');
  const second = await say(bob, group, 'plans for Tuesday');
  const third = await say(ann, direct, 'plans of our own');
  const mention = (await change(
    ann,
    'sendMessage',
    {
      conversationId: group,
      clientMessageId: randomUUID(),
      body: '@Bob plans?',
      mentions: [{ userId: bob.userId, start: 0, end: 4 }],
    },
    'message',
  ))!;
  const all = [first.id, second.id, third.id, mention];
  await foundSoon(bob, 'plans', all);
  const expectFound = async (filter: Record<string, unknown>, ids: string[]) =>
    expect([filter, (await findsMessages(bob, 'plans', filter)).sort()]).toEqual([filter, [...ids].sort()]);
  await expectFound({ conversationId: direct }, [third.id]);
  await expectFound({ senderId: bob.userId }, [second.id]);
  await expectFound({ senderId: ann.userId, conversationId: group }, [first.id, mention]);
  await expectFound({ mentionsViewer: true }, [mention]);
  await expectFound({ hasMedia: true }, []);
  await expectFound({ mediaKinds: ['IMAGE', 'VOICE'] }, []);
  await expectFound({ hasMedia: false }, all);
  await expectFound({ sentAfter: third.createdAt }, [third.id, mention]);
  await expectFound({ sentBefore: first.createdAt }, [first.id]);
  await expectFound({ sentAfter: third.createdAt, sentBefore: first.createdAt }, []);
  expect(await findsMessages(ann, 'plans', { mentionsViewer: true })).toEqual([]);
  expect((await findsMessages(bob, '', { senderId: bob.userId })).sort()).toEqual([second.id]);
});

story(
  'an edit is found by what it says now, and not by what it said; a deleted message not at all',
  async ({ people }) => {
    const [ann, bob] = await people('Ann', 'Bob');
    const group = await createGroup(ann, 'Group', [bob]);
    const [edited, deleted] = await sayAll(ann, group, ['meet at the harbour', 'the password is swordfish']);
    await foundSoon(bob, 'harbour', [edited!.id]);
    await foundSoon(bob, 'swordfish', [deleted!.id]);
    await change(ann, 'editMessage', { messageId: edited!.id, body: 'meet at the station' });
    await foundSoon(bob, 'station', [edited!.id]);
    await foundSoon(bob, 'harbour', []);
    await change(ann, 'deleteMessage', { messageId: deleted!.id });
    // From that moment on nothing of it is told, also while the index has it still.
    expect(JSON.stringify(await searchMessages(bob, 'swordfish'))).not.toMatch(/password/);
    await soon(async () => expect((await searchMessages(bob, 'swordfish')).totalCount).toBe(0));
    await searchConverges(bob, group);
  },
);

story('a message that disappears is found until then', async ({ people }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const input = { title: 'Brief', memberIds: [bob.userId], policy: { messageTtlSeconds: 5 } };
  const group = (await change(ann, 'createGroup', { clientMutationId: randomUUID(), ...input }, 'conversation'))!;
  const message = await say(ann, group, 'this evaporates');
  await foundSoon(bob, 'evaporates', [message.id]);
  await soon(async () => expect((await searchMessages(bob, 'evaporates')).totalCount).toBe(0), 9_000);
});

story(
  'who leaves or is removed finds nothing of it any more; who comes back misses what was said meanwhile',
  async ({ people }) => {
    const [ann, bob, cid] = await people('Ann', 'Bob', 'Cid');
    const group = await createGroup(ann, 'Group', [bob, cid]);
    const before = await say(ann, group, 'budget before');
    await foundSoon(bob, 'budget', [before.id]);
    await leave(cid, group);
    expect(await findsMessages(cid, 'budget')).toEqual([]);
    await removeMembers(ann, group, [bob]);
    expect(await findsMessages(bob, 'budget')).toEqual([]);
    const meanwhile = await say(ann, group, 'budget meanwhile');
    await foundSoon(ann, 'budget', [before.id, meanwhile.id]);
    await addMembers(ann, group, [bob]);
    const after = await say(ann, group, 'budget after');
    await foundSoon(bob, 'budget', [before.id, after.id]);
    expect(await findsMessages(bob, 'meanwhile')).toEqual([]);
    await searchConverges(bob, group);
  },
);

story('who joins later finds what came after in a group, and all of it in a channel', async ({ people }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const group = await createGroup(ann, 'Group', []);
  const channel = await newChannel(ann, { title: 'News', visibility: 'PUBLIC' });
  const early = await say(ann, group, 'minutes of May');
  const news = await say(ann, channel, 'minutes of April');
  await foundSoon(ann, 'minutes', [early.id, news.id]);
  expect(await findsMessages(bob, 'minutes')).toEqual([]);
  await addMembers(ann, group, [bob]);
  await change(bob, 'joinChannel', { conversationId: channel });
  const late = await say(ann, group, 'minutes of June');
  await foundSoon(bob, 'minutes', [news.id, late.id]);
});

story('what a person has hidden is found by the others alone', async ({ people }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const group = await createGroup(ann, 'Group', [bob]);
  const [kept, hidden] = await sayAll(ann, group, ['holiday photo', 'holiday invoice']);
  await foundSoon(bob, 'holiday', [kept!.id, hidden!.id]);
  await change(bob, 'deleteMessage', { messageId: hidden!.id, scope: 'VIEWER' });
  expect(await findsMessages(bob, 'holiday')).toEqual([kept!.id]);
  expect(JSON.stringify(await searchMessages(bob, 'invoice'))).not.toMatch(/invoice/);
  expect((await findsMessages(ann, 'holiday')).sort()).toEqual([kept!.id, hidden!.id].sort());
});

story(
  'people find each other by a typo, by the beginning of a name or handle, and not across a block',
  async ({ people }) => {
    const [first, last] = [newWord(), newWord()];
    const [ann, bob] = await people(`${first} ${last}`, 'Bob');
    const typo = `${last.slice(0, 5)}${last[6]}${last[5]}${last.slice(7)}`;
    const queries = [
      first,
      last.toUpperCase(),
      `${first} ${last}`,
      last.slice(0, 6),
      typo,
      ann.person.handle,
      ann.person.handle.slice(0, 9),
    ];
    for (const query of queries)
      await soon(async () => expect([query, await finds(bob, 'searchUsers', query)]).toEqual([query, [ann.userId]]));
    await change(ann, 'blockUser', { userId: bob.userId });
    const [annFinds, bobFinds] = [
      await finds(ann, 'searchUsers', bob.person.handle),
      await finds(bob, 'searchUsers', ann.person.handle),
    ];
    expect([annFinds, bobFinds]).toEqual([[], []]);
    await change(ann, 'unblockUser', { userId: bob.userId });
    expect(await finds(bob, 'searchUsers', ann.person.handle)).toEqual([ann.userId]);
  },
);

story('people who blocked each other find each other’s messages in the groups they share', async ({ people }) => {
  const [ann, bob, cid] = await people('Ann', 'Bob', 'Cid');
  const group = await createGroup(cid, 'Group', [ann, bob]);
  await change(bob, 'blockUser', { userId: ann.userId });
  const message = await say(ann, group, 'regatta on Sunday');
  await foundSoon(bob, 'regatta', [message.id]);
});

story('who deleted their account, or has another name, is found by no name of before', async ({ people }) => {
  const [name, renamed] = [newWord(), newWord()];
  const [ann, bob, cid] = await people(name, 'Bob', 'Cid');
  await soon(async () => expect(await finds(bob, 'searchUsers', name)).toEqual([ann.userId]));
  await change(ann, 'updateProfile', { displayName: renamed });
  await soon(async () => expect(await finds(bob, 'searchUsers', renamed)).toEqual([ann.userId]));
  const group = await createGroup(cid, 'Group', [ann, bob]);
  const message = await say(ann, group, 'farewell everybody');
  await foundSoon(bob, 'farewell', [message.id]);
  await change(ann, 'deleteAccount', { password: ann.person.password, eraseMessages: true });
  expect(await finds(bob, 'searchUsers', renamed)).toEqual([]);
  await soon(async () => expect(await findsMessages(bob, 'farewell')).toEqual([]), 5_000);
});

story('a public channel is found by everybody, a private one and a group by those who are in', async ({ people }) => {
  const word = newWord();
  const [ann, bob, mallory] = await people('Ann', 'Bob', 'Mallory');
  const open = await newChannel(ann, { title: `${word} for all`, visibility: 'PUBLIC' });
  const closed = await newChannel(ann, { title: `${word} for few`, visibility: 'PRIVATE', description: 'orchids' });
  const group = await createGroup(ann, `Our ${word}`, [bob]);
  await openDirect(ann, bob);
  const found = (device: Device, ids: string[]) =>
    soon(async () => expect((await finds(device, 'searchConversations', word)).sort()).toEqual([...ids].sort()));
  await found(ann, [open, closed, group]);
  await found(bob, [open, group]);
  await found(mallory, [open]);
  expect(await finds(ann, 'searchConversations', `${word} orchids`)).toEqual([closed]);
  await change(ann, 'updateConversation', { conversationId: open, visibility: 'PRIVATE' });
  expect(await finds(mallory, 'searchConversations', word)).toEqual([]);
  await leave(bob, group);
  await found(bob, []);
  const other = newWord();
  await change(ann, 'updateConversation', { conversationId: group, title: `Our ${other}` });
  await soon(async () => expect(await finds(ann, 'searchConversations', other)).toEqual([group]));
  await found(ann, [open, closed]);
});

story('pages follow each other without a gap, by cursors that fit nothing else', async ({ people }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const group = await createGroup(ann, 'Group', [bob]);
  const sent = await sayAll(
    ann,
    group,
    Array.from({ length: 11 }, (_, i) => `lantern ${i}`),
  );
  await foundSoon(
    ann,
    'lantern',
    sent.map(({ id }) => id),
  );
  const seen: (string | undefined)[] = [];
  let cursor: string | null = null;
  do {
    const { edges, pageInfo, totalCount } = await searchMessages(ann, 'lantern', {}, { first: 4, after: cursor });
    expect(totalCount).toBe(11);
    seen.push(...edges.map(({ node }) => node?.id));
    cursor = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (cursor);
  expect([...seen].sort()).toEqual(sent.map(({ id }) => id).sort());

  const { pageInfo } = await searchMessages(ann, 'lantern', {}, { first: 4 });
  const after = pageInfo.endCursor!;
  const flipped = `${after.slice(0, 5)}${after[5] === 'A' ? 'B' : 'A'}${after.slice(6)}`;
  for (const attempt of [
    () => searchMessages(bob, 'lantern', {}, { after }),
    () => searchMessages(ann, 'lanterns', {}, { after }),
    () => searchMessages(ann, 'lantern', { senderId: ann.userId }, { after }),
    () => searchMessages(ann, 'lantern', {}, { after: flipped }),
    () => searchMessages(ann, 'lantern', {}, { after: 'nonsense' }),
    () => searchMessages(ann, 'lantern', {}, { first: 0 }),
    () => searchMessages(ann, 'lantern', {}, { first: 101 }),
  ])
    expect(await codesOf(attempt())).toEqual(['BAD_USER_INPUT']);
});

const hostile = [
  '*',
  '?',
  '%',
  '_',
  '""',
  '"unclosed',
  "'",
  "' or 1=1 --",
  '; drop table message;',
  '\\',
  '\\u0000',
  '\u0000',
  'a\u0000b',
  '()',
  '((((((((((',
  '[a-z]+',
  '{"query":{"match_all":{}}}',
  '/.*/',
  'NOT lantern',
  'a AND OR NOT b',
  '+lantern -lantern',
  'title:lantern',
  'body:*',
  '_exists_:body',
  'lantern~9999',
  'lantern^1e99',
  '!',
  '| & !',
  ':*',
  '<->',
  'lantern:*A & !b',
  '<script>alert(1)</script>',
  '${jndi:ldap://localhost}',
  '\ud800',
  '\u202eabc',
  '👩‍👩‍👧‍👦',
  'שלום',
  '東京都',
  'ไทย',
  'x'.repeat(256),
  'x '.repeat(128),
  '* '.repeat(120),
  'z'.repeat(10_000),
  '🙂'.repeat(2_500),
];

story('whatever is typed is answered, or refused with a sentence', async ({ people }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const group = await createGroup(ann, 'Lantern', [bob]);
  const message = await say(ann, group, 'a lantern');
  await foundSoon(ann, 'lantern', [message.id]);
  const stranger = await createGroup(bob, 'Other', []);
  await say(bob, stranger, 'a lantern of his');
  const all = `query ($query: String!) { searchMessages(query: $query) { totalCount edges { node { body } highlights { text ranges { start end } } } }
    searchUsers(query: $query) { edges { node { handle } } } searchConversations(query: $query) { edges { node { title } } } }`;
  for (const query of hostile) {
    const { data, errors } = await ann.ask(all, { query });
    const what = [query.slice(0, 40), errors];
    const isLong = [...query].length > 256 || query === '\u0000';
    expect([what, errors.every(({ extensions }) => extensions?.code === 'BAD_USER_INPUT')]).toEqual([what, true]);
    expect([what, errors.length > 0]).toEqual([what, isLong]);
    if (isLong) expect(errors[0]!.message).toMatch(/^(A query has at most 256 characters|The query is empty)/);
    else expect(data).not.toBeNull();
    expect(JSON.stringify(data)).not.toMatch(/of his/);
  }
  // As words, where they are some.
  expect(await findsMessages(ann, '"lantern"')).toEqual([message.id]);
  expect(await codesOf(ann.query(searchMessagesDocument, { query: 'x', filter: { sentAfter: 'yesterday' } }))).toEqual([
    'BAD_USER_INPUT',
  ]);
});
