import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Databases } from '../../platform/database/port.js';
import { openTestDatabases } from '../../platform/database/testing.js';
import { keys } from '../../schema/live.js';
import { waitFor } from '../../tests/wait-for.js';
import { loadSignedIn } from './subgraph.js';
import { device, nobody, openUsers, password, type TestPerson } from './testing.js';

let databases: Databases;
let users: Awaited<ReturnType<typeof openUsers>>;
beforeAll(async () => {
  databases = await openTestDatabases();
  users = await openUsers(databases.directory);
});
afterAll(() => databases.close());

const VIEWER = 'viewer { email emailVerifiedAt user { isVerified } }';
const SESSION = 'session { accessToken refreshToken device { id } } viewer { user { handle } }';

const verify = (person: TestPerson, code: string) => users.mutate(person, 'verifyEmail', { code }, VIEWER);
const reset = (token: string, newPassword: string) =>
  users.mutate(nobody, 'resetPassword', { token, newPassword, device }, SESSION);
const signIn = (login: string, secret: string) =>
  users.mutate(nobody, 'signIn', { login, password: secret, device }, SESSION);
async function resend(person: TestPerson) {
  const document = `mutation { resendEmailVerification { ${VIEWER} errors { code path retryAt } } }`;
  return (await users.run(person, document)).data.resendEmailVerification;
}

const lettersTo = (address: string) => users.letters.filter(({ to }) => to === address);
const codeFor = (handle: string) => users.actionFor(`${handle}@example.org`, 'code');
/** Asks for a letter, and waits for it. */
async function resetToken(handle: string): Promise<string> {
  const address = `${handle}@example.org`;
  const before = lettersTo(address).length;
  await users.mutate(nobody, 'requestPasswordReset', { email: address }, '');
  await waitFor('one more letter', () => lettersTo(address).length > before);
  const { action } = lettersTo(address).at(-1)!;
  const [base, token = ''] = action!.split('#token=');
  expect(base).toBe('https://chat.example.org/reset-password');
  return token;
}
const codeRow = (userId: string, purpose: string) => ({ where: { userId_purpose: { userId, purpose } } });
const signedInNow = async (deviceId: string) => (await loadSignedIn(databases.directory)([deviceId])).has(deviceId);

test('signing up mails a code, which verifies the address however it is typed, and again', async () => {
  const ann = await users.signUp('ann');
  const before = await users.run(ann, `{ ${VIEWER} }`);
  expect(before.data.viewer).toEqual({
    email: 'ann@example.org',
    emailVerifiedAt: null,
    user: { isVerified: false },
  });
  const code = await codeFor('ann');
  expect(code).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  for (const typed of [` ${code.toLowerCase().replace('-', ' ')} `, code]) {
    const { viewer, errors } = await verify(ann, typed);
    expect(errors).toEqual([]);
    expect(viewer).toMatchObject({ emailVerifiedAt: expect.any(String), user: { isVerified: true } });
  }
  const told = await databases.directory.outbox.findMany({
    where: { key: ann.userId, payload: { contains: 'UserUpdated' } },
  });
  expect(told).toHaveLength(1);
});

test('a code is the newest one of the person themself, and not the text that is stored', async () => {
  const [bob, eve] = [await users.signUp('bob'), await users.signUp('eve')];
  const first = await codeFor('bob');
  expect((await verify(eve, first)).errors[0]).toMatchObject({ code: 'WRONG_CREDENTIALS', path: ['code'] });
  const { codeHash } = await databases.directory.oneTimeCode.findUniqueOrThrow(codeRow(bob.userId, 'VERIFY_EMAIL'));
  expect((await verify(bob, codeHash)).errors[0].code).toBe('WRONG_CREDENTIALS');
  expect((await resend(bob)).errors).toEqual([]);
  expect((await verify(bob, first)).errors[0].code).toBe('WRONG_CREDENTIALS');
  expect((await verify(bob, await codeFor('bob'))).errors).toEqual([]);
});

