import { randomBytes } from 'node:crypto';
import { expect } from '@jest/globals';
import { catalogue, type FaultCode } from '../../platform/errors/errors.js';
import { createGroup, cursorOf, openDirect, say } from '../chat.js';
import { ask, type Answer, type UserError } from '../client.js';
import { conversationEventsDocument, Following, inboxEventsDocument } from '../following.js';
import { storiesOnParley, type Stage } from '../story.js';

const story = storiesOnParley();

/** Whatever it is, it is told in the catalogue's words and gives nothing away. */
function expectClear({ errors, status }: Answer, what: string): void {
  const evidence = `${what}: ${status} ${JSON.stringify(errors)}`;
  expect(evidence).not.toMatch(
    /\bat .+\(.+:\d+:\d+\)|node_modules|file:\/\/|prisma|postgres|\$queryRaw|select .+ from |stacktrace|subgraph|TypeError|Cannot read/i,
  );
  for (const { message, extensions } of errors) {
    expect([evidence, Object.keys(catalogue)]).toEqual([evidence, expect.arrayContaining([extensions?.code])]);
    expect([evidence, extensions?.retryable]).toEqual([evidence, catalogue[extensions!.code as FaultCode].retryable]);
    expect([evidence, extensions?.code]).not.toEqual([evidence, 'INTERNAL']);
    expect(message).toMatch(/\S{2,}/);
  }
}

const codesOf = ({ errors }: Answer) => errors.map(({ extensions }) => extensions?.code);

async function scene({ people }: Stage) {
  const [ann, bob] = await people('Ann', 'Bob');
  const conversationId = await openDirect(ann, bob);
  await say(ann, conversationId, 'hello');
  return { ann, bob, conversationId };
}

story('bad ids are answered with null, never with an error of ours', async (stage) => {
  const { ann } = await scene(stage);
  const bad = [
    '',
    'x',
    'cnv_',
    'msg_00000000000000000000000000',
    'usr_zzzzzzzzzzzzzzzzzzzzzzzzzz',
    'cnv_01h455vb4pex5vsknk084sn02q',
    "' or 1=1 --",
    '\u0000',
    '😀'.repeat(50),
  ];
  for (const id of bad) {
    const answer = await ann.ask<Record<string, unknown>>(
      'query ($id: ID!) { conversation(id: $id) { title } message(id: $id) { body } user(id: $id) { handle } users(ids: [$id]) { handle } viewer { inboxItem(conversationId: $id) { unreadCount } } }',
      { id },
    );
    expectClear(answer, JSON.stringify(id));
    expect(answer.data).toEqual({
      conversation: null,
      message: null,
      user: null,
      users: [null],
      viewer: { inboxItem: null },
    });
  }
  expectClear(await ann.ask('query ($h: String) { user(handle: $h) { id } }', { h: '\u0000' }), 'handle');
});

