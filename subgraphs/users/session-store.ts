import type { Prisma } from '../../prisma/directory/client/client.js';
import type { DirectoryClient } from '../../platform/database/port.js';
import { bucketOf, newUuid } from '../../platform/ids/ids.js';
import { shareAccount } from './account-lock.js';
import { newCode, type CodeDraft } from './code-store.js';
import { deviceColumns, inDays, signOutRows, startSession, type DeviceRow, type NewDevice } from './device-rows.js';
import { freeHandle } from './handles.js';
import { outboxRow } from './outbox.js';
import { REFRESH_TOKEN_DAYS, REPEAT_WINDOW } from './refresh-tokens.js';
import { takenColumn } from './store.js';

type Transaction = Prisma.TransactionClient;

export interface NewAccount {
  userId: string;
  email: string;
  handle: string;
  displayName: string;
  passwordHash: string;
}

export type Refreshed =
  | { kind: 'rotated'; device: DeviceRow }
  /** No such token, or expired, or its device is signed out. */
  | { kind: 'unknown' }
  /** A used token came again: its device is signed out now. */
  | { kind: 'reused'; userId: string; deviceId: string };

/** 'changed': the password is not what it was when it was checked, or the account is gone. */
export type SignedIn = DeviceRow | 'suspended' | 'changed';

/** Devices and refresh tokens. Every change of a device's tokens locks the device's row first, so they form one line. */
export class SessionStore {
  constructor(private readonly directory: DirectoryClient) {}

  /** By e-mail address or handle, in lower case. */
  async credentials(login: string) {
    return this.directory.user.findUnique({
      where: login.includes('@') ? { email: login } : { handle: login },
      select: { userId: true, passwordHash: true },
    });
  }

  /**
   * Account, device, refresh token, the code that verifies the address, and UserSignedUp in one transaction; which unique
   * column is taken decides Postgres.
   */
  async register(
    account: NewAccount,
    device: NewDevice,
    tokenHash: string,
    code: CodeDraft,
  ): Promise<DeviceRow | 'emailTaken' | 'handleTaken'> {
    const { userId } = account;
    const deviceId = newUuid(bucketOf(userId));
    const { directory } = this;
    try {
      const [, row] = await directory.$transaction([
        directory.user.create({ data: account }),
        directory.device.create({ data: { deviceId, userId, ...device }, select: deviceColumns }),
        directory.refreshToken.create({ data: { tokenHash, deviceId, expiresAt: inDays(REFRESH_TOKEN_DAYS) } }),
        directory.oneTimeCode.create({ data: newCode(code) }),
        directory.outbox.create({ data: outboxRow({ type: 'UserSignedUp', userId }) }),
      ]);
      return row;
    } catch (error) {
      const column = takenColumn(error);
      if (column === 'email') return 'emailTaken';
      if (column === 'handle' && (await freeHandle(directory, account.handle)))
        return this.register(account, device, tokenHash, code);
      if (column === 'handle') return 'handleTaken';
      throw error;
    }
  }

  /** `passwordHash`: the one that was found right; null where the person proved themself in another way. */
  async signIn(userId: string, passwordHash: string | null, device: NewDevice, tokenHash: string): Promise<SignedIn> {
    return this.directory.$transaction(async (tx) => {
      const standing = await shareAccount(tx, userId);
      if (!standing || standing.isDeleted) return 'changed';
      if (passwordHash !== null && standing.passwordHash !== passwordHash) return 'changed';
      if (standing.isSuspended) return 'suspended';
      return startSession(tx, userId, device, tokenHash);
    });
  }

