import { expect } from '@jest/globals';
import { allScopes, createBot, createKey, holderOf } from '../bots.js';
import { addMembers, createGroup, removeMembers, say, sayAll } from '../chat.js';
import type { Device } from '../client.js';
import { storiesOnParley, type Stage } from '../story.js';
import { waitFor } from '../wait-for.js';
import { WebhookReceiver } from '../webhook-receiver.js';
// What the documentation has partners copy.
// @ts-expect-error -- plain JavaScript, without types
import { verifyWebhook as verify } from '../../docs/verify-webhook.mjs';

const story = storiesOnParley();
const verifyWebhook = verify as (
  body: string,
  header: string,
  secret: string,
  options?: { now?: number },
) => object | null;
const errorFields = 'errors { code path message }';
const SECOND = 1_000;

interface Webhook {
  id: string;
  botId: string;
  disabledAt: string | null;
  lastError: string | null;
  deadCount: number;
  waitingCount: number;
}

async function scene({ person, closing }: Stage) {
  const [ann, bob] = [await person('Ann'), await person('Bob')];
  const made = await createBot(ann);
  const bot = closing(holderOf(ann.url, made, await createKey(ann, made.botId, [...allScopes, 'WEBHOOKS_MANAGE'])));
  const group = await createGroup(ann, 'Deployments', [bob]);
  await addMembers(ann, group, [bot]);
  const receiver = closing(await WebhookReceiver.start());
  return { ann, bob, made, bot, group, receiver };
}

function createWebhook(bot: Device, url: string, more: object = {}) {
  return bot.mutate<{ webhook: Webhook; secret: string }>(
    `mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { webhook { id } secret ${errorFields} } }`,
    { input: { url, eventTypes: ['MESSAGE_SENT', 'MESSAGE_DELETED'], ...more } },
  );
}

async function webhooksOf(device: Device): Promise<Webhook[]> {
  const { viewer } = await device.query<{ viewer: { webhooks: Webhook[] } }>(
    '{ viewer { webhooks { id botId disabledAt lastError deadCount waitingCount } } }',
  );
  return viewer.webhooks;
}

story('a receiver is told in order what others say, and can tell that it was Parley', async (stage) => {
  const { ann, bob, bot, group, receiver } = await scene(stage);
  const { webhook, secret } = await createWebhook(bot, receiver.url);
  await sayAll(bob, group, ['one', 'two', 'three']);
  await say(bot, group, 'by the bot itself');
  await say(ann, group, 'four');
  await waitFor(
    'four messages',
    () => receiver.received.length >= 4,
    10_000,
    () => receiver.bodies,
  );
  expect(receiver.bodies).toEqual(['one', 'two', 'three', 'four']);

  const { body, signature, event } = receiver.received[0]!;
  expect(event).toMatchObject({ type: 'MESSAGE_SENT', conversationId: group, message: { body: 'one' } });
  expect(body).not.toContain('clientMessageId');
  expect(verifyWebhook(body, signature, secret)).toEqual(event);
  expect(verifyWebhook(body, signature, secret, { now: Date.now() + 301 * SECOND })).toBeNull();
  expect(verifyWebhook(body.replace('one', '0ne'), signature, secret)).toBeNull();
  expect(
    verifyWebhook(
      body,
      signature.replace(/t=\d+/, (t) => `${t.slice(0, -1)}0`),
      `${secret}x`,
    ),
  ).toBeNull();
  expect(verifyWebhook(body, 't=now,v1=00', secret)).toBeNull();

  const rotated = await bot.mutate<{ secret: string }>(
    `mutation ($id: ID!) { rotateWebhookSecret(input: { webhookId: $id }) { secret ${errorFields} } }`,
    { id: webhook.id },
  );
  await say(bob, group, 'five');
  await waitFor('the fifth', () => receiver.received.length >= 5, 10_000);
  const fifth = receiver.received[4]!;
  for (const each of [secret, rotated.secret])
    expect(verifyWebhook(fifth.body, fifth.signature, each)).toEqual(fifth.event);
  const tested = await bot.mutate(
    `mutation ($id: ID!) { testWebhook(input: { webhookId: $id }) { delivered failure ${errorFields} } }`,
    { id: webhook.id },
  );
  expect(tested).toMatchObject({ delivered: true, failure: null });
  expect(receiver.received.at(-1)!.event.type).toBe('TEST');
});

