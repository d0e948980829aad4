import { hasServiceWorkers, startServiceWorker } from './service-worker';
import { subscribe, type Pushed } from './subscription';

export type PushState =
  /** This browser cannot be pushed to, or not at this address. */
  | 'unsupported'
  /** The person has told the browser to show none. */
  | 'blocked'
  | 'off'
  | 'on';

/** Of this browser, for who is signed in. */
export async function pushStateOf({ pushTarget }: Pushed): Promise<PushState> {
  if (!isSupported()) return 'unsupported';
  if (Notification.permission === 'denied') return 'blocked';
  if (Notification.permission === 'default' || !(await pushTarget.isWanted())) return 'off';
  return (await subscription()) ? 'on' : 'off';
}

/**
 * Asks the person where the browser has to: call it at a press. What it has become is told by pushStateOf. Throws
 * NoPushService, or a ParleyError.
 */
export async function turnPushOn(pushed: Pushed): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') return;
  await alone(async () => {
    await startServiceWorker();
    const { pushManager } = await navigator.serviceWorker.ready;
    try {
      await subscribe(pushed, pushManager);
    } catch (error) {
      await end(pushed);
      throw error;
    }
  });
}

/** Nothing arrives any more, whether Parley can be reached or not. */
export const turnPushOff = (pushed: Pushed): Promise<void> => alone(() => end(pushed));

/** At the start of the app: a browser ends subscriptions as it likes, and keeps them for whoever signs in next. */
export async function keepPushUp(pushed: Pushed): Promise<void> {
  if (!isSupported()) return;
  await alone(async () => {
    if (!(await pushed.pushTarget.isWanted())) return unsubscribe();
    if (Notification.permission !== 'granted') return end(pushed);
    await subscribe(pushed, (await navigator.serviceWorker.ready).pushManager);
  });
}

/** After signing out: nothing of the person stays in sight. */
export async function leavePush(): Promise<void> {
  if (!isSupported()) return;
  await alone(unsubscribe);
  const registration = await navigator.serviceWorker.getRegistration();
  for (const shown of (await registration?.getNotifications()) ?? []) shown.close();
  await navigator.clearAppBadge?.();
}

const isSupported = (): boolean => hasServiceWorkers() && 'PushManager' in window && 'Notification' in window;

/** One tab after the other. */
const alone = <T>(work: () => Promise<T>): Promise<T> => navigator.locks.request('push', work);

async function subscription(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration();
  return (await registration?.pushManager.getSubscription()) ?? null;
}

async function unsubscribe(): Promise<void> {
  await (await subscription())?.unsubscribe();
}

/** Where Parley is not told, its push service will. */
async function end({ pushTarget }: Pushed): Promise<void> {
  await unsubscribe();
  await pushTarget.remove().catch(() => undefined);
}
