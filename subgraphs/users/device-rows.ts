import type { Prisma } from '../../prisma/directory/client/client.js';
import { bucketOf, newUuid } from '../../platform/ids/ids.js';
import { outboxRow } from './outbox.js';
import { REFRESH_TOKEN_DAYS } from './refresh-tokens.js';

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

export const deviceColumns = {
  deviceId: true,
  userId: true,
  name: true,
  platform: true,
  signedInAt: true,
  lastActiveAt: true,
  network: true,
} as const;

/**
 * Starts a session. The same installation keeps its device while it is signed in, and its old refresh tokens end. Once
 * signed out, its row takes a new id: so a revocation of the old id, however late, never meets the new session.
 */
export async function startSession(
  tx: Transaction,
  userId: string,
  device: NewDevice,
  tokenHash: string,
): Promise<DeviceRow> {
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
}

/**
 * Ends the sessions of the given devices of a person, of all when `deviceIds` is null, and their push targets; tells it in the
 * outbox, and returns the ids of those that were signed in until now.
 */
export async function signOutRows(
  tx: Transaction,
  userId: string,
  deviceIds: string[] | null,
  except: string | null = null,
): Promise<string[]> {
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
  await tx.pushTarget.deleteMany({ where: { deviceId: { in: signedOut } } });
  await tx.outbox.createMany({
    data: signedOut.map((deviceId) => outboxRow({ type: 'DeviceSignedOut', userId, deviceId })),
  });
  return signedOut;
}

export function inDays(days: number): Date {
  return new Date(Date.now() + days * 86_400_000);
}