  /** Uses a token up and stores its successor, or finds that the same pair did so within the last minute. */
  async refresh(
    tokenHash: string,
    usedWith: string,
    successorHash: string,
    network: string | null,
  ): Promise<Refreshed> {
    return this.directory.$transaction(async (tx) => {
      const device = await lockDeviceOf(tx, tokenHash);
      // Read after the lock, in a statement of its own: only so is it the newest state.
      const token = await readToken(tx, tokenHash);
      if (!device || !token) return { kind: 'unknown' };
      if (token.usedWith !== null) {
        if (token.usedWith === usedWith && token.isRecent) return { kind: 'rotated', device };
        await signOutRows(tx, device.userId, [device.deviceId]);
        return { kind: 'reused', userId: device.userId, deviceId: device.deviceId };
      }
      if (!token.isAlive) return { kind: 'unknown' };
      const { deviceId } = device;
      await tx.$executeRaw`update refresh_token set used_at = now(), used_with = ${usedWith} where token_hash = ${tokenHash}`;
      await tx.$executeRaw`delete from refresh_token where device_id = ${deviceId}::uuid and expires_at < now()`;
      await tx.refreshToken.create({
        data: { tokenHash: successorHash, deviceId, expiresAt: inDays(REFRESH_TOKEN_DAYS) },
      });
      return { kind: 'rotated', device: await touch(tx, device, network) };
    });
  }

  /**
   * Signs out those of the given devices that are this person's; all but one when `deviceIds` is null. Returns the ids of
   * those that are signed out now: given ones that already were count too.
   */
  async signOut(userId: string, deviceIds: string[] | null, except: string | null = null): Promise<string[]> {
    return this.directory.$transaction(async (tx) => {
      const signedOut = await signOutRows(tx, userId, deviceIds, except);
      if (!deviceIds) return signedOut;
      const rows = await tx.device.findMany({
        where: { userId, deviceId: { in: deviceIds } },
        select: { deviceId: true },
      });
      return rows.map((row) => row.deviceId);
    });
  }

  /** Signed-in devices that can still refresh, the last active first; at most 100. */
  async devicesOf(userId: string): Promise<DeviceRow[]> {
    return this.directory.device.findMany({
      where: { userId, signedOutAt: null, refreshTokens: { some: { usedAt: null, expiresAt: { gt: new Date() } } } },
      orderBy: { lastActiveAt: 'desc' },
      select: deviceColumns,
      take: 100,
    });
  }

  /** Those of the given devices that are signed in. */
  async signedInAmong(deviceIds: string[]): Promise<Set<string>> {
    const rows = await this.directory.device.findMany({
      where: { deviceId: { in: deviceIds }, signedOutAt: null },
      select: { deviceId: true },
    });
    return new Set(rows.map((row) => row.deviceId));
  }
}

async function lockDeviceOf(tx: Transaction, tokenHash: string): Promise<DeviceRow | undefined> {
  const [device] = await tx.$queryRaw<DeviceRow[]>`
    select device_id as "deviceId", user_id as "userId", name, platform, signed_in_at as "signedInAt",
           last_active_at as "lastActiveAt", network
    from device
    where device_id = (select device_id from refresh_token where token_hash = ${tokenHash}) and signed_out_at is null
    for update`;
  return device;
}

async function readToken(tx: Transaction, tokenHash: string) {
  const [token] = await tx.$queryRaw<{ usedWith: string | null; isRecent: boolean | null; isAlive: boolean }[]>`
    select used_with as "usedWith", used_at > now() - make_interval(secs => ${REPEAT_WINDOW}) as "isRecent",
           expires_at > now() as "isAlive"
    from refresh_token where token_hash = ${tokenHash}`;
  return token;
}

/** Moves lastActiveAt at most once a minute. */
async function touch(tx: Transaction, device: DeviceRow, network: string | null): Promise<DeviceRow> {
  const [moved] = await tx.$queryRaw<Pick<DeviceRow, 'lastActiveAt' | 'network'>[]>`
    update device set last_active_at = now(), network = coalesce(${network}, network)
    where device_id = ${device.deviceId}::uuid and last_active_at < now() - interval '1 minute'
    returning last_active_at as "lastActiveAt", network`;
  return { ...device, ...moved };
}
