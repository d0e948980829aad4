import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { createGroup, history, openDirect, say, sessionFields, signInElsewhere } from '../chat.js';
import { ask, Device, type Refused, type Session, type UserError } from '../client.js';
import { inboxEventsDocument } from '../following.js';
import type { RunningParley } from '../running-parley.js';
import { sharedEnvironment } from '../shared-parley.js';
import { storiesOnParley } from '../story.js';
import { waitFor } from '../wait-for.js';

const story = storiesOnParley({ PARLEY_ADMINS: sharedEnvironment.PARLEY_ADMINS! });
const errorFields = 'errors { code path message }';

/** The text of the newest letter to this person with that subject, as it lies in the data directory. */
async function letterTo(parley: RunningParley, device: Device, subject: string): Promise<string> {
  const folder = join(parley.dataDir, 'mail');
  return waitFor(`a letter to ${device.person.email}`, () => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.eml'));
    const letters = files.sort().map((file) => readFileSync(join(folder, file), 'utf8'));
    return letters.findLast((text) => text.includes(`To: ${device.person.email}`) && text.includes(subject));
  });
}

async function verify(parley: RunningParley, device: Device): Promise<void> {
  const code = /^([0-9A-Z]{4}-[0-9A-Z]{4})\r$/m.exec(await letterTo(parley, device, 'code'))![1];
  await device.mutate(
    `mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { viewer { id } ${errorFields} } }`,
    { input: { code } },
  );
}

const blocking = (name: 'blockUser' | 'unblockUser') => (device: Device, other: Device) =>
  device.mutate<{ user: { viewerHasBlocked: boolean } }>(
    `mutation ($input: ${name === 'blockUser' ? 'BlockUserInput' : 'UnblockUserInput'}!) {
      ${name}(input: $input) { user { id viewerHasBlocked } ${errorFields} } }`,
    { input: { userId: other.userId } },
  );
const [block, unblock] = [blocking('blockUser'), blocking('unblockUser')];

const finds = async (device: Device, other: Device) =>
  (
    await device.query<{ user: { handle: string } | null }>('query ($id: ID!) { user(id: $id) { handle } }', {
      id: other.userId,
    })
  ).user;

/** Its socket and its stream end within a second of `since`, and its token opens nothing any more. */
async function expectSignedOut(device: Device, stream: { ending: { at: number } | null }, since: number) {
  await waitFor('the stream and the socket have ended', () => stream.ending && !device.isConnected, 3_000);
  expect(stream.ending!.at - since).toBeLessThan(1_000);
  expect(device.closings.at(-1)!.at - since).toBeLessThan(1_000);
  const { errors } = await device.ask('{ viewer { email } }');
  expect(errors[0]?.extensions?.code).toBe('UNAUTHENTICATED');
}

async function listening(device: Device) {
  const stream = device.subscribe<{ inboxEvents: { __typename: string } }>(inboxEventsDocument);
  await stream.waitFor('InboxCaughtUp', ({ inboxEvents }) => inboxEvents.__typename === 'InboxCaughtUp');
  return stream;
}

async function signInAs({ url, person }: Device, password = person.password) {
  const { data } = await ask<{ signIn: { session: Session | null; errors: UserError[] } }>(
    url,
    `mutation ($input: SignInInput!) { signIn(input: $input) { ${sessionFields} } }`,
    { input: { login: person.handle, password, device: { name: 'again', platform: 'WEB' } } },
  );
  return data!.signIn;
}

story('Ann reads the letter that she got, and everybody sees that she is verified', async ({ parley, people }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  await verify(parley, ann);
  const { user } = await bob.query<{ user: object }>(
    'query ($id: ID!) { user(id: $id) { isVerified isDeleted avatarUrl } }',
    {
      id: ann.userId,
    },
  );
  expect(user).toEqual({ isVerified: true, isDeleted: false, avatarUrl: null });
});

