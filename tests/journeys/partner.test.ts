import { expect } from '@jest/globals';
import { createBot, createKey, holderOf, revokeKey } from '../bots.js';
import { addMembers, createGroup, openDirect, say, sendDocument } from '../chat.js';
import type { Device } from '../client.js';
import { conversationEventsDocument, Following } from '../following.js';
import { storiesOnParley } from '../story.js';
import { eventually, waitFor } from '../wait-for.js';

const story = storiesOnParley();
const codesOf = ({ errors }: { errors: { extensions?: { code?: string } }[] }) =>
  errors.map(({ extensions }) => extensions?.code);
const messageDocument = 'query ($id: ID!) { message(id: $id) { body sender { displayName isBot } } }';

story('a bot that its owner made sends, and follows what others say', async ({ person, closing }) => {
  const [ann, bob] = [await person('Ann'), await person('Bob')];
  const made = await createBot(ann);
  const key = await createKey(ann, made.botId);
  const bot = closing(holderOf(ann.url, made, key));
  const group = await createGroup(ann, 'Deployments', [bob]);
  await addMembers(ann, group, [bot]);

  const following = await Following.start(bot, group);
  const sent = await bot.mutateOnSocket<{ message: { id: string } }>(sendDocument, {
    input: { conversationId: group, clientMessageId: 'deploy-1', body: 'Build 1 is green' },
  });
  const again = await bot.mutate<{ message: { id: string } }>(sendDocument, {
    input: { conversationId: group, clientMessageId: 'deploy-1', body: 'Build 1 is green' },
  });
  expect(again.message.id).toBe(sent.message.id);
  expect(await bob.query(messageDocument, { id: sent.message.id })).toEqual({
    message: { body: 'Build 1 is green', sender: { displayName: 'Robot', isBot: true } },
  });
  const reply = await say(bob, group, 'Thank you, robot');
  await following.untilMessage(reply.body!);

  const { viewer } = await ann.query<{ viewer: { bots: { apiKeys: object[] }[] } }>(
    '{ viewer { bots { id user { id isBot } apiKeys { id name prefix scopes expiresAt lastUsedAt } } } }',
  );
  expect(viewer.bots).toMatchObject([
    {
      id: made.botId,
      user: { id: made.userId, isBot: true },
      apiKeys: [{ id: key.id, name: 'a key', prefix: key.secret.slice(0, 15), lastUsedAt: expect.any(String) }],
    },
  ]);
  expect(JSON.stringify(viewer)).not.toContain(key.secret.slice(16));
});

story('a key that is revoked ends its streams at once, and opens nothing any more', async ({ person, closing }) => {
  const ann = await person('Ann');
  const made = await createBot(ann);
  const [key, other] = [await createKey(ann, made.botId), await createKey(ann, made.botId)];
  const bot = closing(holderOf(ann.url, made, key));
  const sibling = closing(holderOf(ann.url, made, other));
  const conversation = await openDirect(ann, bot);
  const [streams, kept] = [await Following.start(bot, conversation), await Following.start(sibling, conversation)];

  const since = performance.now();
  await revokeKey(ann, key.id);
  const ending = await waitFor('the stream has ended', () => streams.ending, 3_000);
  expect(ending.at - since).toBeLessThan(1_000);
  await waitFor('the socket has closed', () => !bot.isConnected, 3_000);
  const message = await say(ann, conversation, 'not for the revoked');
  await kept.untilMessage(message.body!);
  expect(JSON.stringify(streams.bodies)).not.toContain('not for the revoked');
  const refused = await bot.ask('{ viewer { id } }');
  expect([refused.status, codesOf(refused)]).toEqual([401, ['UNAUTHENTICATED']]);
  expect((await bot.subscribe(conversationEventsDocument, { conversationId: conversation }).waitForEnding()).how).toBe(
    'closed',
  );
});

story('a key does what its scopes say, and no more', async ({ person, closing }) => {
  const ann = await person('Ann');
  const made = await createBot(ann);
  const bot = (scopes: string[]) =>
    createKey(ann, made.botId, scopes).then((key) => closing(holderOf(ann.url, made, key)));
  const reader = await bot(['CONVERSATIONS_READ']);
  const writer = await bot(['MESSAGES_WRITE']);
  const conversation = await openDirect(ann, reader);
  const message = await say(ann, conversation, 'a secret');

  const title = 'query ($id: ID!) { conversation(id: $id) { id kind } }';
  expect(await reader.query(title, { id: conversation })).toMatchObject({ conversation: { id: conversation } });
  const around =
    'query ($id: ID!) { conversation(id: $id) { ...C } } fragment C on Conversation { lastMessage { body } }';
  const sending = { input: { conversationId: conversation, clientMessageId: 'x', body: 'hi' } };
  for (const [device, document, variables, scope] of [
    [reader, messageDocument, { id: message.id }, 'MESSAGES_READ'],
    [reader, around, { id: conversation }, 'MESSAGES_READ'],
    [reader, sendDocument, sending, 'MESSAGES_WRITE'],
    [writer, title, { id: conversation }, 'CONVERSATIONS_READ'],
    [reader, 'query ($id: ID!) { conversation(id: $id) { otherUser { handle } } }', { id: conversation }, 'USERS_READ'],
  ] as const) {
    const answer = await device.ask(document, variables);
    expect([answer.status, codesOf(answer)]).toEqual([403, ['FORBIDDEN']]);
    expect(answer.errors[0]!.message).toContain(`scope ${scope}`);
    expect(answer.data ?? null).toBeNull();
  }
  expect(await writer.mutate(sendDocument, sending)).toMatchObject({ message: { body: 'hi' } });
  const stream = reader.subscribe(conversationEventsDocument, { conversationId: conversation });
  const ending = await stream.waitForEnding();
  expect([ending.how, ending.how === 'errors' && ending.codes]).toEqual(['errors', ['FORBIDDEN']]);
  expect(stream.values).toEqual([]);
});

