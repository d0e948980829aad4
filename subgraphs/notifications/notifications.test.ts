import { createECDH, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { toPublicId } from '../../platform/ids/ids.js';
import { dev, openNotifications } from './testing.js';

let notifications: Awaited<ReturnType<typeof openNotifications>>;
beforeAll(async () => {
  notifications = await openNotifications();
});
afterAll(() => notifications?.close());

const apnsToken = () => randomBytes(32).toString('hex');
const fcmToken = () => `${randomBytes(16).toString('base64url')}:${randomBytes(60).toString('base64url')}`;
function webPush() {
  const keys = createECDH('prime256v1');
  keys.generateKeys();
  return {
    endpoint: `https://push.example.org/${randomBytes(16).toString('base64url')}`,
    p256dh: keys.getPublicKey('base64url'),
    auth: randomBytes(16).toString('base64url'),
  };
}
const register = (person: Parameters<typeof notifications.change>[0], input: Record<string, unknown>) =>
  notifications.change(person, 'registerPushTarget', input, 'pushTarget { id provider deviceId invalidAt }');

describe('a push target', () => {
  test('of each provider is registered for the device that asks', async () => {
    const ann = await notifications.somebody();
    for (const [provider, input] of Object.entries({
      FCM: { fcmToken: fcmToken() },
      APNS: { apnsToken: apnsToken() },
      WEB_PUSH: { webPush: webPush() },
    }))
      expect(await register(ann, input)).toMatchObject({
        pushTarget: { provider, deviceId: dev(ann), invalidAt: null },
        refusals: [],
      });
    expect((await notifications.targetsOf(ann)).map(({ provider }) => provider)).toEqual(['FCM', 'APNS', 'WEB_PUSH']);
  });

  test('is the same one when it is registered again, and works again', async () => {
    const ann = await notifications.somebody();
    const apns = { apnsToken: apnsToken() };
    const first = await register(ann, apns);
    await notifications.directory.pushTarget.updateMany({
      where: { userId: ann.userId },
      data: { invalidAt: new Date() },
    });
    const phone = await notifications.elsewhere(ann.userId);
    const again = await register(phone, { apnsToken: apns.apnsToken.toUpperCase() });
    expect(again.pushTarget).toEqual({ ...first.pushTarget, deviceId: dev(phone) });
    expect(await notifications.targetsOf(ann)).toHaveLength(1);
  });

  test('moves to whoever registers its address', async () => {
    const [ann, bob] = [await notifications.somebody(), await notifications.somebody()];
    const apns = { apnsToken: apnsToken() };
    const first = await register(ann, apns);
    const moved = await register(bob, apns);
    expect(moved.pushTarget.id).not.toBe(first.pushTarget.id);
    expect(await notifications.targetsOf(ann)).toEqual([]);
    expect(await notifications.targetsOf(bob)).toHaveLength(1);
    const refused = await notifications.change(
      ann,
      'removePushTarget',
      { pushTargetId: moved.pushTarget.id },
      'pushTarget { id }',
    );
    expect(refused).toEqual({ pushTarget: null, refusals: ['NOT_FOUND pushTargetId'] });
  });

  test('is removed once', async () => {
    const ann = await notifications.somebody();
    const { pushTarget } = await register(ann, { fcmToken: fcmToken() });
    const remove = () =>
      notifications.change(ann, 'removePushTarget', { pushTargetId: pushTarget.id }, 'pushTarget { id provider }');
    expect(await remove()).toEqual({ pushTarget: { id: pushTarget.id, provider: 'FCM' }, refusals: [] });
    expect(await remove()).toEqual({ pushTarget: null, refusals: ['NOT_FOUND pushTargetId'] });
  });

  test('is one of twenty: the oldest makes room, one that is gone before it', async () => {
    const ann = await notifications.somebody();
    const ids: string[] = [];
    for (let i = 0; i < 20; i++) ids.push((await register(ann, { apnsToken: apnsToken() })).pushTarget.id);
    await notifications.directory.pushTarget.updateMany({
      where: { userId: ann.userId, createdAt: (await notifications.targetsOf(ann))[7].createdAt },
      data: { invalidAt: new Date() },
    });
    await register(ann, { apnsToken: apnsToken() });
    await register(ann, { apnsToken: apnsToken() });
    const left = (await notifications.targetsOf(ann)).map(({ id }) => id as string);
    expect(left).toHaveLength(20);
    expect(ids.filter((id) => !left.includes(id))).toEqual([ids[0], ids[7]]);
  });

  test('is not registered for a device that is signed out', async () => {
    const ann = await notifications.somebody();
    await notifications.directory.device.update({
      where: { deviceId: ann.deviceId },
      data: { signedOutAt: new Date() },
    });
    const { errors } = await notifications.run(
      ann,
      'mutation ($token: String) { registerPushTarget(input: { apnsToken: $token }) { pushTarget { id } } }',
      { token: apnsToken() },
    );
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  test.each([
    ['nothing', {}, 'INVALID_INPUT'],
    ['two', { fcmToken: 'x'.repeat(40), apnsToken: 'ab'.repeat(32) }, 'INVALID_INPUT apnsToken'],
    ['a short token', { fcmToken: 'short' }, 'INVALID_INPUT fcmToken'],
    ['a token with a space', { fcmToken: `a b${'x'.repeat(40)}` }, 'INVALID_INPUT fcmToken'],
    ['a token that is not hexadecimal', { apnsToken: 'xy'.repeat(32) }, 'INVALID_INPUT apnsToken'],
    [
      'plain HTTP',
      { webPush: { ...webPush(), endpoint: 'http://push.example.org/a' } },
      'INVALID_INPUT webPush endpoint',
    ],
    [
      'a private address',
      { webPush: { ...webPush(), endpoint: 'https://10.0.0.1/a' } },
      'INVALID_INPUT webPush endpoint',
    ],
    [
      'a name of this machine',
      { webPush: { ...webPush(), endpoint: 'https://localhost/a' } },
      'INVALID_INPUT webPush endpoint',
    ],
    [
      'credentials',
      { webPush: { ...webPush(), endpoint: 'https://a:b@push.example.org/' } },
      'INVALID_INPUT webPush endpoint',
    ],
    ['no URL', { webPush: { ...webPush(), endpoint: 'push' } }, 'INVALID_INPUT webPush endpoint'],
    ['a short key', { webPush: { ...webPush(), p256dh: 'AAAA' } }, 'INVALID_INPUT webPush p256dh'],
    ['a short secret', { webPush: { ...webPush(), auth: 'AAAA' } }, 'INVALID_INPUT webPush auth'],
  ])('is refused with %s', async (_what, input, refusal) => {
    const ann = await notifications.somebody();
    expect(await register(ann, input)).toEqual({ pushTarget: null, refusals: [refusal] });
  });

  test('is refused where this Parley has no keys for its provider', async () => {
    const without = await openNotifications(['FCM']);
    const ann = await without.somebody();
    expect(await without.change(ann, 'registerPushTarget', { fcmToken: fcmToken() }, 'pushTarget { id }')).toEqual({
      pushTarget: null,
      refusals: ['INVALID_INPUT fcmToken'],
    });
    await without.close();
  });
});

describe('notification settings', () => {
  const fields = 'push email emailAfterMinutes showPreview quietHours { from to timeZone }';
  const update = (person: Parameters<typeof notifications.change>[0], input: Record<string, unknown>) =>
    notifications.change(person, 'updateNotificationSettings', input, `settings { ${fields} }`);

  test('are the defaults at first; what is left out stays, and null clears quiet hours', async () => {
    const ann = await notifications.somebody();
    const { data } = await notifications.run(
      ann,
      `{ viewer { id notificationSettings { ${fields} } } webPushPublicKey }`,
    );
    const defaults = {
      push: 'ALL',
      email: 'MENTIONS_AND_DIRECT',
      emailAfterMinutes: 60,
      showPreview: false,
      quietHours: null,
    };
    expect(data).toEqual({
      viewer: { id: toPublicId('viewer', ann.userId), notificationSettings: defaults },
      webPushPublicKey: 'the-key',
    });
    const quietHours = { from: '22:00', to: '07:30', timeZone: 'Europe/Berlin' };
    expect((await update(ann, { quietHours })).settings).toEqual({ ...defaults, quietHours });
    expect((await update(ann, { push: 'NONE', emailAfterMinutes: 0 })).settings).toEqual({
      ...defaults,
      push: 'NONE',
      emailAfterMinutes: 0,
      quietHours,
    });
    const { settings } = await update(ann, { quietHours: null, showPreview: true, push: null });
    expect(settings).toEqual({ ...defaults, push: 'NONE', emailAfterMinutes: 0, showPreview: true });
    expect((await update(ann, {})).settings).toEqual(settings);
  });

  test.each([
    ['a time that is none', { from: '24:00', to: '07:00', timeZone: 'UTC' }, 'quietHours from'],
    ['a time without its zero', { from: '22:00', to: '7:00', timeZone: 'UTC' }, 'quietHours to'],
    ['no time at all', { from: '22:00', to: '22:00', timeZone: 'UTC' }, 'quietHours to'],
    ['a zone that is none', { from: '22:00', to: '07:00', timeZone: 'Mars/Olympus' }, 'quietHours timeZone'],
    ['an offset', { from: '22:00', to: '07:00', timeZone: '+01:00' }, 'quietHours timeZone'],
  ])('refuse %s', async (_what, quietHours, path) => {
    const ann = await notifications.somebody();
    expect(await update(ann, { quietHours })).toEqual({ settings: null, refusals: [`INVALID_INPUT ${path}`] });
  });

  test('refuse more minutes than a week has', async () => {
    const ann = await notifications.somebody();
    for (const emailAfterMinutes of [-1, 10_081])
      expect((await update(ann, { emailAfterMinutes })).refusals).toEqual(['INVALID_INPUT emailAfterMinutes']);
  });

  test('stop letters for whoever follows the link in one, twice too', async () => {
    const ann = await notifications.somebody();
    await notifications.subgraph.mailPreferences.stopDigests(ann.userId);
    await notifications.subgraph.mailPreferences.stopDigests(ann.userId);
    expect((await update(ann, {})).settings).toMatchObject({ push: 'ALL', email: 'NONE' });
  });
});

test('nobody sees or changes anything of somebody else', async () => {
  const [ann, eve] = [await notifications.somebody(), await notifications.somebody()];
  await register(ann, { apnsToken: apnsToken() });
  const entity = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Viewer { pushTargets { id } } } }';
  const variables = { r: [{ __typename: 'Viewer', id: toPublicId('viewer', ann.userId) }] };
  expect((await notifications.run(ann, entity, variables)).data._entities[0].pushTargets).toHaveLength(1);
  expect((await notifications.run(eve, entity, variables)).data._entities).toEqual([null]);
  const nobody = { kind: 'nobody' as const, startedAt: Date.now() };
  expect(JSON.stringify(await notifications.run(nobody, entity, variables))).toContain('UNAUTHENTICATED');
});
