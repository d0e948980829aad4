import { toPublicId } from '../../platform/ids/ids.js';
import type { NotificationSettings, PushTarget } from './schema.js';
import type { PushTargetRow, SettingsRow } from './store.js';

export function toViewer(userId: string) {
  return { id: toPublicId('viewer', userId), userId };
}
export type ViewerSource = ReturnType<typeof toViewer>;

export function toPushTarget(row: PushTargetRow): PushTarget {
  const { pushTargetId, provider, deviceId, createdAt, lastDeliveredAt, invalidAt } = row;
  return {
    id: toPublicId('pushTarget', pushTargetId),
    provider: provider as PushTarget['provider'],
    deviceId: toPublicId('device', deviceId),
    createdAt,
    lastDeliveredAt,
    invalidAt,
  };
}

export function toSettings({ push, email, emailAfterMinutes, showPreview, quietHours }: SettingsRow) {
  return { push, email, emailAfterMinutes, showPreview, quietHours } satisfies NotificationSettings;
}
