import { afterAll, expect } from '@jest/globals';
import { WebPushFixture } from '../../platform/push/web-push.fixture.js';
import { say, signInElsewhere } from '../chat.js';
import { acknowledge } from '../receipts.js';
import { waitFor } from '../wait-for.js';
import { violations } from './axe.js';
import { installedBrowser } from './browser.js';
import { PushDevice } from './push-device.js';
import { signUpBeforehand } from './signed-up.js';
import type { Visitor } from './visitor.js';
import { storiesInBrowsers } from './web-story.js';
import { openDirectTo } from './without-window.js';

const service = await WebPushFixture.start();
// Notifications are shown by a whole browser only.
const story = storiesInBrowsers({
  environment: { ...service.environment, PARLEY_PUSH_BURST_SECONDS: '1' },
  executable: installedBrowser(),
  hasServiceWorker: true,
});
afterAll(async () => {
  expect(service.complaints).toEqual([]);
  await service.goDown();
});

const settings = (who: Visitor) => who.page.goto(`${who.url}/settings/notifications`);
/** A page of the same origin that is not the app: nobody is online by it. */
const closeApp = (who: Visitor) => who.page.goto(`${who.url}/docs`);

/** The payload of the push of that number, the first is 1. */
const arrived = (address: ReturnType<WebPushFixture['newDevice']>, count: number) =>
  waitFor(`push ${count}`, () => service.arrivedAt(address)[count - 1]?.raw, 20_000);

story(
  'Ann turns push on: what Bob writes is shown, replaced, taken back, and leads to him',
  async ({ others, visitor }) => {
    const [bob] = await others('Bob Okafor');
    const ann = await visitor('Ann Berg');
    const address = service.newDevice();
    const device = await PushDevice.of(ann, address);
    const browser = await signUpBeforehand(ann);
    await settings(ann);
    await ann.page.getByText('Nothing is shown on this device').waitFor();
    await ann.press('Turn on here');
    await ann.page.getByText('This device shows new messages').waitFor();
    await ann.page.getByText('Show who writes, and what').click();
    expect(await violations(ann.page, 'push is on')).toEqual([]);
    const conversationId = await openDirectTo(bob, ann);
    await closeApp(ann);

    await say(bob, conversationId, 'Are you there?');
    await device.deliver(await arrived(address, 1));
    expect(await device.shows('Are you there?')).toMatchObject([{ title: 'Bob Okafor' }]);
    const { seq } = await say(bob, conversationId, 'Hello?');
    await device.deliver(await arrived(address, 2));
    await device.shows('Hello?');

    await acknowledge(await signInElsewhere(browser), conversationId, { readSeq: seq });
    const taken = await arrived(address, 3);
    expect(JSON.parse(taken)).toMatchObject({ alert: null, badge: 0 });
    await device.deliver(taken);
    await device.shows();

    await say(bob, conversationId, 'Call me');
    const last = await arrived(address, 4);
    await device.deliver(last);
    await device.shows('Call me');
    await ann.page.goto(ann.url);
    await ann.row('Bob Okafor').waitFor();
    const [notification] = ['(await registration.getNotifications())[0]'];
    await device.dispatch(`new NotificationEvent('notificationclick', { notification: ${notification} })`);
    await ann.isIn('Bob Okafor');
    await device.shows();

    await device.deliver(last);
    await device.shows('Call me');
    await ann.page.goto(`${ann.url}/settings/profile`);
    await ann.press('Sign out');
    await ann.page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    await device.shows();
    expect(await ann.page.evaluate(`localStorage.getItem('subscribed')`)).toBeNull();
    await device.dispatch(`new PushEvent('push', { data: ${JSON.stringify(last)} })`);
    expect(await device.shown()).toEqual([]);
  },
);

story('the browser gives Ann another address: it is told without the app', async ({ others, visitor }) => {
  const [bob] = await others('Bob Okafor');
  const ann = await visitor('Ann Berg');
  const [before, after] = [service.newDevice(), service.newDevice()];
  const device = await PushDevice.of(ann, before);
  await signUpBeforehand(ann);
  await settings(ann);
  await ann.press('Turn on here');
  await ann.page.getByText('This device shows new messages').waitFor();
  const conversationId = await openDirectTo(bob, ann);
  await closeApp(ann);
  await say(bob, conversationId, 'To the first');
  await device.deliver(await arrived(before, 1));
  await device.shows('New message');
  service.forget(before);
  await device.moveTo(after);
  await device.dispatch(`new ExtendableEvent('pushsubscriptionchange')`);
  await say(bob, conversationId, 'To the second');
  await device.deliver(await arrived(after, 1));
  await device.shows('New message');
});

story('Ann turns push off again: nothing is sent to her browser any more', async ({ others, visitor }) => {
  const [bob] = await others('Bob Okafor');
  const ann = await visitor('Ann Berg');
  const [address, phone] = [service.newDevice(), service.newDevice()];
  await PushDevice.of(ann, address);
  const other = await visitor('Ann Berg');
  await PushDevice.of(other, phone);
  await signUpBeforehand(ann);
  for (const each of [ann, other]) {
    await settings(each);
    if (each === other) {
      await other.page.getByLabel('E-mail or handle').fill(ann.handle);
      await other.page.getByLabel('Password').fill(ann.password);
      await other.press('Sign in');
    }
    await each.press('Turn on here');
    await each.page.getByText('This device shows new messages').waitFor();
  }
  await ann.page.reload();
  await ann.page.getByText('This device shows new messages').waitFor();
  await ann.page.getByRole('button', { name: 'Turn off here' }).focus();
  await ann.page.keyboard.press('Enter');
  await ann.page.getByText('Nothing is shown on this device').waitFor();
  expect(await ann.page.evaluate('document.activeElement.textContent')).toBe('Turn on here');
  const conversationId = await openDirectTo(bob, ann);
  await closeApp(ann);
  await closeApp(other);
  await say(bob, conversationId, 'Are you there?');
  await arrived(phone, 1);
  expect(service.arrivedAt(address)).toEqual([]);
});

story('where the browser cannot, or may not, the settings say so', async ({ visitor }) => {
  const ann = await visitor('Ann Berg');
  await signUpBeforehand(ann);
  await permit(ann, 'granted');
  await ann.context.addInitScript(
    `PushManager.prototype.subscribe = () => Promise.reject(new DOMException('push service not available', 'AbortError'))`,
  );
  await settings(ann);
  await ann.press('Turn on here');
  await ann.page.getByRole('alert').filter({ hasText: 'push service' }).waitFor();
  await ann.page.getByText('Nothing is shown on this device').waitFor();
  await permit(ann, 'denied');
  await ann.page.getByText('Allow notifications in its settings').waitFor();
  expect(await ann.page.getByRole('button', { name: 'Turn on here' }).count()).toBe(0);
  expect(await violations(ann.page, 'push is blocked')).toEqual([]);
  await ann.context.addInitScript('delete window.PushManager');
  await ann.page.reload();
  await ann.page.getByText('This browser cannot show messages').waitFor();
});

/** As by a choice in the browser's settings; it lasts as long as the DevTools session. */
async function permit({ context, page, url }: Visitor, setting: 'granted' | 'denied'): Promise<void> {
  const devTools = await context.newCDPSession(page);
  const { targetInfo } = await devTools.send('Target.getTargetInfo');
  const browser = await context.browser()!.newBrowserCDPSession();
  const { browserContextId } = targetInfo;
  await browser.send('Browser.setPermission', {
    permission: { name: 'notifications' },
    setting,
    origin: url,
    browserContextId,
  });
}
