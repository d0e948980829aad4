import { createHash } from 'node:crypto';
import type { DirectoryClient } from '../../platform/database/port.js';
import { bucketOf, newUuid } from '../../platform/ids/ids.js';
import type { PushAddress } from '../../platform/push/port.js';
import { traceparent } from '../../platform/telemetry/tracing.js';
import { quietHoursChanged, topicOf, type EventOf } from '../../schema/events.js';

/** Push targets of a person at most: the oldest one makes room. */
export const TARGET_LIMIT = 20;

export type Level = 'ALL' | 'MENTIONS_AND_DIRECT' | 'NONE';

/** A row of push_target, without its address. */
export interface PushTargetRow {
  pushTargetId: string;
  userId: string;
  deviceId: string;
  provider: string;
  createdAt: Date;
  lastDeliveredAt: Date | null;
  invalidAt: Date | null;
}

export interface QuietHoursRow {
  /** HH:MM */
  from: string;
  to: string;
  /** IANA name. */
  timeZone: string;
}

/** A row of notification_settings. */
export interface SettingsRow {
  push: Level;
  email: Level;
  emailAfterMinutes: number;
  showPreview: boolean;
  quietHours: QuietHoursRow | null;
}

/** What somebody has who never changed a setting; the same as the columns' defaults. */
export const defaultSettings: SettingsRow = {
  push: 'ALL',
  email: 'MENTIONS_AND_DIRECT',
  emailAfterMinutes: 60,
  showPreview: false,
  quietHours: null,
};

const targetColumns = {
  pushTargetId: true,
  userId: true,
  deviceId: true,
  provider: true,
  createdAt: true,
  lastDeliveredAt: true,
  invalidAt: true,
} as const;

/** Push targets and settings, in the directory. */
export class NotificationStore {
  constructor(private readonly directory: DirectoryClient) {}

  /**
   * The same address again is the same target; it moves to whoever registers it. Null where the device is signed out: its row
   * is held, so that a target never outlives its session.
   */
  async register(userId: string, deviceId: string, address: PushAddress): Promise<PushTargetRow | null> {
    const { provider } = address;
    const place = address.provider === 'WEB_PUSH' ? address.endpoint : address.token;
    const keys = address.provider === 'WEB_PUSH' ? address : { p256dh: null, auth: null };
    return this.directory.$transaction(async (tx) => {
      // Registrations of one person come one after the other: so the limit holds.
      await tx.$queryRaw`select 1 from "user" where user_id = ${userId}::uuid for no key update`;
      const [device] = await tx.$queryRaw<unknown[]>`
        select 1 from device where device_id = ${deviceId}::uuid and user_id = ${userId}::uuid and signed_out_at is null for share`;
      if (!device) return null;
      const [row] = await tx.$queryRaw<PushTargetRow[]>`
        insert into push_target as t (push_target_id, user_id, device_id, provider, address, address_hash, p256dh, auth)
        values (${newUuid(bucketOf(userId))}::uuid, ${userId}::uuid, ${deviceId}::uuid, ${provider}, ${place},
                ${hashOf(provider, place)}, ${keys.p256dh}, ${keys.auth})
        on conflict (address_hash) do update set
          push_target_id = case when t.user_id = excluded.user_id then t.push_target_id else excluded.push_target_id end,
          created_at = case when t.user_id = excluded.user_id then t.created_at else now() end,
          last_delivered_at = case when t.user_id = excluded.user_id then t.last_delivered_at end,
          user_id = excluded.user_id, device_id = excluded.device_id, p256dh = excluded.p256dh, auth = excluded.auth,
          invalid_at = null
        returning push_target_id as "pushTargetId", user_id as "userId", device_id as "deviceId", provider,
                  created_at as "createdAt", last_delivered_at as "lastDeliveredAt", invalid_at as "invalidAt"`;
      await tx.$executeRaw`
        delete from push_target where push_target_id in (
          select push_target_id from push_target
          where user_id = ${userId}::uuid and push_target_id <> ${row!.pushTargetId}::uuid
          order by invalid_at is null desc, created_at desc, push_target_id desc offset ${TARGET_LIMIT - 1})`;
      return row!;
    });
  }

  /** The oldest first. */
  async targetsOf(userId: string): Promise<PushTargetRow[]> {
    return this.directory.pushTarget.findMany({
      where: { userId },
      orderBy: [{ createdAt: 'asc' }, { pushTargetId: 'asc' }],
      select: targetColumns,
      take: TARGET_LIMIT,
    });
  }

  /** What was removed; null where the person has no such target. */
  async remove(userId: string, pushTargetId: string): Promise<PushTargetRow | null> {
    const [row] = await this.directory.$queryRaw<PushTargetRow[]>`
      delete from push_target where push_target_id = ${pushTargetId}::uuid and user_id = ${userId}::uuid
      returning push_target_id as "pushTargetId", user_id as "userId", device_id as "deviceId", provider,
                created_at as "createdAt", last_delivered_at as "lastDeliveredAt", invalid_at as "invalidAt"`;
    return row ?? null;
  }

  async settingsOf(userId: string): Promise<SettingsRow> {
    const row = await this.directory.notificationSettings.findUnique({ where: { userId } });
    return row ? toSettingsRow(row) : defaultSettings;
  }

  /** Absent keys stay as they are. Whoever tells people of messages hears of other quiet hours. */
  async update(userId: string, change: Partial<SettingsRow>): Promise<SettingsRow> {
    const { quietHours, ...rest } = change;
    const quiet =
      quietHours === undefined
        ? {}
        : {
            quietFrom: quietHours?.from ?? null,
            quietTo: quietHours?.to ?? null,
            quietZone: quietHours?.timeZone ?? null,
          };
    const data = { ...rest, ...quiet };
    return this.directory.$transaction(async (tx) => {
      const row = await tx.notificationSettings.upsert({
        where: { userId },
        create: { userId, ...data },
        update: data,
      });
      if (quietHours !== undefined) await tx.outbox.create({ data: quietHoursRow(userId) });
      return toSettingsRow(row);
    });
  }
}

/** The outbox row of the event. */
function quietHoursRow(userId: string): { topic: string; key: string; payload: string } {
  const event: EventOf<'QuietHoursChanged'> = {
    ...{ type: 'QuietHoursChanged', version: 1, userId, id: newUuid(bucketOf(userId)) },
    ...{ at: new Date().toISOString(), traceparent: traceparent() ?? null },
  };
  return { topic: topicOf[event.type], key: userId, payload: JSON.stringify(quietHoursChanged.parse(event)) };
}

interface StoredSettings extends Omit<SettingsRow, 'push' | 'email' | 'quietHours'> {
  push: string;
  email: string;
  quietFrom: string | null;
  quietTo: string | null;
  quietZone: string | null;
}

export function toSettingsRow(row: StoredSettings): SettingsRow {
  const { push, email, emailAfterMinutes, showPreview, quietFrom: from, quietTo: to, quietZone: timeZone } = row;
  return {
    push: push as Level,
    email: email as Level,
    emailAfterMinutes,
    showPreview,
    quietHours: from !== null && to !== null && timeZone !== null ? { from, to, timeZone } : null,
  };
}

function hashOf(provider: string, place: string): string {
  return createHash('sha256').update(`${provider} ${place}`).digest('base64url');
}
