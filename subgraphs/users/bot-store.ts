import type { DirectoryClient } from '../../platform/database/port.js';
import { bucketOf, newUuid } from '../../platform/ids/ids.js';
import type { ApiKeyClaims, ApiKeyScope } from '../../schema/api-keys.js';
import { lockAccount, shareAccount } from './account-lock.js';
import { removeAccount, type SignedOutOf } from './deletion-store.js';
import { signOutRows } from './device-rows.js';
import { freeHandle } from './handles.js';
import { outboxRow } from './outbox.js';
import { isNewAccount } from './sessions.js';
import { accountColumns, takenColumn, type Account } from './store.js';

export const MAX_BOTS = 10;
export const MAX_KEYS = 20;
const EXPIRED_BATCH = 100;

export interface NewBot {
  userId: string;
  handle: string;
  displayName: string;
  bio: string | null;
}

/** A key that is not revoked. */
export interface ApiKeyRow {
  deviceId: string;
  /** The bot's. */
  userId: string;
  name: string;
  prefix: string;
  scopes: string[];
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
}

export interface KeyDraft {
  name: string;
  hash: string;
  prefix: string;
  scopes: readonly ApiKeyScope[];
  expiresAt: Date | null;
}

/** Bots and their keys. Whatever counts a person's bots locks the person's row first; whatever counts keys, the bot's. */
export class BotStore {
  constructor(private readonly directory: DirectoryClient) {}

  /** 'gone': the owner may not act any more. */
  async create(ownerId: string, bot: NewBot): Promise<Account | 'tooMany' | 'handleTaken' | 'gone'> {
    try {
      return await this.directory.$transaction(async (tx) => {
        const standing = await lockAccount(tx, ownerId);
        if (!standing || standing.isDeleted || standing.isSuspended) return 'gone';
        if ((await tx.user.count({ where: { ownerId, deletedAt: null } })) >= MAX_BOTS) return 'tooMany';
        const account = await tx.user.create({ data: { ...bot, ownerId }, select: accountColumns });
        await tx.outbox.create({ data: outboxRow({ type: 'UserSignedUp', userId: bot.userId }) });
        return account;
      });
    } catch (error) {
      if (takenColumn(error) !== 'handle') throw error;
      return (await freeHandle(this.directory, bot.handle)) ? this.create(ownerId, bot) : 'handleTaken';
    }
  }

  /** The first made first. */
  async botsOf(ownerId: string): Promise<Account[]> {
    return this.directory.user.findMany({
      where: { ownerId, deletedAt: null },
      orderBy: [{ createdAt: 'asc' }, { userId: 'asc' }],
      select: accountColumns,
    });
  }

  /** Null where this person has no such bot, or not any more. */
  async delete(ownerId: string, botId: string): Promise<SignedOutOf | null> {
    return this.directory.$transaction(async (tx) => {
      const standing = await lockAccount(tx, botId);
      if (!standing || standing.isDeleted || standing.ownerId !== ownerId) return null;
      return removeAccount(tx, botId, false);
    });
  }

  /** Those that are not revoked, by bot, the first made first. */
  async keysOf(botIds: readonly string[]): Promise<Map<string, ApiKeyRow[]>> {
    const rows = await this.directory.$queryRaw<ApiKeyRow[]>`
      select k.device_id as "deviceId", d.user_id as "userId", d.name, k.prefix, k.scopes,
             d.signed_in_at as "createdAt", k.expires_at as "expiresAt", k.last_used_at as "lastUsedAt"
      from api_key k join device d using (device_id)
      where d.user_id = any(${[...botIds]}::uuid[]) and d.signed_out_at is null
      order by d.signed_in_at, k.device_id`;
    const byBot = new Map<string, ApiKeyRow[]>(botIds.map((id) => [id, []]));
    for (const row of rows) byBot.get(row.userId)?.push(row);
    return byBot;
  }

  /** 'unknown': this person has no such bot. 'gone': one of the two may not act any more. */
  async addKey(ownerId: string, botId: string, key: KeyDraft): Promise<ApiKeyRow | 'unknown' | 'tooMany' | 'gone'> {
    return this.directory.$transaction(async (tx) => {
      const owner = await shareAccount(tx, ownerId);
      const bot = await lockAccount(tx, botId);
      if (!bot || bot.isDeleted || bot.ownerId !== ownerId) return 'unknown';
      if (!owner || owner.isDeleted || owner.isSuspended || bot.isSuspended) return 'gone';
      const count = await tx.apiKey.count({ where: { device: { userId: botId, signedOutAt: null } } });
      if (count >= MAX_KEYS) return 'tooMany';
      const { name, hash, prefix, scopes, expiresAt } = key;
      const deviceId = newUuid(bucketOf(botId));
      const device = await tx.device.create({ data: { deviceId, userId: botId, name, platform: 'BOT' } });
      await tx.apiKey.create({ data: { deviceId, keyHash: hash, prefix, scopes: [...scopes], expiresAt } });
      const createdAt = device.signedInAt;
      return { deviceId, userId: botId, name, prefix, scopes: [...scopes], createdAt, expiresAt, lastUsedAt: null };
    });
  }

  /** The bot whose key it was; null where this person has no such key. One that is revoked already counts too. */
  async revokeKey(ownerId: string, deviceId: string): Promise<string | null> {
    return this.directory.$transaction(async (tx) => {
      const key = await tx.apiKey.findUnique({
        where: { deviceId, device: { user: { ownerId } } },
        select: { device: { select: { userId: true } } },
      });
      if (!key) return null;
      await signOutRows(tx, key.device.userId, [deviceId]);
      return key.device.userId;
    });
  }

  /** Revokes keys whose time is up, a batch of them. Returns how many there were; where there were some, there may be more. */
  async revokeExpired(): Promise<number> {
    const due = await this.directory.$queryRaw<{ userId: string; deviceId: string }[]>`
      select d.user_id as "userId", d.device_id as "deviceId" from api_key k join device d using (device_id)
      where k.expires_at <= now() and d.signed_out_at is null order by k.expires_at limit ${EXPIRED_BATCH}::int`;
    for (const { userId, deviceId } of due)
      await this.directory.$transaction((tx) => signOutRows(tx, userId, [deviceId]));
    return due.length;
  }

  async claimsOf(keyHash: string): Promise<ApiKeyClaims | null> {
    const [row] = await this.directory.$queryRaw<
      (Omit<ApiKeyClaims, 'expiresAt' | 'isNewcomer'> & {
        expiresAt: Date | null;
        createdAt: Date;
        email: string | null;
        emailVerifiedAt: Date | null;
      })[]
    >`
      select d.user_id as "userId", d.device_id as "deviceId", k.scopes, k.expires_at as "expiresAt",
             o.created_at as "createdAt", o.email, o.email_verified_at as "emailVerifiedAt"
      from api_key k join device d using (device_id) join "user" b on b.user_id = d.user_id
        join "user" o on o.user_id = b.owner_id
      where k.key_hash = ${keyHash} and d.signed_out_at is null and (k.expires_at is null or k.expires_at > now())
        and b.deleted_at is null and b.suspended_at is null and o.deleted_at is null and o.suspended_at is null`;
    if (!row) return null;
    const { userId, deviceId, scopes, expiresAt } = row;
    await this.directory.$executeRaw`
      update api_key set last_used_at = now()
      where device_id = ${deviceId}::uuid and (last_used_at is null or last_used_at < now() - interval '30 seconds')`;
    return { userId, deviceId, scopes, expiresAt: expiresAt?.getTime() ?? null, isNewcomer: isNewAccount(row) };
  }
}
