import { openDirect } from '../chat.js';
import type { Device } from '../client.js';
import type { Findable } from './visitor.js';

/** Opens the conversation of somebody without a window with somebody who has one; resolves with its id. */
export async function openDirectTo(device: Device, { handle }: Findable): Promise<string> {
  const { user } = await device.query<{ user: { id: string } }>(
    'query ($handle: String) { user(handle: $handle) { id } }',
    { handle },
  );
  return openDirect(device, { userId: user.id });
}