story('bad cursors and pages are BAD_USER_INPUT', async (stage) => {
  const { ann, bob, conversationId } = await scene(stage);
  const other = await cursorOf(ann, await createGroup(ann, 'Other', [bob]));
  const inConversation = (selection: string) => `query { conversation(id: "${conversationId}") { ${selection} } }`;
  const cursors = [
    '',
    'x',
    'AAAA',
    randomBytes(24).toString('base64url'),
    other,
    'A'.repeat(5_000),
    `${other}A`,
    '\u0000',
  ].map((cursor) => JSON.stringify(cursor));
  const documents = [
    ...cursors.flatMap((cursor) => [
      inConversation(`changes(after: ${cursor}) { cursor }`),
      inConversation(`messages(first: 5, after: ${cursor}) { edges { cursor } }`),
      inConversation(`messages(last: 5, before: ${cursor}) { edges { cursor } }`),
      inConversation(`members(first: 5, after: ${cursor}) { edges { cursor } }`),
      `{ viewer { inbox(first: 5, after: ${cursor}) { edges { cursor } } } }`,
      `{ viewer { inboxChanges(after: ${cursor}) { cursor } } }`,
    ]),
    ...cursors
      .filter((cursor) => cursor !== JSON.stringify(other))
      .map((cursor) => `{ conversationChanges(after: [${cursor}]) { cursor } }`),
    inConversation('messages(first: -1) { edges { cursor } }'),
    inConversation('messages(first: 0) { edges { cursor } }'),
    inConversation('messages(last: 101) { edges { cursor } }'),
    inConversation('messages(first: 5, last: 5) { edges { cursor } }'),
    inConversation('members(first: 1000) { edges { cursor } }'),
    inConversation('messagesAround { edges { cursor } }'),
    inConversation('messagesAround(seq: -4) { edges { cursor } }'),
    inConversation('messagesAround(seq: 1, before: 100000) { edges { cursor } }'),
    '{ user { handle } }',
    '{ user(id: "usr_x", handle: "ann") { handle } }',
  ];
  for (const document of documents) {
    const answer = await ann.ask<Record<string, unknown>>(document);
    expectClear(answer, document);
    expect([document, codesOf(answer)]).toEqual([document, [expect.stringMatching(/^(BAD_USER_INPUT|COST_LIMIT)$/)]]);
  }
});

story('what a person can put right is told in the payload, with the field', async (stage) => {
  const { ann, conversationId } = await scene(stage);
  const wrong: [
    mutation: string,
    input: string,
    value: Record<string, unknown>,
    code: string | RegExp,
    path: string,
  ][] = [
    [
      'sendMessage',
      'SendMessageInput',
      { conversationId, clientMessageId: '1', body: 'a\u0000b' },
      'INVALID_INPUT',
      'body',
    ],
    ['sendMessage', 'SendMessageInput', { conversationId, clientMessageId: '1', body: '' }, 'INVALID_INPUT', 'body'],
    [
      'sendMessage',
      'SendMessageInput',
      { conversationId, clientMessageId: '1', body: 'x'.repeat(8_001) },
      'INVALID_INPUT',
      'body',
    ],
    [
      'sendMessage',
      'SendMessageInput',
      { conversationId, clientMessageId: '1', body: '\ud800' },
      'INVALID_INPUT',
      'body',
    ],
    [
      'sendMessage',
      'SendMessageInput',
      { conversationId, clientMessageId: '', body: 'x' },
      'INVALID_INPUT',
      'clientMessageId',
    ],
    [
      'sendMessage',
      'SendMessageInput',
      { conversationId, clientMessageId: 'y'.repeat(65), body: 'x' },
      'INVALID_INPUT',
      'clientMessageId',
    ],
    [
      'sendMessage',
      'SendMessageInput',
      { conversationId: 'nonsense', clientMessageId: '1', body: 'x' },
      'NOT_A_MEMBER',
      'conversationId',
    ],
    [
      'openDirectConversation',
      'OpenDirectConversationInput',
      { userId: ann.userId },
      /INVALID_INPUT|FORBIDDEN/,
      'userId',
    ],
    [
      'openDirectConversation',
      'OpenDirectConversationInput',
      { userId: 'usr_nobody' },
      /NOT_FOUND|INVALID_INPUT/,
      'userId',
    ],
    ['createGroup', 'CreateGroupInput', { clientMutationId: '1', title: '', memberIds: [] }, 'INVALID_INPUT', 'title'],
    [
      'createGroup',
      'CreateGroupInput',
      { clientMutationId: '2', title: 'a\u0000', memberIds: [] },
      'INVALID_INPUT',
      'title',
    ],
    [
      'createGroup',
      'CreateGroupInput',
      { clientMutationId: '3', title: 'ok', memberIds: ['nobody'] },
      /NOT_FOUND|INVALID_INPUT/,
      'memberIds',
    ],
    [
      'addMembers',
      'AddMembersInput',
      { conversationId, userIds: [ann.userId] },
      /FORBIDDEN|INVALID_INPUT|CONFLICT/,
      '',
    ],
    ['updateProfile', 'UpdateProfileInput', { handle: 'No Spaces!' }, 'INVALID_INPUT', 'handle'],
    ['updateProfile', 'UpdateProfileInput', { displayName: '   ' }, 'INVALID_INPUT', 'displayName'],
    ['updateProfile', 'UpdateProfileInput', { handle: ann.person.handle.slice(0, 2) }, 'INVALID_INPUT', 'handle'],
    [
      'refreshSession',
      'RefreshSessionInput',
      { refreshToken: 'nonsense', clientMutationId: '1' },
      'WRONG_CREDENTIALS',
      'refreshToken',
    ],
    [
      'signIn',
      'SignInInput',
      { login: ann.person.handle, password: 'not that one', device: { name: 'x', platform: 'WEB' } },
      'WRONG_CREDENTIALS',
      '',
    ],
    [
      'signIn',
      'SignInInput',
      { login: 'nobody_at_all', password: 'not that one', device: { name: 'x', platform: 'WEB' } },
      'WRONG_CREDENTIALS',
      '',
    ],
    ['signUp', 'SignUpInput', { ...signUpInput(), password: 'short' }, 'WEAK_PASSWORD', 'password'],
    ['signUp', 'SignUpInput', { ...signUpInput(), handle: ann.person.handle }, 'HANDLE_TAKEN', 'handle'],
    ['signUp', 'SignUpInput', { ...signUpInput(), email: ann.person.email.toUpperCase() }, 'EMAIL_TAKEN', 'email'],
    [
      'signUp',
      'SignUpInput',
      { ...signUpInput(), device: { name: '', platform: 'WEB' } },
      'INVALID_INPUT',
      'device.name',
    ],
  ];
  for (const [name, input, value, code, path] of wrong) {
    const answer = await ann.ask<Record<string, { errors: UserError[] }>>(
      `mutation ($input: ${input}!) { ${name}(input: $input) { errors { code path message } } }`,
      { input: value },
    );
    const what = `${name} ${JSON.stringify(value).slice(0, 200)}`;
    expectClear(answer, what);
    const errors = answer.data?.[name]?.errors;
    expect([what, errors]).toEqual([
      what,
      [
        {
          code: expect.stringMatching(code),
          path: path === '' ? expect.any(Array) : path.split('.'),
          message: expect.stringMatching(/\w+ \w+/),
        },
      ],
    ]);
  }
});

