import type { Device, Stream } from './client.js';

export interface PresenceChange {
  userId: string;
  presence: { status: string; lastSeenAt: string | null } | null;
}
type PresenceStream = Stream<{ presenceChanged: PresenceChange }>;
type TypingStream = Stream<{ typingChanged: { userIds: string[] } }>;

export function watchPresence(device: Device, people: Device[]): PresenceStream {
  return device.subscribe(
    'subscription ($userIds: [ID!]!) { presenceChanged(userIds: $userIds) { userId presence { status lastSeenAt } } }',
    { userIds: people.map(({ userId }) => userId) },
  );
}

export function watchTyping(device: Device, conversationId: string): TypingStream {
  return device.subscribe(
    'subscription ($conversationId: ID!) { typingChanged(conversationId: $conversationId) { userIds users { displayName } } }',
    { conversationId },
  );
}

/** Of one person, in the order in which they were told; null where the presence is hidden. */
export function statusesOf(stream: PresenceStream, { userId }: Device): (string | null)[] {
  return stream.values
    .filter(({ presenceChanged }) => presenceChanged.userId === userId)
    .map(({ presenceChanged }) => presenceChanged.presence?.status ?? null);
}

/** Resolves once what was told last of the person is this. */
export function untilStatus(
  stream: PresenceStream,
  person: Device,
  status: string | null,
  limit?: number,
): Promise<unknown> {
  return stream.waitFor(
    `${person.person.displayName} is ${status}`,
    () => {
      const statuses = statusesOf(stream, person);
      return statuses.length > 0 && statuses.at(-1) === status;
    },
    limit,
  );
}

const errors = 'errors { code path message }';
export const setPresence = (device: Device, intent: string) =>
  device.mutate(`mutation ($input: SetPresenceInput!) { setPresence(input: $input) { ${errors} } }`, {
    input: { intent },
  });
export const heartbeat = (device: Device) => device.mutate(`mutation { heartbeat { ${errors} } }`);
export const setTyping = (device: Device, conversationId: string, isTyping = true) =>
  device.mutate(`mutation ($input: SetTypingInput!) { setTyping(input: $input) { ${errors} } }`, {
    input: { conversationId, isTyping },
  });

export const blockUser = (device: Device, other: Device) =>
  device.mutate(`mutation ($input: BlockUserInput!) { blockUser(input: $input) { ${errors} } }`, {
    input: { userId: other.userId },
  });
export const unblockUser = (device: Device, other: Device) =>
  device.mutate(`mutation ($input: UnblockUserInput!) { unblockUser(input: $input) { ${errors} } }`, {
    input: { userId: other.userId },
  });
export const updatePrivacy = (device: Device, input: Record<string, unknown>) =>
  device.mutate(`mutation ($input: UpdatePrivacyInput!) { updatePrivacy(input: $input) { ${errors} } }`, { input });

/** Null where it is hidden, as the whole person is by a block. */
export async function presenceOf(viewer: Device, person: Device): Promise<PresenceChange['presence']> {
  const { user } = await viewer.query<{ user: { presence: PresenceChange['presence'] } | null }>(
    'query ($id: ID!) { user(id: $id) { displayName presence { status lastSeenAt } } }',
    { id: person.userId },
  );
  return user?.presence ?? null;
}

/** Opens the device's socket, and keeps it open by a stream that tells nothing. */
export function connect(device: Device, conversationId?: string): void {
  if (conversationId) watchTyping(device, conversationId);
  else device.subscribe('subscription { inboxEvents { __typename } }');
}
