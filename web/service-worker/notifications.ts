import { isOfApp } from './app-paths';
import type { OpenMessage } from '../src/push/open-message';

/** As platform/push/web-push.ts sends it: a Push of platform/push/port.ts. */
export interface Push {
  collapseKey: string;
  alert: { title: string; body: string } | null;
  badge: number;
  data: { conversationId: string; messageId?: string };
}

/** What a notification knows of the message that it is about. */
export interface Shown {
  path: string;
  messageId: string | undefined;
}

/** Whatever is shown of the conversation makes room. The same push once more makes no sound. */
export async function show(
  registration: ServiceWorkerRegistration,
  { collapseKey, data: { conversationId, messageId } }: Push,
  { title, body }: { title: string; body: string },
): Promise<void> {
  const [before] = await registration.getNotifications({ tag: collapseKey });
  const isRepeated = messageId !== undefined && (before?.data as Shown | undefined)?.messageId === messageId;
  const data: Shown = { path: `/c/${encodeURIComponent(conversationId)}`, messageId };
  const options = { body, tag: collapseKey, icon: '/icon-192.png', data, renotify: !isRepeated };
  await registration.showNotification(title, options);
}

/**
 * It is shown once more without a sound before it goes: some browsers end the subscription of whoever shows nothing at a
 * push.
 */
export async function takeBack(registration: ServiceWorkerRegistration, { collapseKey }: Push): Promise<void> {
  for (const { title, body, tag, data } of await registration.getNotifications({ tag: collapseKey }))
    await registration.showNotification(title, { body, tag, data: data as Shown, silent: true });
  for (const shown of await registration.getNotifications({ tag: collapseKey })) shown.close();
}

/** In a window that has the app open, the one that the person used last; else in a new one. */
export async function openAt(clients: Clients, path: string): Promise<void> {
  const windows = await clients.matchAll({ type: 'window', includeUncontrolled: true });
  const app = windows.find(({ url }) => isOfApp(new URL(url).pathname));
  if (!app) return void (await clients.openWindow(path));
  app.postMessage({ type: 'open', path } satisfies OpenMessage);
  await app.focus();
}
