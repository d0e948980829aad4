import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Databases } from '../../platform/database/port.js';
import { openTestDatabases } from '../../platform/database/testing.js';
import { BotStore, MAX_BOTS, MAX_KEYS } from './bot-store.js';
import { openUsers, type TestPerson } from './testing.js';

let databases: Databases;
let users: Awaited<ReturnType<typeof openUsers>>;
let store: BotStore;
beforeAll(async () => {
  databases = await openTestDatabases();
  users = await openUsers(databases.directory);
  store = new BotStore(databases.directory);
});
afterAll(() => databases.close());

const createBot = (owner: TestPerson, handle: string) =>
  users.mutate(owner, 'createBot', { handle, displayName: 'Robot' }, 'bot { id user { id isBot } }') as Promise<{
    bot: { id: string } | null;
    errors: { code: string }[];
  }>;
const createKey = (owner: TestPerson, botId: string, more: object = {}) =>
  users.mutate(
    owner,
    'createApiKey',
    { botId, name: 'key', scopes: ['USERS_READ'], ...more },
    'apiKey { id } secret',
  ) as Promise<{ apiKey: { id: string } | null; secret: string; errors: { code: string; path: string[] }[] }>;
const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');

test('only the hash of a key is stored, and it says which bot and scopes', async () => {
  const ann = await users.signUp('ann_keys');
  const { bot } = await createBot(ann, 'ann_robot');
  const { secret } = await createKey(ann, bot!.id, { scopes: ['USERS_READ', 'MESSAGES_READ', 'USERS_READ'] });
  expect(await store.claimsOf(hashOf(secret))).toMatchObject({
    scopes: ['USERS_READ', 'MESSAGES_READ'],
    expiresAt: null,
    isNewcomer: true,
  });
  const rows = await databases.directory.apiKey.findMany();
  expect(JSON.stringify(rows)).not.toContain(secret.slice(16));
});

test('a key of nothing, of the past, or of somebody else’s bot is refused with what to do', async () => {
  const [ann, bob] = [await users.signUp('ann_refused'), await users.signUp('bob_refused')];
  const { bot } = await createBot(ann, 'refused_robot');
  for (const [asker, more, code, path] of [
    [ann, { scopes: [] }, 'INVALID_INPUT', ['scopes']],
    [ann, { expiresAt: '2020-01-01T00:00:00Z' }, 'INVALID_INPUT', ['expiresAt']],
    [ann, { name: ' ' }, 'INVALID_INPUT', ['name']],
    [bob, {}, 'NOT_FOUND', ['botId']],
    [ann, { botId: 'junk' }, 'NOT_FOUND', ['botId']],
  ] as const)
    expect((await createKey(asker, bot!.id, more)).errors).toMatchObject([{ code, path }]);
  expect((await createBot(bob, 'refused_robot')).errors).toMatchObject([{ code: 'HANDLE_TAKEN' }]);
});

test('a person has so many bots, and a bot so many keys, however many are asked for at once', async () => {
  const ann = await users.signUp('ann_many');
  const made = await Promise.all(Array.from({ length: MAX_BOTS + 2 }, (_, i) => createBot(ann, `many_${i}`)));
  expect(made.filter(({ bot }) => bot)).toHaveLength(MAX_BOTS);
  expect(made.flatMap(({ errors }) => errors.map(({ code }) => code))).toEqual(['QUOTA_EXCEEDED', 'QUOTA_EXCEEDED']);
  const botId = made.find(({ bot }) => bot)!.bot!.id;
  const keys = await Promise.all(Array.from({ length: MAX_KEYS + 1 }, () => createKey(ann, botId)));
  expect(keys.filter(({ apiKey }) => apiKey)).toHaveLength(MAX_KEYS);
});

test('a key that is revoked, or whose time is up, says nothing any more, and its devices are told as signed out', async () => {
  const ann = await users.signUp('ann_revokes');
  const { bot } = await createBot(ann, 'revoked_robot');
  const { apiKey, secret } = await createKey(ann, bot!.id);
  const before = users.published.length;
  await users.mutate(ann, 'revokeApiKey', { apiKeyId: apiKey!.id }, 'revokedApiKeyId');
  expect(await store.claimsOf(hashOf(secret))).toBeNull();
  expect(users.published.slice(before).map(({ channel }) => channel)).toContain('revocations');
  const short = await createKey(ann, bot!.id, { expiresAt: new Date(Date.now() + 86_400_000).toISOString() });
  expect(await store.claimsOf(hashOf(short.secret))).not.toBeNull();
  await databases.directory.apiKey.updateMany({
    where: { keyHash: hashOf(short.secret) },
    data: { expiresAt: new Date(Date.now() - 1_000) },
  });
  expect(await store.claimsOf(hashOf(short.secret))).toBeNull();
  expect(await store.revokeExpired()).toBe(1);
  expect(await store.revokeExpired()).toBe(0);
});

test('the keys of bots end with their owner’s account, and with the bot', async () => {
  const ann = await users.signUp('ann_leaves');
  const [one, two] = [await createBot(ann, 'leaving_one'), await createBot(ann, 'leaving_two')];
  const [first, second] = [await createKey(ann, one.bot!.id), await createKey(ann, two.bot!.id)];
  await users.mutate(ann, 'deleteBot', { botId: one.bot!.id }, 'deletedBotId');
  expect(await store.claimsOf(hashOf(first.secret))).toBeNull();
  expect(await store.claimsOf(hashOf(second.secret))).not.toBeNull();
  await users.mutate(ann, 'deleteAccount', { password: 'correct horse' }, '__typename');
  expect(await store.claimsOf(hashOf(second.secret))).toBeNull();
  const left = await databases.directory.user.count({ where: { ownerId: ann.userId, deletedAt: null } });
  expect(left).toBe(0);
});
