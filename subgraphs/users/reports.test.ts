import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Databases } from '../../platform/database/port.js';
import { openTestDatabases } from '../../platform/database/testing.js';
import { newUuid, toPublicId } from '../../platform/ids/ids.js';
import { keys } from '../../schema/live.js';
import { device, nobody, openUsers, password, type TestPerson } from './testing.js';

/** Messages by id: who may see each, who sent it, and how it reads. */
const messages = new Map<string, { seenBy: string; sentBy: string; text: string }>();
let databases: Databases;
let users: Awaited<ReturnType<typeof openUsers>>;
let admin: TestPerson;
beforeAll(async () => {
  databases = await openTestDatabases();
  users = await openUsers(databases.directory, {
    admins: ['root_1', 'boss@example.org'],
    reportables: {
      excerptOf: async (kind, id, viewerUserId) => {
        const message = kind === 'message' ? messages.get(id) : undefined;
        return message?.seenBy === viewerUserId ? message.text : null;
      },
      authorOf: async (_, id) => messages.get(id)?.sentBy ?? null,
    },
  });
  admin = await users.signUp('root_1');
});
afterAll(() => databases.close());

const REPORT = `report { id subject { __typename ... on User { handle } ... on Message { id } } excerpt reason comment
  author { handle } reporter { handle } status resolution createdAt resolvedAt }`;
let attempts = 0;
const report = (person: TestPerson, input: object) =>
  users.mutate(person, 'report', { clientMutationId: `attempt ${attempts++}`, reason: 'SPAM', ...input }, REPORT);
const resolve = (person: TestPerson, reportId: string, resolution: string) =>
  users.mutate(person, 'resolveReport', { reportId, resolution, note: 'seen' }, REPORT);
const signIn = (login: string) =>
  users.mutate(nobody, 'signIn', { login, password, device }, 'session { accessToken }');
const rolesOf = async (person: TestPerson) =>
  (await users.run(person, '{ viewer { roles } }')).data.viewer.roles as string[];
const makeModerator = (person: TestPerson) =>
  databases.directory.user.update({ where: { userId: person.userId }, data: { role: 'MODERATOR' } });
const told = async (type: string, text: string) =>
  databases.directory.outbox.findMany({
    where: { AND: [type, text].map((each) => ({ payload: { contains: each } })) },
  });

function newMessage(seenBy: TestPerson, sentBy: TestPerson, text: string): string {
  const id = newUuid(1);
  messages.set(id, { seenBy: seenBy.userId, sentBy: sentBy.userId, text });
  return toPublicId('message', id);
}

test('a report keeps how the thing read then', async () => {
  const [ann, bob] = [await users.signUp('ann'), await users.signUp('bob')];
  await users.mutate(bob, 'updateProfile', { bio: 'Buy now' }, 'viewer { id }');
  const first = await report(ann, { userId: bob.publicId, comment: ' look ' });
  await users.mutate(bob, 'updateProfile', { bio: null }, 'viewer { id }');
  expect(first.errors).toEqual([]);
  expect(first.report).toMatchObject({
    id: expect.stringMatching(/^rpt_/),
    subject: { __typename: 'User', handle: 'bob' },
    author: { handle: 'bob' },
    excerpt: 'bob (@bob)\nBuy now',
    reason: 'SPAM',
    comment: 'look',
    reporter: { handle: 'ann' },
    status: 'OPEN',
    resolution: null,
    resolvedAt: null,
  });
});

test('a retry, also several at once and when the thing is gone, returns the first report', async () => {
  const [cleo, dan] = [await users.signUp('cleo'), await users.signUp('dan')];
  const messageId = newMessage(cleo, dan, 'Spam!');
  const input = { messageId, clientMutationId: 'same' };
  const answers = await Promise.all(Array.from({ length: 3 }, () => report(cleo, input)));
  messages.clear();
  answers.push(await report(cleo, input));
  expect(new Set(answers.map((answer) => answer.report.id)).size).toBe(1);
  expect(answers.at(-1).report).toMatchObject({
    excerpt: 'Spam!',
    author: { handle: 'dan' },
    subject: { __typename: 'Message', id: messageId },
  });
});

