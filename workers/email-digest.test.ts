import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { UnsubscribeTokens } from '../platform/auth/unsubscribe-token.js';
import { Fault } from '../platform/errors/errors.js';
import type { Letter } from '../platform/mail/port.js';
import { silentLog } from '../platform/telemetry/log.js';
import type { SettingsRow } from '../subgraphs/notifications/store.js';
import { EmailDigests } from './email-digest.js';
import { openNotified, type Somebody } from './notifications/testing.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const publicUrl = 'https://chat.example.org';

let stage: Awaited<ReturnType<typeof openNotified>>;
let digests: EmailDigests;
const tokens = new UnsubscribeTokens(Buffer.alloc(32, 1));
const letters: Letter[] = [];
/** What becomes of a letter; throws where it does not go. */
let post: (letter: Letter) => void;
beforeAll(async () => {
  stage = await openNotified();
  digests = new EmailDigests({
    ...{ directory: stage.directory, shards: stage.shards, presences: stage.presences, now: stage.now, tokens },
    mail: {
      send: async (letter) => {
        post(letter);
        letters.push(letter);
      },
      close: async () => undefined,
    },
    publicUrl: () => publicUrl,
    log: silentLog(),
  });
});
afterAll(() => stage?.close());
beforeEach(() => {
  post = () => undefined;
});

const addressOf = ({ userId }: Somebody) => `${userId}@example.org`;
const lettersTo = (somebody: Somebody) => letters.filter(({ to }) => to === addressOf(somebody));
const subjectsTo = (somebody: Somebody) => lettersTo(somebody).map(({ subject }) => subject);

/** Somebody with a verified address. */
async function reader(settings: Partial<SettingsRow> = {}, emailVerifiedAt: Date | null = new Date(0)) {
  const somebody = await stage.somebody('Bob', { emailAfterMinutes: 10, ...settings });
  await stage.directory.user.update({
    where: { userId: somebody.userId },
    data: { email: addressOf(somebody), emailVerifiedAt },
  });
  return somebody;
}

async function pair(settings: Partial<SettingsRow> = {}) {
  const [ann, bob] = [await stage.somebody('Ann'), await reader(settings)];
  return { ann, bob, id: await stage.conversation('DIRECT', ann, bob) };
}

/** Lets time go by, then writes to all who are due. */
async function pass(ms: number): Promise<void> {
  await stage.pass(ms);
  while ((await digests.once()) > 0);
}

test('who stays away gets one letter of all that has been unread for so long', async () => {
  const { ann, bob, id } = await pair();
  const other = await stage.conversation('DIRECT', bob, await stage.somebody('Cleo'));
  await stage.say(id, ann, 'one', 'two');
  await pass(9 * MINUTE_MS);
  expect(subjectsTo(bob)).toEqual([]);
  await pass(2 * MINUTE_MS);
  expect(subjectsTo(bob)).toEqual(['2 unread messages in Parley']);
  const [letter] = lettersTo(bob);
  expect(letter?.text).not.toMatch(/one|two|Ann/);
  expect(tokens.verify(letter!.unsubscribe!.replace(`${publicUrl}/unsubscribe/`, ''))).toBe(bob.userId);
  await pass(2 * HOUR_MS);
  expect(lettersTo(bob)).toHaveLength(1);
  expect(await stage.directory.mailedConversation.count({ where: { userId: bob.userId, conversationId: other } })).toBe(
    0,
  );
});

test('nothing of what was read meanwhile', async () => {
  const { ann, bob, id } = await pair();
  await stage.read(bob, id, await stage.say(id, ann, 'read'));
  await pass(HOUR_MS);
  expect(lettersTo(bob)).toEqual([]);
});

test('not before the person has been away for as long as the message', async () => {
  const { ann, bob, id } = await pair();
  await stage.comeOnline(bob);
  await stage.say(id, ann, 'while they are here');
  await pass(15 * MINUTE_MS);
  expect(lettersTo(bob)).toEqual([]);
  await stage.goOffline(bob);
  await pass(9 * MINUTE_MS);
  expect(lettersTo(bob)).toEqual([]);
  await pass(12 * MINUTE_MS);
  expect(lettersTo(bob)).toHaveLength(1);
});

