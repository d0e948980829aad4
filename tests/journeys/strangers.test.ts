import { createECDH, randomBytes } from 'node:crypto';
import { expect } from '@jest/globals';
import {
  addMembers,
  createGroup,
  cursorOf,
  draft,
  leave,
  openDirect,
  post,
  removeMembers,
  say,
  signInElsewhere,
} from '../chat.js';
import { Failed, Refused, type Answer, type Device } from '../client.js';
import {
  conversationEventsDocument,
  inboxEventsDocument,
  type ConversationEvent,
  type InboxEvent,
} from '../following.js';
import { inboxOf } from '../inbox-invariants.js';
import { finds, findsMessages, searchMessages, searchMessagesDocument, soon } from '../search.js';
import { sendMedia, settled, upload } from '../media.js';
import { pushTargetsOf, registerPush, updateNotificationSettings } from '../notifications.js';
import { storiesOnParley, type Stage } from '../story.js';
import { waitFor } from '../wait-for.js';

const story = storiesOnParley();
const secret = 'the code is 4711';

async function scene({ people }: Stage) {
  const [ann, bob, mallory, trent] = await people('Ann', 'Bob', 'Mallory', 'Trent');
  const theirs = await createGroup(ann, 'Vault 4711', [bob]);
  const message = await say(ann, theirs, secret);
  const own = await openDirect(mallory, trent);
  await say(mallory, own, 'mine');
  return {
    ann,
    bob,
    mallory,
    trent,
    theirs,
    own,
    message,
    cursor: await cursorOf(ann, theirs),
    ownCursor: await cursorOf(mallory, own),
  };
}

/** Nothing of the conversation, and no other error than these. */
function expectNothing({ data, errors }: Answer, codes: string[] = []): void {
  expect(JSON.stringify({ data, errors })).not.toMatch(/4711/);
  const leaves = (value: unknown): unknown[] =>
    typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value];
  expect(leaves(data ?? null).filter((leaf) => leaf !== null)).toEqual([]);
  expect(errors.map(({ extensions }) => extensions?.code).filter((code) => !codes.includes(code ?? ''))).toEqual([]);
  if (codes.length > 0) expect(errors.length).toBeGreaterThan(0);
}

async function refusalOf(work: Promise<unknown>): Promise<(string | undefined)[]> {
  try {
    await work;
    return ['it was done'];
  } catch (error) {
    if (error instanceof Refused || error instanceof Failed) return error.codes;
    throw error;
  }
}

const wholeConversation = `query ($id: ID!, $after: String!) { conversation(id: $id) { title memberCount cursor otherUser { handle }
  members(first: 5) { edges { node { userId role } } } viewerMember { role }
  messages(last: 5) { edges { node { body } } } messagesAround(seq: 1) { edges { node { body } } } lastMessage { body }
  changes(after: $after) { cursor events { __typename } } } }`;

story('a stranger finds nothing through any query', async (stage) => {
  const { mallory, theirs, own, message, cursor, ownCursor } = await scene(stage);
  expectNothing(await mallory.ask(wholeConversation, { id: theirs, after: cursor }));
  expectNothing(
    await mallory.ask('query ($id: ID!) { message(id: $id) { body conversation { title } } }', { id: message.id }),
  );
  expectNothing(
    await mallory.ask(
      'query ($after: [String!]!) { conversationChanges(after: $after) { cursor events { __typename } } }',
      { after: [cursor] },
    ),
  );
  expectNothing(
    await mallory.ask('query ($id: ID!) { viewer { inboxItem(conversationId: $id) { unreadCount } } }', { id: theirs }),
  );
  // A cursor of theirs opens nothing in a conversation of his own, nor a message of theirs.
  const changes =
    'query ($id: ID!, $after: String!) { conversation(id: $id) { changes(after: $after) { events { __typename } } } }';
  expectNothing(await mallory.ask(changes, { id: own, after: cursor }), ['BAD_USER_INPUT']);
  expectNothing(await mallory.ask(changes, { id: theirs, after: ownCursor }));
  const around =
    'query ($id: ID!, $m: ID!) { conversation(id: $id) { messagesAround(messageId: $m) { edges { node { body } } } } }';
  const found = await mallory.ask(around, { id: own, m: message.id });
  expect(JSON.stringify(found)).not.toMatch(/4711/);
  const mixed = await mallory.query<{ conversationChanges: unknown[] }>(
    'query ($after: [String!]!) { conversationChanges(after: $after) { conversationId } }',
    { after: [ownCursor, cursor, ownCursor] },
  );
  expect(mixed.conversationChanges).toEqual([{ conversationId: own }, null, { conversationId: own }]);
  // Ids that say what they are, but of things that never were.
  const nowhere = theirs.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  expectNothing(await mallory.ask(wholeConversation, { id: nowhere, after: cursor }));
});

