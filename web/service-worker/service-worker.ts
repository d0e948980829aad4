/// <reference lib="webworker" />
import { asSignedIn, indexedDbStorage, type SignedIn } from '@parley/client/worker';
import { subscribe } from '../src/push/subscription';
import { openAt, show, takeBack, type Push, type Shown } from './notifications';
import { fetchShell, keepShell, forgetOldShells } from './shell';

declare const self: ServiceWorkerGlobalScope;

const { registration, clients } = self;
const asNow = <T>(work: (signedIn: SignedIn | null) => Promise<T>) =>
  asSignedIn({ url: self.location.origin, storage: indexedDbStorage() }, work);

/** In the order in which they came: what takes a message back must not be overtaken by it. */
let pushes = Promise.resolve();

self.addEventListener('push', (event) => {
  const push = event.data?.json() as Push | undefined;
  if (push) event.waitUntil((pushes = pushes.then(() => take(push)).catch(() => undefined)));
});

async function take(push: Push): Promise<void> {
  const isWanted = await asNow(async (signedIn) => (await signedIn?.pushTarget.isWanted()) ?? false);
  // It is for somebody who has signed out where Parley could not be told.
  if (!isWanted) return void (await (await registration.pushManager.getSubscription())?.unsubscribe());
  await (push.alert ? show(registration, push, push.alert) : takeBack(registration, push));
  await self.navigator.setAppBadge?.(push.badge);
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openAt(clients, (event.notification.data as Shown).path));
});

self.addEventListener('pushsubscriptionchange', (event) => (event as ExtendableEvent).waitUntil(renew()));

/** The browser has given the subscription up, or another key to it. What does not work now does when the app is opened. */
async function renew(): Promise<void> {
  await asNow(async (signedIn) => {
    if (signedIn && (await signedIn.pushTarget.isWanted())) await subscribe(signedIn, registration.pushManager);
  });
}

self.addEventListener('install', (event) => event.waitUntil(keepShell()));
self.addEventListener('activate', (event) => event.waitUntil(forgetOldShells()));
self.addEventListener('fetch', (event) => {
  const answer = fetchShell(event.request);
  if (answer) event.respondWith(answer);
});
