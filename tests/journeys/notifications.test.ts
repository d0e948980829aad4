import { randomUUID } from 'node:crypto';
import { afterAll, expect } from '@jest/globals';
import type { ArrivedPush, ProviderFixture } from '../../platform/push/provider.fixture.js';
import type { PushAddress } from '../../platform/push/port.js';
import { createGroup, openDirect, say, sayAll, signInElsewhere } from '../chat.js';
import { ask, type Device } from '../client.js';
import {
  comeOnline,
  lettersTo,
  muteConversation,
  pushTargetsOf,
  registerPush,
  updateNotificationSettings,
  verifyEmail,
} from '../notifications.js';
import { setPresence } from '../presence.js';
import { PushProviders } from '../push-providers.js';
import { acknowledge } from '../receipts.js';
import { storiesOnParley, type Stage } from '../story.js';
import { eventually, waitFor } from '../wait-for.js';

const providers = await PushProviders.start();
const story = storiesOnParley(
  {
    ...providers.environment,
    PARLEY_PUSH_BURST_SECONDS: '1.5',
    PARLEY_PUSH_CHECK_SECONDS: '4',
    PARLEY_EMAIL_DIGEST_SECONDS: '1',
  },
  'alone',
);
afterAll(async () => {
  expect(providers.complaints).toEqual([]);
  await providers.stop();
});

/** A phone that is woken through a provider, and what came to it. */
class Phone {
  private constructor(
    readonly address: PushAddress,
    private readonly provider: ProviderFixture,
  ) {}

  static async of(device: Device, provider: ProviderFixture = providers.apns): Promise<Phone> {
    const phone = new Phone(provider.newDevice(), provider);
    await registerPush(device, phone.address);
    return phone;
  }

  get arrived(): ArrivedPush[] {
    return this.provider.arrivedAt(this.address);
  }

  get bodies(): (string | null)[] {
    return this.arrived.map(({ alert }) => alert?.body ?? null);
  }

  /** Resolves once so many pushes have come. */
  until(count: number, limit = 15_000): Promise<ArrivedPush[]> {
    return waitFor(
      `${count} pushes`,
      () => this.arrived.length >= count && this.arrived,
      limit,
      () => this.bodies,
    );
  }
}

/**
 * Resolves once whatever is pushed because of what was said before has been pushed: somebody whose socket takes nothing is
 * told after the check, and everybody else before that.
 */
async function untilAllArePushed(stage: Stage): Promise<void> {
  const [watcher, other] = await stage.people('Watcher', 'Other');
  const phone = await Phone.of(watcher);
  await comeOnline(watcher);
  await say(other, await openDirect(other, watcher), 'the last');
  await phone.until(1);
}

const burst = (sender: Device, conversationId: string, bodies: string[]) =>
  Promise.all(bodies.map((body) => say(sender, conversationId, body)));

story(
  'who is offline gets one push for each conversation and burst on every device, without what was said',
  async (stage) => {
    const [ann, bob] = await stage.people('Ann', 'Bob');
    const phones = await Promise.all(providers.all.map((provider) => Phone.of(bob, provider)));
    const direct = await openDirect(ann, bob);
    const group = await createGroup(ann, 'Team', [bob]);
    await Promise.all([
      burst(ann, direct, ['secret one', 'secret two', 'secret three']),
      burst(ann, group, ['secret four']),
    ]);
    for (const phone of phones) {
      const pushes = await phone.until(2);
      expect(pushes.map(({ data }) => data.conversationId).sort()).toEqual([direct, group].sort());
      expect(pushes.map(({ alert }) => alert?.body)).toEqual(['New message', 'New message']);
      expect(pushes.map(({ raw }) => raw).join()).not.toMatch(/secret|Ann|Team/);
    }
    const { viewer } = await bob.query<{ viewer: { unreadCount: number } }>('{ viewer { unreadCount } }');
    expect(phones[0]!.arrived.at(-1)?.badge).toBe(viewer.unreadCount);
    expect(viewer.unreadCount).toBe(4);
    await untilAllArePushed(stage);
    expect(phones.map(({ arrived }) => arrived.length)).toEqual([2, 2, 2]);
    expect((await pushTargetsOf(bob)).every(({ lastDeliveredAt }) => lastDeliveredAt !== null)).toBe(true);
    // The next burst takes the place of the last one.
    await say(ann, direct, 'secret five');
    await phones[0]!.until(3);
    expect(
      providers.apns
        .shownAt(phones[0]!.address)
        .map(({ data }) => data.conversationId)
        .sort(),
    ).toEqual([direct, group].sort());
  },
  60_000,
);