story('a stranger finds nothing by searching, whatever they ask for', async (stage) => {
  const { ann, bob, mallory, theirs, message } = await scene(stage);
  await soon(async () => {
    expect(await findsMessages(bob, secret)).toEqual([message.id]);
    expect(await finds(ann, 'searchConversations', 'Vault 4711')).toEqual([theirs]);
  });
  const document = `query ($query: String!, $filter: MessageSearchFilter) {
    searchMessages(query: $query, filter: $filter) { totalCount edges { cursor node { body conversation { title } } highlights { text } } }
    searchConversations(query: $query) { edges { cursor node { title } } } }`;
  const nowhere = theirs.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  for (const filter of [{}, { conversationId: theirs }, { conversationId: nowhere }, { senderId: ann.userId }])
    for (const query of ['4711', secret, 'Vault', 'v'])
      // The same answer as for a conversation that never was.
      expect(await mallory.ask(document, { query, filter })).toMatchObject({
        data: { searchMessages: { totalCount: 0, edges: [] }, searchConversations: { edges: [] } },
        errors: [],
      });
  const theirCursor = (await searchMessages(bob, secret)).edges[0]!.cursor;
  expectNothing(await mallory.ask(searchMessagesDocument, { query: secret, after: theirCursor }), ['BAD_USER_INPUT']);
});

story('a stranger finds nothing of what messages carry, and can do nothing to it', async (stage) => {
  const { ann, bob, mallory, theirs, own } = await scene(stage);
  const { id } = await upload(ann, {
    ...{ filename: '4711.txt', contentType: 'text/plain', kind: 'FILE' },
    bytes: Buffer.from(secret),
  });
  await sendMedia(ann, theirs, [id]);
  await settled(bob, id);
  const never = id.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  for (const each of [id, never, 'med_nonsense']) {
    expectNothing(await mallory.ask('query ($id: ID!) { media(id: $id) { id filename url } }', { id: each }));
    const stream = mallory.subscribe('subscription ($id: ID!) { mediaChanged(id: $id) { filename url } }', {
      id: each,
    });
    expect(await stream.waitForEnding()).toMatchObject({ how: 'errors', codes: ['NOT_FOUND'] });
    expect(stream.values).toEqual([]);
    for (const name of ['completeUpload', 'deleteMedia'])
      expect(
        await refusalOf(
          mallory.mutate(
            `mutation ($id: ID!) { ${name}(input: { mediaId: $id }) { media { filename } errors { code path message } } }`,
            { id: each },
          ),
        ),
      ).toEqual(['NOT_FOUND']);
    expect(await refusalOf(sendMedia(mallory, own, [each]))).toEqual(['NOT_FOUND']);
  }
  const shared = 'query ($id: ID!) { conversation(id: $id) { sharedMedia { edges { node { filename } } } } }';
  expectNothing(await mallory.ask(shared, { id: theirs }));
});

story(
  'a stranger neither sees nor changes how somebody is told, nor ends their letters',
  async ({ parley, people }) => {
    const [ann, mallory] = await people('Ann', 'Mallory');
    const browser = createECDH('prime256v1');
    browser.generateKeys();
    const address = {
      ...{ provider: 'WEB_PUSH' as const, endpoint: `https://push.example.org/${randomBytes(16).toString('hex')}` },
      ...{ p256dh: browser.getPublicKey('base64url'), auth: randomBytes(16).toString('base64url') },
    };
    const target = await registerPush(ann, address);
    await updateNotificationSettings(ann, { quietHours: { from: '22:00', to: '07:00', timeZone: 'Europe/Lisbon' } });
    const settings = '{ viewer { notificationSettings { push email quietHours { timeZone } } } }';
    const theirs = await ann.query(settings);

    const remove =
      'mutation ($id: ID!) { removePushTarget(input: { pushTargetId: $id }) { pushTarget { provider } errors { code path message } } }';
    const never = target.id.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    for (const id of [target.id, never, ann.userId, 'nonsense'])
      expect(await refusalOf(mallory.mutate(remove, { id }))).toEqual(['NOT_FOUND']);
    await updateNotificationSettings(mallory, { push: 'NONE', email: 'NONE', quietHours: null });
    expect(await pushTargetsOf(mallory)).toEqual([]);
    expect(JSON.stringify(await mallory.query(settings))).not.toContain('Lisbon');
    // No link but one that was in a letter to them.
    for (const token of [ann.userId, mallory.session.accessToken, `${Buffer.from('{}').toString('base64url')}.e30.x`]) {
      const response = await fetch(`${parley.url}/unsubscribe/${token}`, { method: 'POST' });
      expect(response.status).toBe(404);
    }
    expect((await pushTargetsOf(ann)).map(({ id }) => id)).toEqual([target.id]);
    expect(await ann.query(settings)).toEqual(theirs);
  },
);