const signUpInput = () => {
  const handle = `new_${randomBytes(6).toString('hex')}`;
  return {
    email: `${handle}@example.org`,
    password: 'long enough it is',
    handle,
    displayName: 'New',
    device: { name: 'x', platform: 'WEB' },
  };
};

story('operations that are wrong or too big are refused with a code and a 4xx', async (stage) => {
  const { ann, conversationId } = await scene(stage);
  const nested = (depth: number): string =>
    depth === 0 ? 'id' : `lastMessage { conversation { ${nested(depth - 1)} } }`;
  const aliases = Array.from({ length: 60 }, (_, i) => `a${i}: user(id: "x") { id }`).join(' ');
  const wrong: [document: string, variables: Record<string, unknown>, code: string | RegExp, status: number][] = [
    ['{ viewer { ', {}, 'GRAPHQL_PARSE_FAILED', 400],
    ['{ viewer { shoeSize } }', {}, 'GRAPHQL_VALIDATION_FAILED', 400],
    ['query ($id: ID!) { message(id: $id) { id } }', {}, 'BAD_USER_INPUT', 400],
    [
      'query ($ids: [ID!]!) { users(ids: $ids) { id } }',
      { ids: Array.from({ length: 101 }, () => 'x') },
      /BAD_USER_INPUT|COST_LIMIT/,
      0,
    ],
    [`{ conversation(id: "${conversationId}") { ${nested(10)} } }`, {}, 'COST_LIMIT', 400],
    [`{ ${aliases} }`, {}, 'COST_LIMIT', 400],
    [
      `{ conversation(id: "${conversationId}") { messages(first: 100) { edges { node { conversation { messages(first: 100) { edges { node { sender { handle } } } } } } } } } }`,
      {},
      'COST_LIMIT',
      400,
    ],
    [`{ ${'viewer { email } '.repeat(900)} }`, {}, 'COST_LIMIT', 400],
    ['subscription { inboxEvents { __typename } }', {}, 'BAD_REQUEST', 400],
  ];
  for (const [document, variables, code, status] of wrong) {
    const answer = await ann.ask<Record<string, unknown>>(document, variables);
    const what = document.slice(0, 200);
    expectClear(answer, what);
    expect([what, codesOf(answer).slice(0, 1)]).toEqual([what, [expect.stringMatching(code)]]);
    if (status > 0) expect([what, answer.status, answer.data ?? null]).toEqual([what, status, null]);
  }
});

