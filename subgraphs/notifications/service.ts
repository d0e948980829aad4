import type { Person } from '../../platform/auth/caller.js';
import { Fault, UserFault } from '../../platform/errors/errors.js';
import type { PushSender } from '../../platform/push/port.js';
import { checkAddress, checkSettings, invalid } from './checks.js';
import type { RegisterPushTargetInput, UpdateNotificationSettingsInput } from './schema.js';
import type { NotificationStore, PushTargetRow, SettingsRow } from './store.js';

const fields = { FCM: 'fcmToken', APNS: 'apnsToken', WEB_PUSH: 'webPush' } as const;
const names = { FCM: 'FCM', APNS: 'APNs', WEB_PUSH: 'Web Push' } as const;

export interface NotificationsDeps {
  store: NotificationStore;
  push: Pick<PushSender, 'supports'>;
  allowsPrivateAddresses: boolean;
}

/** Where and how people are told of messages. Each call may come twice. */
export class Notifications {
  constructor(private readonly deps: NotificationsDeps) {}

  async register({ userId, deviceId }: Person, input: RegisterPushTargetInput): Promise<PushTargetRow> {
    const { store, push, allowsPrivateAddresses } = this.deps;
    const address = checkAddress(input, allowsPrivateAddresses);
    if (!push.supports(address.provider))
      throw invalid([fields[address.provider]], `This Parley sends nothing through ${names[address.provider]}.`);
    const target = await store.register(userId, deviceId, address);
    if (!target) throw new Fault('UNAUTHENTICATED', 'This device is signed out. Sign in again.');
    return target;
  }

  async remove({ userId }: Person, pushTargetId: string | null): Promise<PushTargetRow> {
    const removed = pushTargetId && (await this.deps.store.remove(userId, pushTargetId));
    if (!removed) throw new UserFault('NOT_FOUND', ['pushTargetId'], 'You have no such push target.');
    return removed;
  }

  async update({ userId }: Person, input: UpdateNotificationSettingsInput): Promise<SettingsRow> {
    const change = checkSettings(input);
    return Object.keys(change).length > 0 ? this.deps.store.update(userId, change) : this.deps.store.settingsOf(userId);
  }
}
