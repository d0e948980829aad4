import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { openDirect, say, sessionFields, signInElsewhere } from '../chat.js';
import { type Refused, type Device, type Session } from '../client.js';
import { Following, inboxEventsDocument } from '../following.js';
import { storiesOnParley } from '../story.js';
import { waitFor } from '../wait-for.js';

const story = storiesOnParley();
const errorFields = 'errors { code path message }';

const refresh = async (device: Device, refreshToken: string, clientMutationId: string = randomUUID()) =>
  (
    await device.mutate<{ session: Session }>(
      `mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { ${sessionFields} } }`,
      { input: { refreshToken, clientMutationId } },
    )
  ).session;

/** Both of its streams and its socket end within a second of `since`, and its token opens nothing any more. */
async function expectSignedOut(
  device: Device,
  streams: { ending: { at: number } | null }[],
  since: number,
): Promise<void> {
  await waitFor(
    'the streams and the socket have ended',
    () => streams.every(({ ending }) => ending) && !device.isConnected,
    3_000,
    () => ({
      endings: streams.map(({ ending }) => ending),
      closings: device.closings,
    }),
  );
  for (const { ending } of streams) expect(ending!.at - since).toBeLessThan(1_000);
  expect(device.closings.at(-1)!.at - since).toBeLessThan(1_000);
  const { data, errors } = await device.ask<{ viewer: null }>('{ viewer { email } }');
  expect([data?.viewer ?? null, errors[0]?.extensions?.code]).toEqual([null, 'UNAUTHENTICATED']);
  const again = device.subscribe(inboxEventsDocument);
  const ending = await again.waitForEnding();
  expect(again.values).toEqual([]);
  expect(ending.how).not.toBe('complete');
}

async function listening(device: Device, conversationId: string) {
  const following = await Following.start(device, conversationId);
  const inbox = device.subscribe<{ inboxEvents: { __typename: string } }>(inboxEventsDocument);
  await inbox.waitFor('InboxCaughtUp', ({ inboxEvents }) => inboxEvents.__typename === 'InboxCaughtUp');
  return [following, inbox];
}

story('a refresh gives a new session; a lost answer may be asked for again', async ({ person }) => {
  const ann = await person('Ann');
  const id = randomUUID();
  const old = ann.session.refreshToken;
  const fresh = await refresh(ann, old, id);
  expect(fresh.device.id).toBe(ann.session.device.id);
  expect(fresh.refreshToken).not.toBe(old);
  expect((await refresh(ann, old, id)).refreshToken).toBe(fresh.refreshToken);
  ann.session = fresh;
  expect(await ann.query('{ viewer { user { handle } } }')).toEqual({
    viewer: { user: { handle: ann.person.handle } },
  });
  ann.session = await refresh(ann, fresh.refreshToken);
  await ann.query('{ viewer { email } }');
});

story(
  'a refresh token used a second time signs the device out, and its socket ends; other devices go on',
  async ({ people, closing }) => {
    const [ann, bob] = await people('Ann', 'Bob');
    const phone = closing(await signInElsewhere(ann));
    const conversationId = await openDirect(bob, ann);
    const stolen = ann.session.refreshToken;
    ann.session = await refresh(ann, stolen);
    const streams = await listening(ann, conversationId);
    const onPhone = await Following.start(phone, conversationId);

    const refusal = await refresh(phone, stolen).catch((error: unknown) => error);
    const since = performance.now();
    expect((refusal as Refused).codes).toEqual(['WRONG_CREDENTIALS']);
    await expectSignedOut(ann, streams, since);
    // Neither does the newest token of that device work.
    expect(
      ((await refresh(phone, ann.session.refreshToken).catch((error: unknown) => error)) as Refused).codes,
    ).toEqual(['WRONG_CREDENTIALS']);
    await say(bob, conversationId, 'is it you?');
    await onPhone.untilMessage('is it you?');
  },
);

story('signing out ends the sockets of that device within a second', async ({ people, closing }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const phone = closing(await signInElsewhere(ann));
  const conversationId = await openDirect(bob, ann);
  const streams = await listening(ann, conversationId);
  const onPhone = await Following.start(phone, conversationId);
  await ann.mutate(`mutation { signOut { signedOutDeviceIds ${errorFields} } }`);
  await expectSignedOut(ann, streams, performance.now());
  await say(bob, conversationId, 'on the phone');
  await onPhone.untilMessage('on the phone');
  const { viewer } = await phone.query<{ viewer: { devices: { id: string }[] } }>('{ viewer { devices { id } } }');
  expect(viewer.devices).toEqual([{ id: phone.session.device.id }]);
});

story('signing out all other devices ends theirs, and leaves this one', async ({ people, closing }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const [phone, tablet] = [closing(await signInElsewhere(ann)), closing(await signInElsewhere(ann, 'IOS'))];
  const conversationId = await openDirect(bob, ann);
  const onPhone = await listening(phone, conversationId);
  const onTablet = await listening(tablet, conversationId);
  const following = await Following.start(ann, conversationId);
  const { signedOutDeviceIds } = await ann.mutate<{ signedOutDeviceIds: string[] }>(
    `mutation ($input: SignOutDevicesInput!) { signOutDevices(input: $input) { signedOutDeviceIds ${errorFields} } }`,
    { input: {} },
  );
  const since = performance.now();
  expect([...signedOutDeviceIds].sort()).toEqual([phone.session.device.id, tablet.session.device.id].sort());
  await Promise.all([expectSignedOut(phone, onPhone, since), expectSignedOut(tablet, onTablet, since)]);
  await say(bob, conversationId, 'only here');
  await following.untilMessage('only here');
});

story('nobody signs out the device of somebody else', async ({ people }) => {
  const [ann, mallory] = await people('Ann', 'Mallory');
  const { signedOutDeviceIds } = await mallory.mutate<{ signedOutDeviceIds: string[] }>(
    `mutation ($input: SignOutDevicesInput!) { signOutDevices(input: $input) { signedOutDeviceIds ${errorFields} } }`,
    { input: { deviceIds: [ann.session.device.id] } },
  );
  expect(signedOutDeviceIds).toEqual([]);
  await ann.query('{ viewer { email } }');
});