story('who wants to sees who wrote and what, which only their browser can decrypt', async ({ people }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const phones = await Promise.all(providers.all.map((provider) => Phone.of(bob, provider)));
  const { webPushPublicKey } = await bob.query<{ webPushPublicKey: string }>('{ webPushPublicKey }');
  expect(Buffer.from(webPushPublicKey, 'base64url')).toHaveLength(65);
  await updateNotificationSettings(bob, { showPreview: true });
  await say(ann, await openDirect(ann, bob), 'Grüße, 山田さん');
  for (const phone of phones)
    expect((await phone.until(1))[0]?.alert).toEqual({ title: 'Ann', body: 'Grüße, 山田さん' });
});

story(
  'who is there gets none, who is away one, and whose connection is dead one after a while',
  async (stage) => {
    const [ann, here, away, dead] = await stage.people('Ann', 'Here', 'Away', 'Dead');
    const phones = {
      here: await Phone.of(here),
      away: await Phone.of(away),
      dead: await Phone.of(dead),
    };
    const group = await createGroup(ann, 'Team', [here, away, dead]);
    await Promise.all([here, away, dead].map(comeOnline));
    await setPresence(away, 'AWAY');
    const { seq } = await say(ann, group, 'hello');
    await Promise.all([here, away].map((device) => acknowledge(device, group, { deliveredSeq: seq })));
    await phones.away.until(1);
    expect(phones.dead.arrived).toEqual([]);
    await phones.dead.until(1);
    await untilAllArePushed(stage);
    expect([phones.here, phones.away, phones.dead].map(({ arrived }) => arrived.length)).toEqual([0, 1, 1]);
  },
  60_000,
);