test('five wrong guesses end a code, also when they come at once', async () => {
  const cleo = await users.signUp('cleo');
  const code = await codeFor('cleo');
  const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => verify(cleo, `0000-000${i}`)));
  const codes = answers.map(({ errors }) => errors[0].code as string).sort();
  expect(codes).toEqual([...Array(3).fill('CODE_EXPIRED'), ...Array(5).fill('WRONG_CREDENTIALS')]);
  expect((await verify(cleo, code)).errors[0].code).toBe('CODE_EXPIRED');
  await resend(cleo);
  expect((await verify(cleo, await codeFor('cleo'))).errors).toEqual([]);
});

test('an old code, and one for an address that the person no longer has, prove nothing', async () => {
  const dan = await users.signUp('dan');
  const code = await codeFor('dan');
  await databases.directory.oneTimeCode.update({
    ...codeRow(dan.userId, 'VERIFY_EMAIL'),
    data: { expiresAt: new Date(Date.now() - 1) },
  });
  expect((await verify(dan, code)).errors[0]).toMatchObject({ code: 'CODE_EXPIRED', path: ['code'] });
  await resend(dan);
  await databases.directory.user.update({ where: { userId: dan.userId }, data: { email: 'new@example.org' } });
  expect((await verify(dan, await codeFor('dan'))).errors[0].code).toBe('CODE_EXPIRED');
});

test('letters are bounded: five an hour, and none once the address is verified', async () => {
  const fay = await users.signUp('fay');
  for (let i = 0; i < 4; i++) expect((await resend(fay)).errors).toEqual([]);
  const [refusal] = (await resend(fay)).errors;
  expect(refusal).toMatchObject({ code: 'RATE_LIMITED' });
  expect(Date.parse(refusal.retryAt) - Date.now()).toBeGreaterThan(3_500_000);
  await users.mailed();
  expect(lettersTo('fay@example.org')).toHaveLength(5);
  await databases.directory.oneTimeCode.update({
    ...codeRow(fay.userId, 'VERIFY_EMAIL'),
    data: { mailedSince: new Date(Date.now() - 3_601_000) },
  });
  expect((await resend(fay)).errors).toEqual([]);
  await verify(fay, await codeFor('fay'));
  expect((await resend(fay)).errors).toEqual([]);
  expect(lettersTo('fay@example.org')).toHaveLength(6);
});

test('a reset replaces the password, verifies the address, ends all sessions and starts one', async () => {
  const gus = await users.signUp('gus');
  const other = await users.personOf((await signIn('gus', password)).session);
  const { session, viewer, errors } = await reset(await resetToken('gus'), 'a new password');
  expect(errors).toEqual([]);
  expect(viewer.user.handle).toBe('gus');
  for (const { deviceId } of [gus, other]) {
    expect(await signedInNow(deviceId)).toBe(false);
    expect(users.remembered.has(keys.revokedDevice(deviceId))).toBe(true);
  }
  const fresh = await users.personOf(session);
  expect(await signedInNow(fresh.deviceId)).toBe(true);
  expect((await users.run(fresh, `{ ${VIEWER} }`)).data.viewer.user.isVerified).toBe(true);
  expect((await signIn('gus', password)).errors[0].code).toBe('WRONG_CREDENTIALS');
  expect((await signIn('gus', 'a new password')).errors).toEqual([]);
});

test('a reset token works once, also when it comes several times at once', async () => {
  await users.signUp('hal');
  const token = await resetToken('hal');
  const answers = await Promise.all(
    ['one password', 'two password', 'three password'].map((text) => reset(token, text)),
  );
  expect(answers.filter(({ session }) => session)).toHaveLength(1);
  for (const { errors } of answers.filter(({ session }) => !session))
    expect(errors).toMatchObject([{ code: 'CODE_EXPIRED', path: ['token'] }]);
  expect((await reset(token, 'once more')).errors[0].code).toBe('CODE_EXPIRED');
});