test('only what the reporter sees can be reported, and exactly one thing', async () => {
  const [eve, fay] = [await users.signUp('eve'), await users.signUp('fay')];
  const messageId = newMessage(fay, fay, 'not for eve');
  for (const [input, code, path] of [
    [{ messageId }, 'NOT_FOUND', ['messageId']],
    [{ conversationId: toPublicId('conversation', newUuid(1)) }, 'NOT_FOUND', ['conversationId']],
    [{ userId: 'junk' }, 'NOT_FOUND', ['userId']],
    [{ userId: eve.publicId }, 'INVALID_INPUT', ['userId']],
    [{}, 'INVALID_INPUT', []],
    [{ userId: fay.publicId, messageId }, 'INVALID_INPUT', []],
    [{ userId: fay.publicId, comment: 'x'.repeat(1001) }, 'INVALID_INPUT', ['comment']],
    [{ userId: fay.publicId, clientMutationId: '' }, 'INVALID_INPUT', ['clientMutationId']],
  ] as const)
    expect((await report(eve, input)).errors).toMatchObject([{ code, path }]);
  // Whoever was blocked by somebody can still report them.
  await users.mutate(fay, 'blockUser', { userId: eve.publicId }, 'user { id }');
  expect((await report(eve, { userId: fay.publicId })).errors).toEqual([]);
});

test('reports are for moderators', async () => {
  const [gus, hal] = [await users.signUp('gus'), await users.signUp('hal')];
  const { id } = (await report(gus, { userId: hal.publicId })).report;
  for (const person of [gus, hal]) {
    const { errors } = await users.run(person, '{ reports { edges { node { id } } } }');
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect((await resolve(person, id, 'DISMISSED')).errors).toMatchObject([{ code: 'FORBIDDEN' }]);
  }
  expect((await users.run(nobody, '{ reports { edges { cursor } } }')).errors?.[0]?.extensions.code).toBe(
    'UNAUTHENTICATED',
  );
});