story('what fails is tried again in its place, while other receivers go on', async (stage) => {
  const { bob, bot, group, receiver } = await scene(stage);
  const slow = stage.closing(await WebhookReceiver.start());
  slow.answer = () => null;
  await createWebhook(bot, slow.url);
  await createWebhook(bot, receiver.url);
  let refusals = 2;
  receiver.answer = ({ event }) =>
    event.message?.body === 'one' && refusals-- > 0 ? (refusals === 1 ? 500 : 302) : 204;
  await sayAll(bob, group, ['one', 'two']);
  await waitFor(
    'both',
    () => receiver.bodies.includes('two'),
    10_000,
    () => receiver.bodies,
  );
  expect(receiver.bodies).toEqual(['one', 'one', 'one', 'two']);
  expect(new Set(receiver.received.slice(0, 3).map(({ deliveryId }) => deliveryId)).size).toBe(1);
  expect(slow.bodies).toEqual(['one']);
});

story('what is never taken is given up, and sent once the webhook is resumed', async (stage) => {
  const { ann, bob, bot, group, receiver } = await scene(stage);
  receiver.answer = () => 503;
  const { webhook } = await createWebhook(bot, receiver.url);
  await sayAll(bob, group, ['one', 'two', 'three', 'four']);
  const disabled = await waitFor(
    'the webhook is disabled',
    async () => (await webhooksOf(bot)).find(({ disabledAt }) => disabledAt !== null),
    20_000,
    () => receiver.bodies,
  );
  expect(disabled).toMatchObject({ deadCount: 3, waitingCount: 1, lastError: 'The receiver answered 503.' });
  expect(receiver.bodies).toEqual(['one', 'one', 'one', 'two', 'two', 'two', 'three', 'three', 'three']);
  expect((await webhooksOf(ann)).map(({ id }) => id)).toEqual([webhook.id]);

  receiver.answer = () => 204;
  await bot.mutate(`mutation ($id: ID!) { resumeWebhook(input: { webhookId: $id }) { ${errorFields} } }`, {
    id: webhook.id,
  });
  await waitFor(
    'all four',
    () => receiver.received.length >= 13,
    10_000,
    () => receiver.bodies,
  );
  expect(receiver.bodies.slice(9)).toEqual(['one', 'two', 'three', 'four']);
});

story('a bot that was removed is told of nothing, nor is who has no business with its webhooks', async (stage) => {
  const { ann, bob, made, bot, group, receiver } = await scene(stage);
  const mallory = await stage.person('Mallory');
  const { webhook } = await createWebhook(bot, receiver.url);
  await say(bob, group, 'while it is in');
  await waitFor('the first', () => receiver.received.length === 1, 10_000);
  receiver.answer = ({ event }) => (event.message?.body === 'as it leaves' ? 500 : 204);
  await say(bob, group, 'as it leaves');
  await waitFor('the second', () => receiver.received.length >= 2, 10_000);
  await removeMembers(ann, group, [bot]);
  const attempts = receiver.received.length;
  await say(bob, group, 'once it has left');
  await waitFor('nothing waits', async () => (await webhooksOf(bot))[0]!.waitingCount === 0, 10_000);
  expect(receiver.bodies).not.toContain('once it has left');
  expect(receiver.received.length).toBeLessThanOrEqual(attempts + 1);

  expect(await webhooksOf(mallory)).toEqual([]);
  const remove = `mutation ($id: ID!) { deleteWebhook(input: { webhookId: $id }) { ${errorFields} } }`;
  await expect(mallory.mutate(remove, { id: webhook.id })).rejects.toMatchObject({ codes: ['NOT_FOUND'] });
  await expect(createWebhook(mallory, receiver.url)).rejects.toMatchObject({ codes: ['FORBIDDEN'] });
  const { botId } = made;
  await expect(createWebhook(mallory, receiver.url, { botId })).rejects.toMatchObject({ codes: ['NOT_FOUND'] });
  await expect(createWebhook(bot, 'ftp://example.org/')).rejects.toMatchObject({ codes: ['INVALID_INPUT'] });
  const reader = stage.closing(holderOf(ann.url, made, await createKey(ann, made.botId)));
  await expect(createWebhook(reader, receiver.url)).rejects.toMatchObject({ codes: ['FORBIDDEN'] });
  await ann.mutate(remove, { id: webhook.id });
  expect(await webhooksOf(bot)).toEqual([]);

  const own = await createWebhook(ann, receiver.url, { botId });
  expect(await webhooksOf(bot)).toMatchObject([{ id: own.webhook.id, botId }]);
  expect(await webhooksOf(mallory)).toEqual([]);
});
