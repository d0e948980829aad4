import { toPublicId } from '../../platform/ids/ids.js';
import type { Privacy, PrivacyAudience } from '../../schema/people.js';
import type { DeviceRow } from './device-rows.js';
import { handleOfDeleted } from './handles.js';
import { Role, type Device, type DevicePlatform, type User } from './schema.js';
import type { Account } from './store.js';

/** What a Viewer resolves from: somebody, and the device that asks. UUIDs. */
export interface ViewerSource {
  userId: string;
  deviceId: string;
}

/** What a User resolves from; the rest depends on who asks. */
export type UserSource = Omit<User, 'avatarUrl' | 'viewerHasBlocked' | 'viewerHasMuted' | 'identities'> & {
  userId: string;
  avatarMediaId: string | null;
};

export function toUser(account: Account): UserSource {
  const { userId, handle, displayName, bio, createdAt } = account;
  // Profiles that were cached before there were pictures know of none.
  const avatarMediaId = account.avatarMediaId ?? null;
  const isDeleted = account.deletedAt !== null;
  return {
    userId,
    id: toPublicId('user', userId),
    handle: isDeleted ? handleOfDeleted(userId) : handle,
    displayName: isDeleted ? 'Deleted account' : displayName,
    bio,
    avatarMediaId,
    avatar: avatarMediaId === null ? null : { id: toPublicId('media', avatarMediaId) },
    isVerified: account.emailVerifiedAt !== null,
    isDeleted,
    // Profiles that were cached before there were bots know of no owner.
    isBot: account.ownerId != null,
    createdAt,
  };
}

export function privacyOf({ lastSeen, readReceipts, typingIndicators, directMessages }: Account): Privacy {
  return {
    lastSeen: lastSeen as PrivacyAudience,
    readReceipts,
    typingIndicators,
    directMessages: directMessages as PrivacyAudience,
  };
}

const order = [Role.MEMBER, Role.MODERATOR, Role.ADMIN];

/** Each role includes those before it. */
export function rolesOf({ role }: Account): Role[] {
  return order.slice(0, order.indexOf(role as Role) + 1);
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
