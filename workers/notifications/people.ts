import type { DirectoryClient } from '../../platform/database/port.js';
import type { PushAddress } from '../../platform/push/port.js';
import { defaultSettings, toSettingsRow, type SettingsRow } from '../../subgraphs/notifications/store.js';

export interface Target {
  targetId: string;
  address: PushAddress;
}

/** Whom a person is told of, how and where. */
export interface Reachable {
  settings: SettingsRow;
  targets: Target[];
  /** Null unless it is verified. */
  email: string | null;
  /** When they were last known to be here, as the database has it; Unix ms. */
  lastSeenAt: number;
}

/** By which ways a message can reach somebody who is away. */
export interface Ways {
  byPush: boolean;
  /** When mail may tell of it, in minutes; null: never. */
  mailAfterMinutes: number | null;
}

/** What the directory knows of people who are to be told of messages. */
export class NotifiedPeople {
  constructor(private readonly directory: DirectoryClient) {}

  /** Only those whom anything may reach. */
  async ways(userIds: readonly string[]): Promise<Map<string, Ways>> {
    const rows = await this.directory.$queryRaw<{ userId: string; byPush: boolean; mailAfterMinutes: number | null }[]>`
      select user_id as "userId", by_push as "byPush", case when by_mail then minutes end as "mailAfterMinutes"
      from (
        select u.user_id,
          coalesce(s.push, ${defaultSettings.push}) <> 'NONE'
            and exists (select from push_target t where t.user_id = u.user_id and t.invalid_at is null) as by_push,
          u.email_verified_at is not null and coalesce(s.email, ${defaultSettings.email}) <> 'NONE' as by_mail,
          coalesce(s.email_after_minutes, ${defaultSettings.emailAfterMinutes}) as minutes
        from "user" u left join notification_settings s using (user_id)
        where u.user_id = any (${[...userIds]}::uuid[]) and u.deleted_at is null and u.suspended_at is null
      ) w
      where by_push or by_mail`;
    return new Map(rows.map(({ userId, ...ways }) => [userId, ways]));
  }

  /** No entry for accounts that are suspended or deleted. */
  async reachable(userIds: readonly string[]): Promise<Map<string, Reachable>> {
    const rows = await this.directory.user.findMany({
      where: { userId: { in: [...userIds] }, deletedAt: null, suspendedAt: null },
      select: {
        userId: true,
        email: true,
        emailVerifiedAt: true,
        notifications: true,
        presence: { select: { lastSeenAt: true, onlineAt: true } },
        pushTargets: {
          where: { invalidAt: null },
          select: { pushTargetId: true, provider: true, address: true, p256dh: true, auth: true },
        },
      },
    });
    return new Map(
      rows.map(({ userId, email, emailVerifiedAt, notifications, presence, pushTargets }) => [
        userId,
        {
          email: emailVerifiedAt ? email : null,
          lastSeenAt: Math.max(presence?.lastSeenAt?.getTime() ?? 0, presence?.onlineAt?.getTime() ?? 0),
          settings: notifications ? toSettingsRow(notifications) : defaultSettings,
          targets: pushTargets.map((row) => ({ targetId: row.pushTargetId, address: toAddress(row) })),
        },
      ]),
    );
  }

  /** Pairs "person sender": those whom the person has muted, or either has blocked. */
  async silenced(userIds: readonly string[], senderIds: readonly string[]): Promise<Set<string>> {
    const [people, senders] = [[...userIds], [...senderIds]];
    const rows = await this.directory.$queryRaw<{ userId: string; senderId: string }[]>`
      select user_id as "userId", muted_user_id as "senderId" from mute
      where user_id = any (${people}::uuid[]) and muted_user_id = any (${senders}::uuid[]) and coalesce(until > now(), true)
      union all
      select user_id, blocked_user_id from block
      where user_id = any (${people}::uuid[]) and blocked_user_id = any (${senders}::uuid[])
      union all
      select blocked_user_id, user_id from block
      where blocked_user_id = any (${people}::uuid[]) and user_id = any (${senders}::uuid[])`;
    return new Set(rows.map(({ userId, senderId }) => `${userId} ${senderId}`));
  }

  async names(userIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.directory.user.findMany({
      where: { userId: { in: [...userIds] } },
      select: { userId: true, displayName: true },
    });
    return new Map(rows.map(({ userId, displayName }) => [userId, displayName]));
  }

  async delivered(targetIds: readonly string[]): Promise<void> {
    await this.directory.$executeRaw`
      update push_target set last_delivered_at = now() where push_target_id = any (${[...targetIds]}::uuid[])`;
  }

  /** The provider knows the address no more. Where it was registered anew meanwhile, that is news of the old one. */
  async retire(targetId: string, sentAt: Date): Promise<void> {
    await this.directory.pushTarget.updateMany({
      where: { pushTargetId: targetId, invalidAt: null, createdAt: { lte: sentAt } },
      data: { invalidAt: new Date() },
    });
  }
}

function toAddress(row: {
  provider: string;
  address: string;
  p256dh: string | null;
  auth: string | null;
}): PushAddress {
  if (row.provider === 'WEB_PUSH')
    return { provider: 'WEB_PUSH', endpoint: row.address, p256dh: row.p256dh ?? '', auth: row.auth ?? '' };
  return { provider: row.provider as 'FCM' | 'APNS', token: row.address };
}
