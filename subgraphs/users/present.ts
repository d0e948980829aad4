import type { UserFault } from '../../platform/errors/errors.js';
import { toPublicId } from '../../platform/ids/ids.js';
import type { Device, DevicePlatform, User, UserError, UserErrorCode } from './schema.js';
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

/** Plain objects: graphql-js takes an Error in a list for the failure of the field. */
export function toUserErrors(faults: UserFault[]): UserError[] {
  return faults.map(({ code, path, message, retryAt }) => ({ code: code as UserErrorCode, path, message, retryAt }));
}