story(
  'Ann forgot her password: the link lets her in again, and ends what was open',
  async ({ parley, person, closing }) => {
    const ann = await person('Ann');
    const phone = closing(await signInElsewhere(ann));
    const streams = [await listening(ann), await listening(phone)];
    const { data } = await ask(
      parley.url,
      `mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { ${errorFields} } }`,
      { input: { email: ann.person.email } },
    );
    expect(data).toEqual({ requestPasswordReset: { errors: [] } });
    const letter = await letterTo(parley, ann, 'password');
    const [, base, token] = /(http\S+)\/reset-password#token=(\S+)/.exec(letter)!;
    expect(base).toBe(parley.url);
    const reset = async () =>
      ask<{ resetPassword: { session: Session | null; errors: UserError[] } }>(
        parley.url,
        `mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { ${sessionFields} } }`,
        { input: { token, newPassword: 'quite another one', device: { name: 'new', platform: 'WEB' } } },
      );
    const { session } = (await reset()).data!.resetPassword;
    const since = performance.now();
    await expectSignedOut(ann, streams[0]!, since);
    await expectSignedOut(phone, streams[1]!, since);
    const again = closing(new Device(parley.url, ann.person, session!));
    await again.query('{ viewer { user { handle } } }');
    expect((await reset()).data!.resetPassword.errors).toMatchObject([{ code: 'CODE_EXPIRED' }]);
    expect((await signInAs(ann)).errors).toMatchObject([{ code: 'WRONG_CREDENTIALS' }]);
    expect((await signInAs(ann, 'quite another one')).errors).toEqual([]);
  },
);

story('Ann blocks Bob: they do not find each other, and what they wrote keeps its names', async ({ people }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const conversationId = await openDirect(ann, bob);
  await say(bob, conversationId, 'hello');
  expect((await block(ann, bob)).user.viewerHasBlocked).toBe(true);
  expect([await finds(ann, bob), await finds(bob, ann)]).toEqual([null, null]);
  const { viewer, conversation } = await ann.query<{
    viewer: { blockedUsers: { edges: { node: { id: string } }[] } };
    conversation: { messages: { edges: { node: { sender: object } }[] } };
  }>(
    `query ($id: ID!) { viewer { blockedUsers { edges { node { id } } } }
      conversation(id: $id) { messages(last: 1) { edges { node { sender { handle viewerHasBlocked } } } } } }`,
    { id: conversationId },
  );
  expect(viewer.blockedUsers.edges).toEqual([{ node: { id: bob.userId } }]);
  expect(conversation.messages.edges[0]!.node.sender).toEqual({ handle: bob.person.handle, viewerHasBlocked: true });
  expect((await unblock(ann, bob)).user.viewerHasBlocked).toBe(false);
  expect(await finds(bob, ann)).toEqual({ handle: ann.person.handle });
});

story('each viewer of one live stream sees whom they themselves blocked', async ({ people }) => {
  const [ann, bob, cleo] = await people('Ann', 'Bob', 'Cleo');
  const conversationId = await createGroup(bob, 'Three', [ann, cleo]);
  await block(ann, bob);
  const document = `subscription ($id: ID!) { conversationEvents(conversationId: $id) {
    __typename ... on MessageChanged { message { body sender { id viewerHasBlocked } } } } }`;
  interface Told {
    conversationEvents: { __typename: string; message?: { sender: { viewerHasBlocked: boolean } } };
  }
  const streams = [ann, cleo].map((device) => device.subscribe<Told>(document, { id: conversationId }));
  for (const stream of streams)
    await stream.waitFor('CaughtUp', ({ conversationEvents }) => conversationEvents.__typename === 'CaughtUp');
  await say(bob, conversationId, 'to whom it may concern');
  const seen = await Promise.all(
    streams.map((stream) =>
      stream.waitFor('the message', ({ conversationEvents }) => conversationEvents.__typename === 'MessageChanged'),
    ),
  );
  expect(seen.map(({ conversationEvents }) => conversationEvents.message!.sender.viewerHasBlocked)).toEqual([
    true,
    false,
  ]);
});

