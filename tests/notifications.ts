import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PushAddress } from '../platform/push/port.js';
import type { Device } from './client.js';
import type { RunningParley } from './running-parley.js';
import { eventually, waitFor } from './wait-for.js';

export interface PushTarget {
  id: string;
  provider: string;
  deviceId: string;
  lastDeliveredAt: string | null;
  invalidAt: string | null;
}
const targetFields = 'id provider deviceId lastDeliveredAt invalidAt';
const errors = 'errors { code path message }';

export async function registerPush(device: Device, address: PushAddress): Promise<PushTarget> {
  const { endpoint, p256dh, auth } = address.provider === 'WEB_PUSH' ? address : { endpoint: '', p256dh: '', auth: '' };
  const input =
    address.provider === 'WEB_PUSH'
      ? { webPush: { endpoint, p256dh, auth } }
      : { [address.provider === 'FCM' ? 'fcmToken' : 'apnsToken']: address.token };
  const { pushTarget } = await device.mutate<{ pushTarget: PushTarget }>(
    `mutation ($input: RegisterPushTargetInput!) { registerPushTarget(input: $input) { pushTarget { ${targetFields} } ${errors} } }`,
    { input },
  );
  return pushTarget;
}

export async function pushTargetsOf(device: Device): Promise<PushTarget[]> {
  const { viewer } = await device.query<{ viewer: { pushTargets: PushTarget[] } }>(
    `{ viewer { pushTargets { ${targetFields} } } }`,
  );
  return viewer.pushTargets;
}

export function updateNotificationSettings(device: Device, input: Record<string, unknown>): Promise<unknown> {
  return device.mutate(
    `mutation ($input: UpdateNotificationSettingsInput!) { updateNotificationSettings(input: $input) { settings { push } ${errors} } }`,
    { input },
  );
}

export function muteConversation(device: Device, conversationId: string, muted = true): Promise<unknown> {
  return device.mutate(
    `mutation ($input: UpdateInboxItemInput!) { updateInboxItem(input: $input) { inboxItem { isMuted } ${errors} } }`,
    { input: { conversationId, muted } },
  );
}

/** Opens a socket, and waits until everybody may see it. */
export async function comeOnline(device: Device): Promise<void> {
  device.subscribe('subscription { inboxEvents { __typename } }');
  await eventually(async () => {
    const { user } = await device.query<{ user: { presence: { status: string } | null } }>(
      'query ($id: ID!) { user(id: $id) { presence { status } } }',
      { id: device.userId },
    );
    if (user.presence?.status !== 'ONLINE') throw new Error(`still ${user.presence?.status}`);
  });
}

/** The letters to this person with that subject, oldest first, as they lie in the data directory. */
export function lettersTo(parley: RunningParley, device: Device, subject: RegExp): string[] {
  const folder = join(parley.dataDir, 'mail');
  let files: string[] = [];
  try {
    files = readdirSync(folder).filter((file) => file.endsWith('.eml'));
  } catch {
    // Nobody has been written to yet.
  }
  return files
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .filter((text) => text.includes(`To: ${device.person.email}`) && subject.test(text));
}

export async function verifyEmail(parley: RunningParley, device: Device): Promise<void> {
  const letter = await waitFor('the letter with the code', () =>
    lettersTo(parley, device, /^Subject: Your code/m).at(-1),
  );
  const code = /^([0-9A-Z]{4}-[0-9A-Z]{4})\r$/m.exec(letter)![1];
  await device.mutate(
    `mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { viewer { id } ${errors} } }`,
    {
      input: { code },
    },
  );
}
