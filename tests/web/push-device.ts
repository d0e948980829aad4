import type { CDPSession } from 'playwright-core';
import type { PushAddress } from '../../platform/push/port.js';
import { waitFor } from '../wait-for.js';
import type { Visitor } from './visitor.js';

type WebPushAddress = Extract<PushAddress, { provider: 'WEB_PUSH' }>;

/** What a browser shows of a push. */
export interface Shown {
  title: string;
  body: string;
  tag: string;
}

/**
 * The push side of somebody's browser. A Chromium in a test reaches no push service: `subscribe` gives the address that the
 * test has, and what comes there is handed to the service worker through the DevTools protocol.
 */
export class PushDevice {
  private constructor(
    private readonly who: Visitor,
    private readonly devTools: CDPSession,
  ) {}

  /** Before the app is opened. The person agrees to notifications. */
  static async of(who: Visitor, address: WebPushAddress): Promise<PushDevice> {
    await who.context.grantPermissions(['notifications'], { origin: who.url });
    await who.context.addInitScript(`(${standIn})(${JSON.stringify(address)}, localStorage)`);
    const devTools = await who.context.newCDPSession(who.page);
    return new PushDevice(who, devTools);
  }

  /** A payload comes, as the push service has decrypted it. */
  async deliver(payload: string): Promise<void> {
    const { who, devTools } = this;
    const found = new Promise<string>((resolve) => {
      devTools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        const ours = registrations.find(({ scopeURL, isDeleted }) => scopeURL.startsWith(who.url) && !isDeleted);
        if (ours) resolve(ours.registrationId);
      });
    });
    await devTools.send('ServiceWorker.enable');
    const registrationId = await found;
    await devTools.send('ServiceWorker.deliverPushMessage', { origin: who.url, registrationId, data: payload });
    await devTools.send('ServiceWorker.disable');
  }

  /** Asked in a page of the origin. */
  shown(): Promise<Shown[]> {
    return this.who.page.evaluate(`navigator.serviceWorker.ready
      .then((registration) => registration.getNotifications())
      .then((all) => all.map(({ title, body, tag }) => ({ title, body, tag })))`);
  }

  async shows(...bodies: string[]): Promise<Shown[]> {
    const wanted = JSON.stringify(bodies);
    let shown: Shown[] = [];
    return waitFor(
      `notifications: ${wanted}`,
      async () => {
        shown = await this.shown();
        return JSON.stringify(shown.map(({ body }) => body)) === wanted && shown;
      },
      20_000,
      () => shown,
    );
  }

  /** Dispatches an event of the browser's in the service worker, which is awake after a push, and waits for what it does. */
  async dispatch(event: string): Promise<void> {
    const [worker] = this.who.context.serviceWorkers();
    await worker!.evaluate(`(async () => {
      const event = ${event};
      const waiting = new Promise((resolve) => Object.defineProperty(event, 'waitUntil', { value: resolve }));
      self.dispatchEvent(event);
      await waiting.catch(() => undefined);
    })()`);
  }

  /** In the service worker, from now on: the browser subscribes to this address. */
  async moveTo(address: WebPushAddress): Promise<void> {
    const [worker] = this.who.context.serviceWorkers();
    await worker!.evaluate(`(${standIn})(${JSON.stringify(address)}, { setItem() {}, getItem: () => null })`);
  }
}

/** Runs in the browser: a subscription that is kept where it is told, to the address that it is told. */
const standIn = `function ({ endpoint, p256dh, auth }, kept) {
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  const subscription = (key) => ({
    endpoint,
    options: { applicationServerKey: bytes(key).buffer },
    toJSON: () => ({ endpoint, keys: { p256dh, auth } }),
    unsubscribe: async () => (kept.removeItem('subscribed'), true),
  });
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    kept.setItem('subscribed', applicationServerKey);
    return subscription(applicationServerKey);
  };
  PushManager.prototype.getSubscription = async () => {
    const key = kept.getItem('subscribed');
    return key ? subscription(key) : null;
  };
}`;