test('reports come oldest first, page by page, by status', async () => {
  const [ian, jan] = [await users.signUp('ian'), await users.signUp('jan')];
  const ids: string[] = [];
  for (let i = 0; i < 3; i++) ids.push((await report(ian, { userId: jan.publicId })).report.id as string);
  const all = async (status: string | null) => {
    const found: string[] = [];
    for (let after: string | null = null; ;) {
      const answer = await users.run(
        admin,
        `query ($status: ReportStatus, $after: String) { reports(status: $status, first: 2, after: $after) {
          edges { node { id } } pageInfo { hasNextPage endCursor } } }`,
        { status, after },
      );
      const page = answer.data.reports as {
        edges: { node: { id: string } }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
      found.push(...page.edges.map(({ node }) => node.id));
      if (!page.pageInfo.hasNextPage) return found.filter((each) => ids.includes(each));
      after = page.pageInfo.endCursor;
    }
  };
  expect(await all('OPEN')).toEqual(ids);
  await resolve(admin, ids[1]!, 'DISMISSED');
  expect(await all('OPEN')).toEqual([ids[0], ids[2]]);
  expect(await all('RESOLVED')).toEqual([ids[1]]);
  expect(await all(null)).toEqual(ids);
});

test('a decision stands: the same again changes nothing, another one conflicts, of two at once one counts', async () => {
  const [kim, lea] = [await users.signUp('kim'), await users.signUp('lea')];
  const { id } = (await report(kim, { userId: lea.publicId })).report;
  for (let i = 0; i < 2; i++) {
    const { report: resolved, errors } = await resolve(admin, id, 'USER_WARNED');
    expect(errors).toEqual([]);
    expect(resolved).toMatchObject({ status: 'RESOLVED', resolution: 'USER_WARNED', resolvedAt: expect.any(String) });
  }
  expect((await resolve(admin, id, 'DISMISSED')).errors).toMatchObject([{ code: 'CONFLICT', path: ['reportId'] }]);
  await users.mailed();
  const warnings = users.letters.filter(({ to, subject }) => to === 'lea@example.org' && subject.includes('warning'));
  expect(warnings).toHaveLength(1);
  const other = (await report(kim, { userId: lea.publicId })).report.id;
  const answers = await Promise.all(['DISMISSED', 'CONTENT_REMOVED'].map((each) => resolve(admin, other, each)));
  expect(answers.map(({ errors }) => errors[0]?.code ?? 'ok').sort()).toEqual(['CONFLICT', 'ok']);
  for (const unknown of ['junk', toPublicId('report', newUuid(1))])
    expect((await resolve(admin, unknown, 'DISMISSED')).errors).toMatchObject([
      { code: 'NOT_FOUND', path: ['reportId'] },
    ]);
});

test('suspending ends all sessions, and nobody gets back in', async () => {
  const [mia, noa] = [await users.signUp('mia'), await users.signUp('noa')];
  await users.mutate(nobody, 'requestPasswordReset', { email: 'noa@example.org' }, '');
  const [, token] = (await users.actionFor('noa@example.org', 'password')).split('#token=');
  const messageId = newMessage(mia, noa, 'Hateful');
  const { id } = (await report(mia, { messageId })).report;
  expect((await resolve(admin, id, 'USER_SUSPENDED')).errors).toEqual([]);
  expect(users.remembered.has(keys.revokedDevice(noa.deviceId))).toBe(true);
  expect(await told('DeviceSignedOut', noa.deviceId)).toHaveLength(1);
  expect(await told('ReportResolved', 'USER_SUSPENDED')).toHaveLength(1);
  expect(await told('UserUpdated', noa.userId)).toHaveLength(1);
  expect((await signIn('noa')).errors).toMatchObject([{ code: 'ACCOUNT_SUSPENDED', path: ['login'] }]);
  const wrong = { login: 'noa', password: 'wrong password', device };
  expect((await users.mutate(nobody, 'signIn', wrong, '')).errors[0].code).toBe('WRONG_CREDENTIALS');
  const reset = { token, newPassword: 'a new password', device };
  expect((await users.mutate(nobody, 'resetPassword', reset, '')).errors[0].code).toBe('ACCOUNT_SUSPENDED');
  expect((await signIn('mia')).errors).toEqual([]);
});

test('a sign-in that races with a suspension leaves no session behind', async () => {
  const pam = await users.signUp('pam');
  for (let i = 0; i < 4; i++) {
    const person = await users.signUp(`racer_${i}`);
    const { id } = (await report(pam, { userId: person.publicId })).report;
    await Promise.all([signIn(`racer_${i}`), resolve(admin, id, 'USER_SUSPENDED'), signIn(`racer_${i}`)]);
    expect(await databases.directory.device.count({ where: { userId: person.userId, signedOutAt: null } })).toBe(0);
  }
});

test('removing content clears a profile, and tells whoever owns a message', async () => {
  const [quin, ray] = [await users.signUp('quin'), await users.signUp('ray')];
  await users.mutate(ray, 'updateProfile', { displayName: 'Rude', bio: 'Ruder' }, 'viewer { id }');
  await resolve(admin, (await report(quin, { userId: ray.publicId })).report.id, 'CONTENT_REMOVED');
  const seen = await users.run(quin, '{ user(handle: "ray") { displayName bio } }');
  expect(seen.data.user).toEqual({ displayName: 'ray', bio: null });
  const messageId = newMessage(quin, ray, 'Rude');
  const { id } = (await report(quin, { messageId })).report;
  await resolve(admin, id, 'CONTENT_REMOVED');
  const events = await told('ReportResolved', [...messages.keys()].at(-1)!);
  expect(events.map(({ payload }) => JSON.parse(payload))).toMatchObject([
    { resolution: 'CONTENT_REMOVED', subject: { kind: 'message' }, resolvedBy: admin.userId },
  ]);
});

test('a moderator suspends no moderator or admin, and nobody themself', async () => {
  const [sue, tom, uma] = [await users.signUp('sue'), await users.signUp('tom'), await users.signUp('uma')];
  await Promise.all([makeModerator(sue), makeModerator(tom)]);
  for (const person of [sue, tom, admin]) {
    const { id } = (await report(uma, { userId: person.publicId })).report;
    expect((await resolve(sue, id, 'USER_SUSPENDED')).errors).toMatchObject([
      { code: 'FORBIDDEN', path: ['resolution'] },
    ]);
  }
  const { id } = (await report(uma, { userId: tom.publicId })).report;
  expect((await resolve(admin, id, 'USER_SUSPENDED')).errors).toEqual([]);
});

test('what no one person answers for suspends nobody, and a deleted person is no subject any more', async () => {
  const [vic, wim] = [await users.signUp('vic'), await users.signUp('wim')];
  const { id } = (await report(vic, { userId: wim.publicId })).report;
  await users.mutate(wim, 'deleteAccount', { password }, '');
  expect((await resolve(admin, id, 'USER_SUSPENDED')).errors).toMatchObject([
    { code: 'CONFLICT', path: ['resolution'] },
  ]);
  expect((await resolve(admin, id, 'DISMISSED')).report).toMatchObject({
    subject: null,
    author: null,
    excerpt: 'wim (@wim)',
  });
});

test('admins come from the configuration: by handle, or by an address once it is verified', async () => {
  expect(await rolesOf(admin)).toEqual(['MEMBER', 'MODERATOR', 'ADMIN']);
  const boss = await users.signUp('boss');
  expect(await rolesOf(boss)).toEqual(['MEMBER']);
  await signIn('boss');
  expect(await rolesOf(boss)).toEqual(['MEMBER']);
  await users.mutate(
    boss,
    'verifyEmail',
    { code: await users.actionFor('boss@example.org', 'code') },
    'viewer { roles }',
  );
  expect(await rolesOf(boss)).toEqual(['MEMBER', 'MODERATOR', 'ADMIN']);
});