story('partners see a part of the API, and nothing else can be asked there', async ({ person, closing }) => {
  const ann = await person('Ann');
  const made = await createBot(ann);
  const bot = closing(holderOf(ann.url, made, await createKey(ann, made.botId)));
  for (const document of [
    '{ viewer { email } }',
    '{ reports { edges { cursor } } }',
    'mutation { createBot(input: { handle: "more_bots", displayName: "x" }) { bot { id } } }',
    'mutation { deleteAccount(input: {}) { errors { code } } }',
  ])
    expect(codesOf(await bot.ask(document))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  const types = '{ __schema { queryType { fields { name } } types { name } } }';
  const { __schema } = await bot.query<{
    __schema: { queryType: { fields: { name: string }[] }; types: { name: string }[] };
  }>(types);
  const names = __schema.types.map(({ name }) => name);
  expect(names).toContain('Message');
  expect(names).not.toContain('Session');
  expect(__schema.queryType.fields.map(({ name }) => name)).not.toContain('reports');
});

story('no key, a forged one, an access token: nobody is let in, and a key opens no other door', async (stage) => {
  const ann = await stage.person('Ann');
  const made = await createBot(ann);
  const key = await createKey(ann, made.botId);
  const bot = stage.closing(holderOf(ann.url, made, key));
  const flipped = key.secret.endsWith('A') ? 'B' : 'A';
  for (const secret of [
    '',
    `${key.secret.slice(0, -1)}${flipped}`,
    `parley_${'A'.repeat(43)}`,
    ann.session.accessToken,
  ]) {
    const forger = stage.closing(holderOf(ann.url, made, { ...key, secret }));
    const answer = await forger.ask('{ viewer { id } }');
    expect([answer.status, codesOf(answer)]).toEqual([401, ['UNAUTHENTICATED']]);
    const ending = await forger.subscribe(conversationEventsDocument, { conversationId: 'cnv_x' }).waitForEnding();
    expect(ending).toMatchObject({ how: 'closed', code: 4403 });
  }
  const inside: Device = stage.closing(holderOf(ann.url.replace(/\/partner$/, ''), made, key));
  expect((await inside.query<{ viewer: object }>('{ viewer { id } }')).viewer).toBeTruthy();
  const elsewhere = await fetch(`${ann.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key.secret}` },
    body: '{"query":"{ viewer { id } }"}',
  });
  expect(elsewhere.status).toBe(401);
  expect((await bot.query<{ viewer: object }>('{ viewer { id } }')).viewer).toBeTruthy();
});

story('a key ends at its time, and who is not the owner has no hold of it', async ({ people, closing }) => {
  const [ann, mallory] = await people('Ann', 'Mallory');
  const made = await createBot(ann);
  const expiresAt = new Date(Date.now() + 2_000).toISOString();
  const key = await createKey(ann, made.botId, ['CONVERSATIONS_READ', 'MESSAGES_READ'], { expiresAt });
  const bot = closing(holderOf(ann.url, made, key));
  const conversation = await openDirect(ann, bot);
  const following = await Following.start(bot, conversation);

  for (const attempt of [
    () => revokeKey(mallory, key.id),
    () => createKey(mallory, made.botId),
    () =>
      mallory.mutate(`mutation ($id: ID!) { deleteBot(input: { botId: $id }) { errors { code path message } } }`, {
        id: made.botId,
      }),
  ])
    await expect(attempt()).rejects.toMatchObject({ codes: ['NOT_FOUND'] });
  expect(await mallory.query('{ viewer { bots { id } } }')).toEqual({ viewer: { bots: [] } });

  await waitFor('the stream has ended', () => following.ending, 15_000);
  await eventually(async () => expect(codesOf(await bot.ask('{ viewer { id } }'))).toEqual(['UNAUTHENTICATED']));
});

story('whoever leaves takes their bots along', async ({ person, closing }) => {
  const [ann, bob] = [await person('Ann'), await person('Bob')];
  const made = await createBot(ann);
  const bot = closing(holderOf(ann.url, made, await createKey(ann, made.botId)));
  const conversation = await openDirect(bob, bot);
  const following = await Following.start(bot, conversation);
  await ann.mutate(
    'mutation ($password: String!) { deleteAccount(input: { password: $password }) { errors { code path message } } }',
    {
      password: ann.person.password,
    },
  );
  await waitFor('the stream has ended', () => following.ending, 3_000);
  expect(codesOf(await bot.ask('{ viewer { id } }'))).toEqual(['UNAUTHENTICATED']);
});
