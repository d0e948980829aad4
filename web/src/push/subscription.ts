import { WebPushKeyDocument } from '@parley/client/operations';
import type { PushTarget, Requests } from '@parley/client';

/** The browser's push service cannot be reached, or is turned off. */
export class NoPushService extends Error {
  override readonly name = 'NoPushService';
}

export interface Pushed {
  requests: Requests;
  pushTarget: PushTarget;
}

/** Has Parley push to this browser. Throws NoPushService, or a ParleyError where Parley was not reached. */
export async function subscribe({ requests, pushTarget }: Pushed, pushManager: PushManager): Promise<void> {
  const { webPushPublicKey } = await requests.ask(WebPushKeyDocument, {});
  const { endpoint, keys } = (await subscriptionFor(webPushPublicKey, pushManager)).toJSON();
  await pushTarget.register({ webPush: { endpoint: endpoint!, p256dh: keys!.p256dh!, auth: keys!.auth! } });
}

/** One that was made for another key is of no use any more. */
async function subscriptionFor(key: string, pushManager: PushManager): Promise<PushSubscription> {
  try {
    const current = await pushManager.getSubscription();
    if (current && keyOf(current) === key) return current;
    await current?.unsubscribe();
    return await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  } catch (error) {
    throw new NoPushService('The browser has not subscribed to its push service.', { cause: error });
  }
}

function keyOf({ options }: PushSubscription): string | null {
  if (!options.applicationServerKey) return null;
  const bytes = String.fromCharCode(...new Uint8Array(options.applicationServerKey));
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
