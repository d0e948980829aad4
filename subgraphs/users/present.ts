import { toPublicId } from '../../platform/ids/ids.js';
import type { Device, DevicePlatform, User } from './schema.js';
import type { DeviceRow } from './session-store.js';
import type { Account } from './store.js';

/** What a Viewer resolves from: somebody, and the device that asks. UUIDs. */
export interface ViewerSource {
  userId: string;
  deviceId: string;
}

export function toUser({ userId, handle, displayName, bio, createdAt }: Account): User {
  return { id: toPublicId('user', userId), handle, displayName, bio, createdAt };
}

export function toDevice(row: DeviceRow, currentDeviceId: string): Device {
  const { deviceId, name, platform, signedInAt, lastActiveAt, network } = row;
  return {
    id: toPublicId('device', deviceId),
    name,
    platform: platform as DevicePlatform,
    isCurrent: deviceId === currentDeviceId,
    signedInAt,
    lastActiveAt,
    network,
  };
}
