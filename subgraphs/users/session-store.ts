import type { Prisma } from '../../prisma/directory/client/client.js';
import type { DirectoryClient } from '../../platform/database/port.js';
import { bucketOf, newUuid } from '../../platform/ids/ids.js';
import { outboxRow } from './outbox.js';
import { REFRESH_TOKEN_DAYS, REPEAT_WINDOW } from './refresh-tokens.js';
import { takenColumn } from './store.js';

type Transaction = Prisma.TransactionClient;

/** A row of device. */
export interface DeviceRow {
  deviceId: string;
  userId: string;
  name: string;
  platform: string;
  signedInAt: Date;
  lastActiveAt: Date;
  network: string | null;
}

/** A device that signs in. */
export interface NewDevice {
  name: string;
  platform: string;
  installationId: string | null;
  network: string | null;
}

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

const deviceColumns = {
  deviceId: true,
  userId: true,
  name: true,
  platform: true,
  signedInAt: true,
  lastActiveAt: true,
  network: true,
} as const;

/** Devices and refresh tokens. Every change of a device's tokens locks the device's row first, so they form one line. */
export class SessionStore {
  constructor(private readonly directory: DirectoryClient) {}

  /** By e-mail address or handle, in lower case. */
  async credentials(login: string): Promise<{ userId: string; passwordHash: string | null } | null> {
    return this.directory.user.findUnique({
      where: login.includes('@') ? { email: login } : { handle: login },
      select: { userId: true, passwordHash: true },
    });
  }

  /** Account, device, refresh token and UserSignedUp in one transaction; which unique column is taken decides Postgres. */
  async register(
    account: NewAccount,
    device: NewDevice,
    tokenHash: string,
  ): Promise<DeviceRow | 'emailTaken' | 'handleTaken'> {
    const { userId } = account;
    const deviceId = newUuid(bucketOf(userId));
    try {
      const [, row] = await this.directory.$transaction([
        this.directory.user.create({ data: account }),
        this.directory.device.create({ data: { deviceId, userId, ...device }, select: deviceColumns }),
        this.directory.refreshToken.create({ data: { tokenHash, deviceId, expiresAt: inDays(REFRESH_TOKEN_DAYS) } }),
        this.directory.outbox.create({ data: outboxRow({ type: 'UserSignedUp', userId }) }),
      ]);
      return row;
    } catch (error) {
      const column = takenColumn(error);
      if (column === 'email') return 'emailTaken';
      if (column === 'handle') return 'handleTaken';
      throw error;
    }
  }

  /**
   * The same installation keeps its device while it is signed in, and its old refresh tokens end. Once signed out, its row
   * takes a new id: so a revocation of the old id, however late, never meets the new session.
   */
  async signIn(userId: string, device: NewDevice, tokenHash: string): Promise<DeviceRow> {
    return this.directory.$transaction(async (tx) => {
      const [row] = await tx.$queryRaw<DeviceRow[]>`
        insert into device as d (device_id, user_id, installation_id, name, platform, network)
        values (${newUuid(bucketOf(userId))}::uuid, ${userId}::uuid, ${device.installationId}, ${device.name},
                ${device.platform}, ${device.network})
        on conflict (user_id, installation_id) do update
        set device_id = case when d.signed_out_at is null then d.device_id else excluded.device_id end,
            name = excluded.name, platform = excluded.platform, network = excluded.network,
            signed_in_at = now(), last_active_at = now(), signed_out_at = null
        returning device_id as "deviceId", user_id as "userId", name, platform, signed_in_at as "signedInAt",
                  last_active_at as "lastActiveAt", network`;
      const { deviceId } = row!;
      await tx.refreshToken.deleteMany({ where: { deviceId } });
      await tx.refreshToken.create({ data: { tokenHash, deviceId, expiresAt: inDays(REFRESH_TOKEN_DAYS) } });
      return row!;
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

/** Ends the sessions, tells it in the outbox, and returns the ids of those that were signed in until now. */
async function signOutRows(tx: Transaction, userId: string, deviceIds: string[] | null, except: string | null = null) {
  const rows = await tx.$queryRaw<{ deviceId: string }[]>`
    update device set signed_out_at = now()
    where device_id in (
      select device_id from device
      where user_id = ${userId}::uuid and signed_out_at is null
        and (${deviceIds}::uuid[] is null or device_id = any(${deviceIds}::uuid[]))
        and device_id is distinct from ${except}::uuid
      order by device_id
      for update)
    returning device_id as "deviceId"`;
  const signedOut = rows.map((row) => row.deviceId);
  if (signedOut.length === 0) return signedOut;
  await tx.refreshToken.deleteMany({ where: { deviceId: { in: signedOut } } });
  await tx.outbox.createMany({
    data: signedOut.map((deviceId) => outboxRow({ type: 'DeviceSignedOut', userId, deviceId })),
  });
  return signedOut;
}

function inDays(days: number): Date {
  return new Date(Date.now() + days * 86_400_000);
}