test('of a group only mentions, unless all is wanted; nothing where none is', async () => {
  const ann = await stage.somebody('Ann');
  const [usual, all, none] = [await reader(), await reader({ email: 'ALL' }), await reader({ email: 'NONE' })];
  const id = await stage.conversation('GROUP', ann, usual, all, none);
  await stage.say(id, ann, 'to all');
  await pass(11 * MINUTE_MS);
  expect([usual, all, none].map((each) => lettersTo(each).length)).toEqual([0, 1, 0]);
  await stage.say(id, ann, { body: '@ you', mentions: [usual, none] });
  await pass(11 * MINUTE_MS);
  expect([usual, all, none].map((each) => subjectsTo(each))).toEqual([
    ['1 unread message in Parley'],
    ['1 unread message in Parley'],
    [],
  ]);
});

test('nothing of what is muted or archived, of whom they have muted, nor to an address that is not verified', async () => {
  const { ann, bob, id } = await pair();
  const [archived, unverified] = [await stage.conversation('GROUP', ann, bob), await reader({}, null)];
  const cleo = await stage.somebody('Cleo');
  const silenced = await stage.conversation('DIRECT', cleo, bob);
  const toNobody = await stage.conversation('DIRECT', ann, unverified);
  await stage.directory.mute.create({ data: { userId: bob.userId, mutedUserId: cleo.userId } });
  await stage.set(bob, id, { muted: true });
  await stage.say(id, ann, 'hello');
  await stage.say(archived, ann, { body: 'hello', mentions: [bob] });
  await stage.say(silenced, cleo, 'hello');
  await stage.say(toNobody, ann, 'hello');
  await stage.set(bob, archived, { archived: true });
  await pass(HOUR_MS);
  expect([bob, unverified].flatMap(lettersTo)).toEqual([]);
});

test('goes later, once, where the mail server cannot now; one that is refused is not sent again', async () => {
  const { ann, bob, id } = await pair();
  await stage.say(id, ann, 'hello');
  post = ({ to }) => {
    if (to === addressOf(bob)) throw new Fault('UNAVAILABLE', 'The mail server is away.');
  };
  await pass(11 * MINUTE_MS);
  expect(lettersTo(bob)).toEqual([]);
  post = () => undefined;
  await pass(6 * MINUTE_MS);
  await pass(6 * MINUTE_MS);
  expect(lettersTo(bob)).toHaveLength(1);

  const { ann: other, bob: refused, id: second } = await pair();
  await stage.say(second, other, 'hello');
  post = ({ to }) => {
    if (to === addressOf(refused)) throw new Error('550 no such mailbox');
  };
  await pass(11 * MINUTE_MS);
  post = () => undefined;
  await pass(HOUR_MS);
  expect(lettersTo(refused)).toEqual([]);
});

// The last one: what comes when more than a day has passed counts as old.
test('of each conversation once a day, and then only of what came since', async () => {
  const { ann, bob, id } = await pair({ showPreview: true });
  await stage.say(id, ann, 'the first day');
  await pass(11 * MINUTE_MS);
  await stage.say(id, ann, 'later the same day');
  await pass(12 * HOUR_MS);
  expect(lettersTo(bob)).toHaveLength(1);
  const other = await stage.conversation('GROUP', ann, bob);
  await stage.say(other, ann, { body: 'elsewhere', mentions: [bob] });
  await pass(11 * MINUTE_MS);
  expect(lettersTo(bob).at(-1)?.text).toMatch(/^You have 1 unread message in a conversation\.[^]*Ann: elsewhere/);
  await pass(13 * HOUR_MS);
  expect(lettersTo(bob)).toHaveLength(3);
  expect(lettersTo(bob).at(-1)?.text).toMatch(/Ann: later the same day/);
  expect(lettersTo(bob).at(-1)?.text).not.toMatch(/the first day|elsewhere/);
});