story('a stranger cannot reach entities or the service document through the router', async (stage) => {
  const { mallory, theirs } = await scene(stage);
  const entities = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Conversation { title messages(last: 1) { edges { node { body } } } } } }`;
  expectNothing(await mallory.ask(entities, { r: [{ __typename: 'Conversation', id: theirs }] }), [
    'GRAPHQL_VALIDATION_FAILED',
  ]);
  expectNothing(await mallory.ask('{ _service { sdl } }'), ['GRAPHQL_VALIDATION_FAILED']);
});

story('a stranger can do nothing to a conversation, and learns nothing from trying', async (stage) => {
  const { ann, mallory, trent, theirs } = await scene(stage);
  const never = theirs.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  const attempts: ((id: string) => Promise<unknown>)[] = [
    (id) => post(draft(mallory, id, 'let me in')),
    (id) => addMembers(mallory, id, [mallory]),
    (id) => removeMembers(mallory, id, [ann]),
    (id) => leave(mallory, id),
    (id) => addMembers(trent, id, [mallory]),
  ];
  for (const attempt of attempts) {
    const refused = await refusalOf(attempt(theirs));
    expect(['NOT_A_MEMBER', 'NOT_FOUND', 'FORBIDDEN']).toContain(refused[0]);
    // The same answer as for a conversation that never was.
    expect(await refusalOf(attempt(never))).toEqual(refused);
  }
  expect(
    await ann.query(
      'query ($id: ID!) { conversation(id: $id) { memberCount messages(first: 9) { edges { node { body } } } } }',
      { id: theirs },
    ),
  ).toEqual({
    conversation: { memberCount: 2, messages: { edges: [{ node: { body: null } }, { node: { body: secret } }] } },
  });
});

story('a stranger is refused both streams of what is not theirs', async (stage) => {
  const { ann, bob, mallory, trent, theirs, own, cursor } = await scene(stage);
  const open = (device: Device, variables: Record<string, unknown>) =>
    device.subscribe<{ conversationEvents: ConversationEvent }>(conversationEventsDocument, variables);
  for (const [variables, codes] of [
    [{ conversationId: theirs }, ['FORBIDDEN']],
    [{ conversationId: theirs, after: cursor }, ['FORBIDDEN']],
    [{ conversationId: own, after: cursor }, ['BAD_USER_INPUT']],
    [{ conversationId: 'cnv_nonsense' }, ['FORBIDDEN']],
    [{ conversationId: own, after: 'nonsense' }, ['BAD_USER_INPUT']],
  ] as const) {
    const stream = open(mallory, variables);
    expect(await stream.waitForEnding()).toMatchObject({ how: 'errors', codes });
    expect(stream.values).toEqual([]);
  }
  // Somebody else's inbox cursor.
  const { cursor: annsInbox } = await inboxOf(ann);
  const stolen = mallory.subscribe<{ inboxEvents: InboxEvent }>(inboxEventsDocument, { after: annsInbox });
  expect(await stolen.waitForEnding()).toMatchObject({ how: 'errors', codes: ['BAD_USER_INPUT'] });
  expectNothing(
    await mallory.ask('query ($a: String!) { viewer { inboxChanges(after: $a) { cursor items { id } } } }', {
      a: annsInbox,
    }),
    ['BAD_USER_INPUT'],
  );
  // On his own inbox nothing of theirs passes, whoever else listens on the same router.
  const [his, bobs] = [mallory, bob].map((device) =>
    device.subscribe<{ inboxEvents: InboxEvent }>(inboxEventsDocument),
  );
  for (const inbox of [his!, bobs!])
    await inbox.waitFor('InboxCaughtUp', ({ inboxEvents }) => inboxEvents.__typename === 'InboxCaughtUp');
  await say(ann, theirs, `${secret}, again`);
  await bobs!.waitFor('the message', ({ inboxEvents }) => inboxEvents.message?.body === `${secret}, again`);
  await say(trent, own, 'to Mallory');
  await his!.waitFor('his own', ({ inboxEvents }) => inboxEvents.message?.body === 'to Mallory');
  expect(his!.values.filter(({ inboxEvents }) => inboxEvents.conversationId === theirs)).toEqual([]);
  expect(JSON.stringify(his!.values)).not.toMatch(/4711/);
});

story('somebody who is not signed in gets UNAUTHENTICATED everywhere', async (stage) => {
  const { ann, theirs, message, cursor } = await scene(stage);
  const nobody = stage.closing(await signInElsewhere(ann));
  nobody.session.accessToken = `${nobody.session.accessToken.slice(0, -4)}AAAA`;
  for (const [document, variables] of [
    [wholeConversation, { id: theirs, after: cursor }],
    ['query ($id: ID!) { message(id: $id) { body } }', { id: message.id }],
    ['{ viewer { email } }', {}],
    [searchMessagesDocument, { query: secret }],
  ] as const)
    expectNothing(await nobody.ask(document, variables), ['UNAUTHENTICATED']);
  const stream = nobody.subscribe(conversationEventsDocument, { conversationId: theirs });
  const ending = await stream.waitForEnding();
  expect(stream.values).toEqual([]);
  expect(ending.how === 'errors' ? ending.codes : [ending.how === 'closed' && ending.code]).toEqual(
    ending.how === 'errors' ? ['UNAUTHENTICATED'] : [4403],
  );
  await waitFor('Ann is still in', async () => (await inboxOf(ann)).items.has(theirs));
});