story(
  'who has muted it, wants mentions only, or has quiet hours is left alone',
  async (stage) => {
    const [ann, muted, picky, asleep] = await stage.people('Ann', 'Muted', 'Picky', 'Asleep');
    const phones = await Promise.all([muted, picky, asleep].map((device) => Phone.of(device)));
    const group = await createGroup(ann, 'Team', [muted, picky, asleep]);
    await eventually(() => muteConversation(muted, group));
    await updateNotificationSettings(picky, { push: 'MENTIONS_AND_DIRECT', showPreview: true });
    const clock = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
    await updateNotificationSettings(asleep, { quietHours: { from: clock(-2), to: clock(2), timeZone: 'UTC' } });
    await say(ann, group, 'hello');
    await untilAllArePushed(stage);
    expect(phones.map(({ arrived }) => arrived.length)).toEqual([0, 0, 0]);
    const sent = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } errors { code message } } }`;
    const body = `@${picky.person.handle} look`;
    const mentions = [{ userId: picky.userId, start: 0, end: picky.person.handle.length + 1 }];
    await ann.mutate(sent, { input: { conversationId: group, clientMessageId: randomUUID(), body, mentions } });
    await phones[1]!.until(1);
    expect(phones[1]!.bodies).toEqual([body]);
    await updateNotificationSettings(asleep, { quietHours: null });
    await eventually(() => muteConversation(muted, group, false));
    await say(ann, group, 'good morning');
    await Promise.all([phones[0]!.until(1), phones[2]!.until(1)]);
    expect(phones.map(({ arrived }) => arrived.length)).toEqual([1, 1, 1]);
  },
  60_000,
);

story('a device that its provider knows no more is not tried again', async (stage) => {
  const [ann, bob] = await stage.people('Ann', 'Bob');
  const [gone, kept] = [await Phone.of(bob, providers.fcm), await Phone.of(bob)];
  providers.fcm.forget(gone.address);
  const direct = await openDirect(ann, bob);
  await say(ann, direct, 'one');
  await kept.until(1);
  await eventually(async () =>
    expect((await pushTargetsOf(bob)).map(({ provider, invalidAt }) => [provider, invalidAt !== null])).toEqual([
      ['FCM', true],
      ['APNS', false],
    ]),
  );
  const { requests } = providers.fcm;
  await say(ann, direct, 'two');
  await kept.until(2);
  expect(providers.fcm.requests).toBe(requests);
  expect(gone.arrived).toEqual([]);
});

story(
  'a provider that was down is given everything once it is back, one for each conversation',
  async (stage) => {
    const [ann, bob, cleo] = await stage.people('Ann', 'Bob', 'Cleo');
    const phones = [await Phone.of(bob, providers.webPush), await Phone.of(cleo, providers.webPush)];
    const other = await Phone.of(bob);
    const group = await createGroup(ann, 'Team', [bob, cleo]);
    const direct = await openDirect(ann, bob);
    await providers.webPush.goDown();
    try {
      await burst(ann, group, ['one', 'two']);
      await say(ann, direct, 'three');
      await other.until(2);
      // It fails again and again meanwhile, until the breaker opens.
      await say(ann, group, 'four');
      await other.until(3);
    } finally {
      await providers.webPush.comeUp();
    }
    await phones[0]!.until(2, 45_000);
    await phones[1]!.until(1, 45_000);
    await untilAllArePushed(stage);
    expect(phones.map(({ arrived }) => arrived.length)).toEqual([2, 1]);
    expect(other.arrived.length).toBe(3);
  },
  120_000,
);

story(
  'what is read on another device is taken back, by those too who hide what they read',
  async ({ people, closing }) => {
    const [ann, bob] = await people('Ann', 'Bob');
    const phone = await Phone.of(bob);
    const laptop = closing(await signInElsewhere(bob, 'WEB'));
    const direct = await openDirect(ann, bob);
    const read = async (seq: number) => acknowledge(laptop, direct, { readSeq: seq });
    const [, last] = await sayAll(ann, direct, ['one', 'two']);
    await phone.until(1);
    await read(last!.seq);
    const [, cleared] = await phone.until(2);
    expect(cleared).toMatchObject({ alert: null, badge: 0, collapseKey: phone.arrived[0]!.collapseKey });
    expect(providers.apns.shownAt(phone.address)).toEqual([]);
    await bob.mutate(
      'mutation { updatePrivacy(input: { readReceipts: false }) { viewer { id } errors { code message } } }',
    );
    const { seq } = await say(ann, direct, 'three');
    await phone.until(3);
    await read(seq);
    expect((await phone.until(4)).at(-1)?.alert).toBeNull();
  },
  60_000,
);

story(
  'a device that signs out is woken no more',
  async (stage) => {
    const [ann, bob] = await stage.people('Ann', 'Bob');
    const tablet = stage.closing(await signInElsewhere(bob));
    const [kept, gone] = [await Phone.of(bob), await Phone.of(tablet)];
    expect(await pushTargetsOf(bob)).toHaveLength(2);
    await tablet.mutate('mutation { signOut { signedOutDeviceIds errors { code message } } }');
    expect((await pushTargetsOf(bob)).map(({ deviceId }) => deviceId)).toEqual([bob.session.device.id]);
    await say(ann, await openDirect(ann, bob), 'hello');
    await kept.until(1);
    await untilAllArePushed(stage);
    expect(gone.arrived).toEqual([]);
  },
  60_000,
);

story(
  'who stays away gets a letter a day of each conversation, and stops them by its link alone',
  async (stage) => {
    const { parley } = stage;
    const [ann, bob, unverified] = await stage.people('Ann', 'Bob', 'Unverified');
    const subject = /^Subject: .*unread/m;
    await verifyEmail(parley, bob);
    for (const device of [bob, unverified]) await updateNotificationSettings(device, { emailAfterMinutes: 0 });
    await say(ann, await openDirect(ann, unverified), 'secret');
    const direct = await openDirect(ann, bob);
    await burst(ann, direct, ['secret <b>one</b>', 'secret two']);
    const letter = await waitFor('a letter', () => lettersTo(parley, bob, subject)[0], 15_000);
    expect(letter).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
    expect(letter).toMatch(/^Content-Type: text\/plain[^]*^Content-Type: text\/html/m);
    expect(letter).not.toMatch(/secret|Ann/);
    const link = /^List-Unsubscribe:\s+<([^>]+)>/m.exec(letter.replaceAll(/\r\n[ \t]+/g, ''))![1]!;

    const group = await createGroup(ann, 'Team', [bob]);
    await updateNotificationSettings(bob, { showPreview: true, email: 'ALL' });
    await say(ann, direct, 'the same day');
    await say(ann, group, 'first <b>here</b>');
    const second = await waitFor('a letter of the other one', () => lettersTo(parley, bob, subject)[1], 15_000);
    expect(second).toMatch(/Team[^]*Ann: first <b>here<\/b>/);
    expect(second).toContain('Ann: first &lt;b&gt;here&lt;/b&gt;');
    expect(second).not.toContain('the same day');

    // A mail scanner follows links; it changes nothing.
    const page = await fetch(link);
    expect([page.status, (await page.text()).includes('<form method="post">')]).toEqual([200, true]);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const settings = async () =>
      (
        await bob.query<{ viewer: { notificationSettings: { email: string } } }>(
          '{ viewer { notificationSettings { email } } }',
        )
      ).viewer.notificationSettings.email;
    expect(await settings()).toBe('ALL');
    expect((await fetch(`${link}x`, { method: 'POST' })).status).toBe(404);
    expect(await settings()).toBe('ALL');
    const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
    for (let i = 0; i < 2; i++)
      expect((await fetch(link, { method: 'POST', body, redirect: 'error' })).status).toBe(200);
    expect(await settings()).toBe('NONE');
    expect(lettersTo(parley, unverified, subject)).toEqual([]);
  },
  60_000,
);

story('a stranger finds no target and no setting of anybody', async ({ parley, people }) => {
  const [ann, eve] = await people('Ann', 'Eve');
  const phone = await Phone.of(ann);
  const [target] = await pushTargetsOf(ann);
  const remove = `mutation ($id: ID!) { removePushTarget(input: { pushTargetId: $id }) { pushTarget { id } errors { code path } } }`;
  const { data } = await eve.ask(remove, { id: target!.id });
  expect(data).toEqual({
    removePushTarget: { pushTarget: null, errors: [{ code: 'NOT_FOUND', path: ['pushTargetId'] }] },
  });
  expect(await pushTargetsOf(eve)).toEqual([]);
  const { errors } = await ask(parley.url, '{ viewer { pushTargets { id } notificationSettings { push } } }');
  expect(errors[0]?.extensions?.code).toBe('UNAUTHENTICATED');
  // The app on this phone is Eve's now.
  await registerPush(eve, phone.address);
  expect(await pushTargetsOf(ann)).toEqual([]);
  await say(eve, await openDirect(eve, ann), 'hello');
  await say(ann, await openDirect(ann, eve), 'hello yourself');
  await phone.until(1);
  expect(phone.arrived).toHaveLength(1);
});