story(
  'a moderator suspends Eve: her sockets end within a second, and she does not get in again',
  async ({ parley, people, closing }) => {
    const [ann, eve] = await people('Ann', 'Eve');
    const chief = closing(await signUpAs(parley, 'chief_of_all'));
    await verify(parley, chief);
    const stream = await listening(eve);
    const { report } = await ann.mutate<{ report: { id: string } }>(
      `mutation ($input: ReportInput!) { report(input: $input) { report { id } ${errorFields} } }`,
      { input: { clientMutationId: randomUUID(), userId: eve.userId, reason: 'HARASSMENT' } },
    );
    const resolve = (device: Device) =>
      device.mutate<{ report: { status: string; subject: { handle: string } } }>(
        `mutation ($input: ResolveReportInput!) { resolveReport(input: $input) {
        report { status subject { ... on User { handle } } } ${errorFields} } }`,
        { input: { reportId: report.id, resolution: 'USER_SUSPENDED' } },
      );
    expect(((await resolve(ann).catch((error: unknown) => error)) as Refused).codes).toEqual(['FORBIDDEN']);
    const { reports } = await chief.query<{ reports: { edges: { node: { id: string } }[] } }>(
      '{ reports { edges { node { id excerpt reporter { handle } } } } }',
    );
    expect(reports.edges.map(({ node }) => node.id)).toContain(report.id);
    const since = performance.now();
    expect((await resolve(chief)).report).toEqual({ status: 'RESOLVED', subject: { handle: eve.person.handle } });
    await expectSignedOut(eve, stream, since + 200);
    expect((await signInAs(eve)).errors).toMatchObject([{ code: 'ACCOUNT_SUSPENDED' }]);
  },
);

story(
  'Ann deletes her account: her devices are out, and what she wrote stays, of a deleted account',
  async ({ people, closing }) => {
    const [ann, bob] = await people('Ann', 'Bob');
    const phone = closing(await signInElsewhere(ann));
    const conversationId = await openDirect(ann, bob);
    await say(ann, conversationId, 'farewell');
    const streams = [await listening(ann), await listening(phone)];
    const leave = (password: string) =>
      ann.mutate(`mutation ($input: DeleteAccountInput!) { deleteAccount(input: $input) { ${errorFields} } }`, {
        input: { password },
      });
    expect(((await leave('not mine').catch((error: unknown) => error)) as Refused).codes).toEqual([
      'WRONG_CREDENTIALS',
    ]);
    await leave(ann.person.password);
    const since = performance.now();
    await expectSignedOut(ann, streams[0]!, since);
    await expectSignedOut(phone, streams[1]!, since);
    expect((await signInAs(ann)).errors).toMatchObject([{ code: 'WRONG_CREDENTIALS' }]);
    expect(await finds(bob, ann)).toBeNull();
    expect((await history(bob, conversationId)).at(-1)?.body).toBe('farewell');
    const { conversation } = await bob.query<{ conversation: { otherUser: object } }>(
      'query ($id: ID!) { conversation(id: $id) { otherUser { isDeleted displayName } } }',
      { id: conversationId },
    );
    expect(conversation.otherUser).toEqual({ isDeleted: true, displayName: 'Deleted account' });
  },
);

/** A new person with this very handle. */
async function signUpAs(parley: RunningParley, handle: string): Promise<Device> {
  const person = { handle, displayName: handle, email: `${handle}@example.org`, password: 'correct horse' };
  const { data } = await ask<{ signUp: { session: Session; viewer: { user: { id: string } } } }>(
    parley.url,
    `mutation ($input: SignUpInput!) { signUp(input: $input) { ${sessionFields} } }`,
    { input: { ...person, device: { name: 'desk', platform: 'DESKTOP' } } },
  );
  return new Device(parley.url, { ...person, userId: data!.signUp.viewer.user.id }, data!.signUp.session);
}