test('a newer reset token ends the older; an old one, a made-up one and a verification code are worth nothing', async () => {
  const ian = await users.signUp('ian');
  const first = await resetToken('ian');
  const second = await resetToken('ian');
  for (const token of [first, 'made up', await codeFor('ian'), ''])
    expect((await reset(token, 'a new password')).errors[0].code).toBe('CODE_EXPIRED');
  await databases.directory.oneTimeCode.update({
    ...codeRow(ian.userId, 'RESET_PASSWORD'),
    data: { expiresAt: new Date(Date.now() - 1) },
  });
  expect((await reset(second, 'a new password')).errors[0].code).toBe('CODE_EXPIRED');
  expect((await signIn('ian', password)).errors).toEqual([]);
});

test('a password that is too short does not use the token up', async () => {
  await users.signUp('jan');
  const token = await resetToken('jan');
  expect((await reset(token, 'short')).errors).toMatchObject([{ code: 'WEAK_PASSWORD', path: ['newPassword'] }]);
  expect((await reset(token, 'long enough')).errors).toEqual([]);
});

test('asking for a reset gives the same answer whether or not there is such an account', async () => {
  await users.signUp('kim');
  const ask = (email: string) => users.mutate(nobody, 'requestPasswordReset', { email }, '');
  for (const email of ['kim@example.org', 'KIM@example.org', 'nobody@example.org'])
    expect(await ask(email)).toEqual({ errors: [] });
  await users.mailed();
  expect(lettersTo('nobody@example.org')).toEqual([]);
  for (let i = 0; i < 9; i++) expect(await ask('kim@example.org')).toEqual({ errors: [] });
  await users.mailed();
  expect(lettersTo('kim@example.org').filter(({ subject }) => subject.includes('password'))).toHaveLength(5);
});

test('changing the password needs the one before it, and ends reset letters that are on their way', async () => {
  const lea = await users.signUp('lea');
  const token = await resetToken('lea');
  const change = (currentPassword: string, newPassword: string) =>
    users.mutate(lea, 'changePassword', { currentPassword, newPassword }, 'viewer { user { handle } }');
  expect((await change('wrong password', 'a new password')).errors).toMatchObject([
    { code: 'WRONG_CREDENTIALS', path: ['currentPassword'] },
  ]);
  expect((await change(password, 'short')).errors).toMatchObject([{ code: 'WEAK_PASSWORD', path: ['newPassword'] }]);
  expect(await change(password, 'a new password')).toEqual({ viewer: { user: { handle: 'lea' } }, errors: [] });
  expect((await change(password, 'a new password')).errors[0].code).toBe('WRONG_CREDENTIALS');
  expect((await reset(token, 'by letter')).errors[0].code).toBe('CODE_EXPIRED');
  expect((await signIn('lea', 'a new password')).errors).toEqual([]);
  expect(await signedInNow(lea.deviceId)).toBe(true);
});

test('of two changes at once one wins', async () => {
  const mia = await users.signUp('mia');
  const texts = ['one password', 'two password'];
  const answers = await Promise.all(
    texts.map((newPassword) =>
      users.mutate(mia, 'changePassword', { currentPassword: password, newPassword }, 'viewer { id }'),
    ),
  );
  const won = answers.findIndex(({ errors }) => errors.length === 0);
  expect(answers.map(({ errors }) => errors[0]?.code ?? 'ok').sort()).toEqual(['WRONG_CREDENTIALS', 'ok']);
  expect((await signIn('mia', texts[won]!)).errors).toEqual([]);
});

test('nobody verifies, resends or changes anything without signing in', async () => {
  for (const mutation of [
    'verifyEmail(input: { code: "x" })',
    'resendEmailVerification',
    'changePassword(input: { currentPassword: "a", newPassword: "long enough" })',
    'deleteAccount(input: {})',
  ]) {
    const { errors } = await users.run(nobody, `mutation { ${mutation} { errors { code } } }`);
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  }
});
