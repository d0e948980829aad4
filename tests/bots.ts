import { randomBytes } from 'node:crypto';
import { Device } from './client.js';

const errorFields = 'errors { code path message }';
export const allScopes = [
  'MESSAGES_READ',
  'MESSAGES_WRITE',
  'CONVERSATIONS_READ',
  'CONVERSATIONS_WRITE',
  'USERS_READ',
] as const;

export interface TestBot {
  botId: string;
  userId: string;
  handle: string;
}
export interface TestKey {
  id: string;
  secret: string;
}

export async function createBot(owner: Device, displayName = 'Robot'): Promise<TestBot> {
  const handle = `bot_${randomBytes(6).toString('hex')}`;
  const { bot } = await owner.mutate<{ bot: { id: string; user: { id: string } } }>(
    `mutation ($input: CreateBotInput!) { createBot(input: $input) { bot { id user { id } } ${errorFields} } }`,
    { input: { handle, displayName } },
  );
  return { botId: bot.id, userId: bot.user.id, handle };
}

export async function createKey(
  owner: Device,
  botId: string,
  scopes: readonly string[] = allScopes,
  more: { name?: string; expiresAt?: string } = {},
): Promise<TestKey> {
  const { apiKey, secret } = await owner.mutate<{ apiKey: { id: string }; secret: string }>(
    `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { id } secret ${errorFields} } }`,
    { input: { botId, name: 'a key', scopes, ...more } },
  );
  return { id: apiKey.id, secret };
}

export async function revokeKey(owner: Device, apiKeyId: string): Promise<void> {
  await owner.mutate(
    `mutation ($input: RevokeApiKeyInput!) { revokeApiKey(input: $input) { revokedApiKeyId ${errorFields} } }`,
    { input: { apiKeyId } },
  );
}

/** A program that holds a key, at /partner/graphql. */
export function holderOf(url: string, { userId, handle }: TestBot, { id, secret }: TestKey): Device {
  const person = { userId, handle, displayName: 'Robot', email: '', password: '' };
  return new Device(`${url}/partner`, person, { accessToken: secret, refreshToken: '', device: { id } });
}