story('requests that are not GraphQL at all are refused as such', async ({ parley, person }) => {
  const ann = await person('Ann');
  const request = async (init: RequestInit, path = '/graphql') => {
    const response = await fetch(`${parley.url}${path}`, init);
    return { status: response.status, text: await response.text() };
  };
  const json = { 'content-type': 'application/json', authorization: `Bearer ${ann.session.accessToken}` };
  const wrong: [RequestInit, string?][] = [
    [{ method: 'POST', headers: json, body: '{"query": ' }],
    [{ method: 'POST', headers: json, body: '[]' }],
    [{ method: 'POST', headers: json, body: '{}' }],
    [{ method: 'POST', headers: json, body: '{"query":"{__typename}","variables":"x"}' }],
    [{ method: 'POST', headers: json, body: JSON.stringify({ query: `{ __typename } # ${'x'.repeat(300_000)}` }) }],
    [{ method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"query":"{__typename}"}' }],
    [{ method: 'GET' }, `/graphql?query=${encodeURIComponent('mutation { signOut { signedOutDeviceIds } }')}`],
    [{ method: 'PUT' }],
    [{ method: 'GET' }, '/nowhere'],
  ];
  for (const [init, path] of wrong) {
    const { status, text } = await request(init, path);
    const what = `${init.method} ${path ?? ''} ${JSON.stringify(init.body ?? '').slice(0, 80)}: ${status} ${text.slice(0, 500)}`;
    expect(what).not.toMatch(/\bat .+\(.+:\d+:\d+\)|node_modules|SyntaxError/);
    expect([what, status >= 400 && status < 500]).toEqual([what, true]);
  }
  const signedOut = await ask<{ viewer: unknown }>(parley.url, '{ viewer { email } }');
  expectClear(signedOut, 'nobody');
  expect([signedOut.data?.viewer ?? null, codesOf(signedOut)]).toEqual([null, ['UNAUTHENTICATED']]);
});

story('wrong subscriptions fail alone, in the same words', async (stage) => {
  const { ann, bob, conversationId } = await scene(stage);
  const following = await Following.start(ann, conversationId);
  const wrong: [string, Record<string, unknown>, string][] = [
    [conversationEventsDocument, {}, 'BAD_USER_INPUT'],
    [conversationEventsDocument, { conversationId, after: '\u0000' }, 'BAD_USER_INPUT'],
    [conversationEventsDocument, { conversationId: '' }, 'FORBIDDEN'],
    [inboxEventsDocument, { after: await cursorOf(ann, conversationId) }, 'BAD_USER_INPUT'],
    ['subscription { a: inboxEvents { __typename } b: inboxEvents { __typename } }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    ['{ viewer { shoeSize } }', {}, 'GRAPHQL_VALIDATION_FAILED'],
  ];
  for (const [document, variables, code] of wrong) {
    const ending = await ann.subscribe(document, variables).waitForEnding();
    const errors = ending.how === 'errors' ? [...ending.errors] : [];
    expectClear({ errors, status: 0, data: null }, document);
    expect([document, ending.how, errors[0]?.extensions?.code]).toEqual([document, 'errors', code]);
  }
  await say(bob, conversationId, 'all the same');
  await following.untilMessage('all the same');
  expect(ann.closings).toEqual([]);
});
