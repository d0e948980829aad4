import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { OidcIssuerFixture } from '../../platform/auth/oidc-issuer.fixture.js';
import type { Databases } from '../../platform/database/port.js';
import { openTestDatabases } from '../../platform/database/testing.js';
import { device, nobody, openUsers, password } from './testing.js';

let databases: Databases;
let issuer: OidcIssuerFixture;
let users: Awaited<ReturnType<typeof openUsers>>;
beforeAll(async () => {
  [databases, issuer] = await Promise.all([openTestDatabases(), OidcIssuerFixture.start()]);
  users = await openUsers(databases.directory, { oidcIssuers: [{ issuer: issuer.issuer, audiences: ['parley'] }] });
});
afterAll(() => Promise.all([databases.close(), issuer.stop()]));

const fields =
  'session { accessToken refreshToken } viewer { email emailVerifiedAt user { id handle displayName isVerified } }';
const enter = async (claims: Record<string, unknown>) =>
  users.mutate(nobody, 'signInWithOidc', { idToken: await issuer.idToken(claims), device }, fields);

test('the first use makes an account, later ones find it, whatever the issuer says of the person by then', async () => {
  const first = await enter({
    sub: '1',
    email: 'Ann@example.org',
    email_verified: true,
    name: 'Ann',
    preferred_username: 'Ann',
  });
  expect(first.errors).toEqual([]);
  expect(first.viewer).toMatchObject({
    email: 'ann@example.org',
    emailVerifiedAt: expect.any(String),
    user: { handle: 'ann', displayName: 'Ann', isVerified: true },
  });
  const again = await enter({ sub: '1', email: 'other@example.org', email_verified: true, name: 'Anna' });
  expect(again.viewer).toEqual(first.viewer);
  const person = await users.personOf(again.session);
  const events = await databases.directory.outbox.findMany({ where: { key: person.userId } });
  expect(events.map(({ payload }) => JSON.parse(payload).type)).toEqual(['UserSignedUp']);
});

test('other subgraphs learn who at which issuer somebody is', async () => {
  const { session, viewer } = await enter({ sub: 'employee 7', name: 'Kim' });
  const password = await users.signUp('without_identity');
  const document = `query ($representations: [_Any!]!) {
    _entities(representations: $representations) { ... on User { identities { issuer subject } } } }`;
  const representations = [viewer.user.id, password.publicId].map((id) => ({ __typename: 'User', id }));
  const { data } = await users.run(await users.personOf(session), document, { representations });
  expect(data._entities).toEqual([
    { identities: [{ issuer: issuer.issuer, subject: 'employee 7' }] },
    { identities: [] },
  ]);
});

test('several first uses at once make one account', async () => {
  const answers = await Promise.all([1, 2, 3, 4].map(() => enter({ sub: 'race', name: 'Race' })));
  expect(answers.map(({ errors }) => errors)).toEqual([[], [], [], []]);
  expect(new Set(answers.map(({ viewer }) => viewer.user.id)).size).toBe(1);
  expect(await databases.directory.device.count({ where: { user: { displayName: 'Race' } } })).toBe(4);
});

test('an account with the same address is not taken over, whoever made it first', async () => {
  const bob = await users.signUp('bob');
  const answer = await enter({ sub: 'bob', email: 'BOB@example.org', email_verified: true });
  expect(answer).toMatchObject({ session: null, viewer: null, errors: [{ code: 'EMAIL_TAKEN', path: ['idToken'] }] });
  expect(await databases.directory.oidcIdentity.count({ where: { userId: bob.userId } })).toBe(0);
});

test('an address that the issuer did not verify is not taken for the person', async () => {
  await users.signUp('cleo');
  const { viewer } = await enter({ sub: 'cleo', email: 'cleo@example.org', email_verified: false });
  expect(viewer).toMatchObject({ email: null, emailVerifiedAt: null, user: { isVerified: false } });
});

test('a handle that is taken, reserved or impossible gives way to another', async () => {
  await users.signUp('dan');
  for (const [sub, preferred_username, pattern] of [
    ['d1', 'dan', /^dan_[0-9a-f]{8}$/],
    ['d2', 'deleted_1', /^user_[0-9a-f]{8}$/],
    ['d3', 'é', /^user_[0-9a-f]{8}$/],
    ['d4', 'Dan van der Meer', /^dan_van_der_meer$/],
    ['d5', 'x'.repeat(99), /^x{30}$/],
    ['d6', undefined, /^user_[0-9a-f]{8}$/],
  ] as const)
    expect((await enter({ sub, preferred_username })).viewer.user.handle).toMatch(pattern);
});

test('what is no good id token is refused, and leaves no account', async () => {
  const before = await databases.directory.user.count();
  for (const idToken of [
    'junk',
    await issuer.idToken({ sub: 'x', aud: 'other' }),
    await issuer.idToken({ sub: 'x' }, -60),
  ]) {
    const { session, errors } = await users.mutate(nobody, 'signInWithOidc', { idToken, device }, fields);
    expect([session, errors]).toMatchObject([null, [{ code: 'WRONG_CREDENTIALS', path: ['idToken'] }]]);
  }
  expect(await databases.directory.user.count()).toBe(before);
});

test('without a password: nothing to change, nothing needed to leave; and the identity is free again', async () => {
  const { session, viewer } = await enter({ sub: 'eve', preferred_username: 'eve' });
  const eve = await users.personOf(session);
  const change = { currentPassword: password, newPassword: 'a new password' };
  expect((await users.mutate(eve, 'changePassword', change, '')).errors[0].code).toBe('WRONG_CREDENTIALS');
  const resend = await users.run(eve, 'mutation { resendEmailVerification { errors { code } } }');
  expect(resend.data.resendEmailVerification.errors).toEqual([{ code: 'NOT_FOUND' }]);
  expect((await users.mutate(eve, 'deleteAccount', {}, '')).errors).toEqual([]);
  const again = await enter({ sub: 'eve', preferred_username: 'eve' });
  expect(again.viewer.user.id).not.toBe(viewer.user.id);
});

test('a suspended person does not get in this way either', async () => {
  const { session } = await enter({ sub: 'fay' });
  const { userId } = await users.personOf(session);
  await databases.directory.user.update({ where: { userId }, data: { suspendedAt: new Date() } });
  expect((await enter({ sub: 'fay' })).errors).toMatchObject([{ code: 'ACCOUNT_SUSPENDED', path: ['idToken'] }]);
});
