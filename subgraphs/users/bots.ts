import type { Person } from '../../platform/auth/caller.js';
import { UserFault } from '../../platform/errors/errors.js';
import { newUuid, randomBucket } from '../../platform/ids/ids.js';
import type { ApiKeyScope } from '../../schema/api-keys.js';
import { newApiKey } from './api-keys.js';
import { MAX_BOTS, MAX_KEYS, type ApiKeyRow, type BotStore } from './bot-store.js';
import { checkBio, checkHandle, checkName, invalid, type UserErrorCode } from './checks.js';
import { handleTaken, type Sessions } from './sessions.js';
import { gone } from './service.js';
import type { Account, AccountStore } from './store.js';

/** Bots of people, and the keys by which programs act for them. */
export class Bots {
  constructor(
    private readonly store: BotStore,
    private readonly accounts: AccountStore,
    private readonly sessions: Sessions,
  ) {}

  botsOf({ userId }: { userId: string }): Promise<Account[]> {
    return this.store.botsOf(userId);
  }

  async create(person: Person, draft: { handle: string; displayName: string; bio?: string | null }): Promise<Account> {
    const bot = {
      userId: newUuid(randomBucket()),
      handle: checkHandle(draft.handle),
      displayName: checkName(['displayName'], 'A display name', draft.displayName),
      bio: checkBio(draft.bio ?? null),
    };
    const outcome = await this.store.create(person.userId, bot);
    switch (outcome) {
      case 'gone':
        return gone();
      case 'handleTaken':
        throw handleTaken();
      case 'tooMany':
        throw tooMany(`You have ${MAX_BOTS} bots, which is as many as a person may have. Delete one first.`);
    }
    this.sessions.tellNews();
    return outcome;
  }

  /** Its keys end at once; what it wrote stays, as that of a deleted account. Null: it was not there. */
  async delete(person: Person, botId: string | null): Promise<string> {
    const removed = botId && (await this.store.delete(person.userId, botId));
    if (!removed) throw noBot();
    await this.accounts.forget(removed.userId);
    await this.sessions.tellSignedOut(removed.userId, removed.deviceIds);
    return removed.userId;
  }

  async createKey(
    person: Person,
    draft: { botId: string | null; name: string; scopes: readonly ApiKeyScope[]; expiresAt?: Date | null },
  ): Promise<{ key: ApiKeyRow; secret: string }> {
    const { botId, expiresAt = null } = draft;
    const name = checkName(['name'], 'The name of a key', draft.name);
    const scopes = [...new Set(draft.scopes)];
    if (scopes.length === 0) throw invalid(['scopes'], 'A key without a scope could do nothing. Give at least one.');
    if (expiresAt && expiresAt.getTime() <= Date.now())
      throw invalid(
        ['expiresAt'],
        'This instant has passed. Give a later one, or none for a key that does not expire.',
      );
    const { secret, hash, prefix } = newApiKey();
    const key = botId && (await this.store.addKey(person.userId, botId, { name, hash, prefix, scopes, expiresAt }));
    switch (key) {
      case null:
      case '':
      case 'unknown':
        throw noBot();
      case 'gone':
        throw new UserFault<UserErrorCode>('ACCOUNT_SUSPENDED', ['botId'], 'This bot, or its owner, is suspended.');
      case 'tooMany':
        throw tooMany(`This bot has ${MAX_KEYS} keys, which is as many as a bot may have. Revoke one first.`, [
          'botId',
        ]);
    }
    return { key, secret };
  }

  /** It stops at once, open streams included. */
  async revokeKey(person: Person, keyId: string | null): Promise<string> {
    const botId = keyId && (await this.store.revokeKey(person.userId, keyId));
    if (!keyId || !botId)
      throw new UserFault<UserErrorCode>('NOT_FOUND', ['apiKeyId'], 'You have no API key with this id.');
    await this.sessions.tellSignedOut(botId, [keyId]);
    return keyId;
  }
}

function noBot(): UserFault<UserErrorCode> {
  return new UserFault('NOT_FOUND', ['botId'], 'You have no bot with this id.');
}

function tooMany(message: string, path: string[] = []): UserFault<UserErrorCode> {
  return new UserFault('QUOTA_EXCEEDED', path, message);
}
