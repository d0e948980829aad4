import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { waitFor } from '../tests/wait-for.js';
import { CHECK_MS, cnv, openNotified, type Somebody } from './notifications/testing.js';

let stage: Awaited<ReturnType<typeof openNotified>>;
beforeAll(async () => {
  stage = await openNotified();
});
afterAll(() => stage?.close());

const MOMENT_MS = 2_500;
const bodies = (somebody: Somebody) => stage.pushesTo(somebody).map(({ alert }) => alert?.body ?? null);

async function pair(settings: Parameters<typeof stage.somebody>[1] = {}) {
  const [ann, bob] = [await stage.somebody('Ann'), await stage.somebody('Bob', settings)];
  return { ann, bob, id: await stage.conversation('DIRECT', ann, bob) };
}
async function trio(settings: Parameters<typeof stage.somebody>[1] = {}) {
  const [ann, bob, cleo] = [
    await stage.somebody('Ann'),
    await stage.somebody('Bob', settings),
    await stage.somebody('Cleo'),
  ];
  return { ann, bob, cleo, id: await stage.conversation('GROUP', ann, bob, cleo) };
}

describe('somebody who is offline', () => {
  test('gets one push for each conversation and burst, with the number of all unread messages', async () => {
    const { ann, bob, id } = await pair();
    const other = await stage.conversation('GROUP', ann, bob);
    await stage.say(id, ann, 'one', 'two', 'three');
    await stage.say(other, ann, 'four');
    expect(stage.pushesTo(bob)).toEqual([]);
    await stage.pass(MOMENT_MS);
    const pushes = stage.pushesTo(bob);
    expect(pushes.map(({ data }) => data.conversationId).sort()).toEqual([cnv(id), cnv(other)].sort());
    expect(new Set(pushes.map(({ collapseKey }) => collapseKey))).toEqual(
      new Set([id, other].map((each) => each.replaceAll('-', ''))),
    );
    expect(pushes.map(({ badge }) => badge)).toEqual([4, 4]);
    expect(stage.pushesTo(ann)).toEqual([]);
    await stage.pass(60_000);
    expect(stage.pushesTo(bob)).toHaveLength(2);
    await stage.say(id, ann, 'later');
    await stage.pass(MOMENT_MS);
    expect(stage.pushesTo(bob)).toHaveLength(3);
    expect((await stage.targetOf(bob))?.lastDeliveredAt).not.toBeNull();
  });

  test('is told nothing of what was said, unless they want to', async () => {
    const { ann, bob, cleo, id } = await trio();
    await stage.store.update(cleo.userId, { showPreview: true });
    await stage.say(id, ann, `the   secret\nplan ${'x'.repeat(300)}`);
    await stage.pass(MOMENT_MS);
    expect(stage.pushesTo(bob).map(({ alert }) => alert)).toEqual([{ title: 'Parley', body: 'New message' }]);
    expect(JSON.stringify(stage.pushesTo(bob))).not.toMatch(/secret|Ann|Team/);
    const [push] = stage.pushesTo(cleo);
    expect(push?.alert?.title).toBe('Ann · Team');
    expect(push?.alert?.body).toMatch(/^the secret plan x{150,}…$/);
  });

  test('gets nothing of a message that was deleted, read or hidden meanwhile', async () => {
    const { ann, bob, id } = await pair({ showPreview: true });
    const seq = await stage.say(id, ann, 'regretted');
    const { db } = stage.shards.of(id);
    await db.message.updateMany({ where: { conversationId: id, seq }, data: { deletedAt: new Date(), body: null } });
    await stage.pass(MOMENT_MS);
    expect(bodies(bob)).toEqual([]);
    await stage.read(bob, id, await stage.say(id, ann, 'read elsewhere'));
    await stage.pass(MOMENT_MS);
    expect(bodies(bob)).toEqual([]);
    const hidden = await stage.say(id, ann, 'hidden');
    const message = await db.message.findFirstOrThrow({ where: { conversationId: id, seq: hidden } });
    await stage.shards.of(bob.userId).db.hiddenMessage.create({
      data: {
        userId: bob.userId,
        messageId: message.id,
        conversationId: id,
        seq: hidden,
        version: 99n,
        changedAt: new Date(),
      },
    });
    await stage.pass(MOMENT_MS);
    expect(bodies(bob)).toEqual([]);
    await stage.say(id, ann, 'seen');
    await stage.pass(MOMENT_MS);
    expect(bodies(bob)).toEqual(['seen']);
  });

  test('gets nothing of a conversation that is muted, while it is, nor what was said meanwhile', async () => {
    const { ann, bob, id } = await pair({ showPreview: true });
    await stage.set(bob, id, { muted: true });
    await stage.say(id, ann, 'muted');
    await stage.pass(MOMENT_MS);
    await stage.set(bob, id, { muted: false });
    await stage.pass(60_000);
    expect(bodies(bob)).toEqual([]);
    await stage.say(id, ann, 'audible');
    await stage.pass(MOMENT_MS);
    expect(bodies(bob)).toEqual(['audible']);
  });

  test('gets nothing of people they have muted, or who are blocked', async () => {
    const { ann, bob, cleo, id } = await trio({ showPreview: true });
    await stage.directory.mute.create({ data: { userId: bob.userId, mutedUserId: ann.userId } });
    await stage.directory.block.create({ data: { userId: cleo.userId, blockedUserId: bob.userId, version: 1n } });
    await stage.say(id, ann, 'muted');
    await stage.say(id, cleo, 'blocked');
    await stage.pass(MOMENT_MS);
    expect(bodies(bob)).toEqual([]);
  });

  test('gets mentions and direct messages alone, or nothing, where they want so', async () => {
    const { ann, bob, cleo, id } = await trio({ push: 'MENTIONS_AND_DIRECT', showPreview: true });
    await stage.store.update(cleo.userId, { push: 'NONE' });
    await stage.say(
      id,
      ann,
      'to all',
      { body: '@ to you', mentions: [bob, cleo] },
      ...Array.from({ length: 25 }, () => 'x'),
    );
    await stage.pass(MOMENT_MS);
    expect(bodies(bob)).toEqual(['@ to you']);
    const direct = await stage.conversation('DIRECT', ann, bob);
    await stage.say(direct, ann, 'directly');
    await stage.pass(MOMENT_MS);
    expect(bodies(bob)).toEqual(['@ to you', 'directly']);
    expect(stage.pushesTo(cleo)).toEqual([]);
  });

  test('hears of what came in quiet hours when these end, once', async () => {
    const at = new Date(stage.now());
    const clock = (hours: number) => new Date(at.getTime() + hours * 3_600_000).toISOString().slice(11, 16);
    const quietHours = { from: clock(-1), to: clock(1), timeZone: 'UTC' };
    const { ann, bob, id } = await pair({ quietHours, showPreview: true });
    await stage.say(id, ann, 'psst');
    await stage.pass(MOMENT_MS);
    await stage.say(id, ann, 'are you asleep?');
    await stage.pass(MOMENT_MS);
    await stage.pass(45 * 60_000);
    expect(bodies(bob)).toEqual([]);
    await stage.pass(16 * 60_000);
    expect(bodies(bob)).toEqual(['are you asleep?']);
  });

  test('hears at once of what was postponed when they end their quiet hours, and later when they prolong them', async () => {
    const clock = (hours: number) => new Date(stage.now() + hours * 3_600_000).toISOString().slice(11, 16);
    const quiet = (hours: number) => ({ quietHours: { from: clock(-1), to: clock(hours), timeZone: 'UTC' } });
    const { ann, bob, id } = await pair({ ...quiet(1), showPreview: true });
    await stage.say(id, ann, 'psst');
    await stage.pass(MOMENT_MS);
    await stage.store.update(bob.userId, quiet(3));
    await stage.settle();
    await stage.pass(2 * 3_600_000);
    expect(bodies(bob)).toEqual([]);
    await stage.store.update(bob.userId, { quietHours: null });
    await stage.settle();
    await stage.pass(0);
    expect(bodies(bob)).toEqual(['psst']);
  });

  test('and suspended gets nothing', async () => {
    const { ann, bob, id } = await pair();
    await stage.say(id, ann, 'hello');
    await stage.directory.user.update({ where: { userId: bob.userId }, data: { suspendedAt: new Date() } });
    await stage.pass(MOMENT_MS);
    expect(stage.pushesTo(bob)).toEqual([]);
  });

  test('gets nothing of what is a day old', async () => {
    const { ann, bob, id } = await pair();
    const seq = await stage.say(id, ann, 'hello');
    const createdAt = new Date(stage.now() - 25 * 3_600_000);
    await stage.shards.of(id).db.message.updateMany({ where: { conversationId: id, seq }, data: { createdAt } });
    await stage.pass(MOMENT_MS);
    expect(stage.pushesTo(bob)).toEqual([]);
  });
});

describe('somebody who is there', () => {
  test('gets nothing that a device takes', async () => {
    const { ann, bob, id } = await pair();
    await stage.comeOnline(bob);
    await stage.deliver(bob, id, await stage.say(id, ann, 'hello'));
    await stage.pass(CHECK_MS + 1_000);
    await stage.goOffline(bob);
    await stage.pass(60_000);
    expect(stage.pushesTo(bob)).toEqual([]);
  });

  test('gets a push once no device has taken a message for half a minute, and of each later one too', async () => {
    const { ann, bob, id } = await pair({ showPreview: true });
    await stage.comeOnline(bob);
    await stage.say(id, ann, 'one');
    await stage.pass(CHECK_MS - 5_000);
    expect(bodies(bob)).toEqual([]);
    await stage.pass(6_000);
    expect(bodies(bob)).toEqual(['one']);
    await stage.say(id, ann, 'two');
    await stage.pass(CHECK_MS + 1_000);
    expect(bodies(bob)).toEqual(['one', 'two']);
  });

  test('gets a push at once where all their devices are idle, and none where they only appear offline', async () => {
    const { ann, bob, id } = await pair();
    await stage.comeOnline(bob, 'AWAY');
    await stage.deliver(bob, id, await stage.say(id, ann, 'one'));
    await stage.pass(MOMENT_MS);
    expect(stage.pushesTo(bob)).toHaveLength(1);
    await stage.comeOnline(bob, 'INVISIBLE');
    await stage.deliver(bob, id, await stage.say(id, ann, 'two'));
    await stage.pass(CHECK_MS + 1_000);
    expect(stage.pushesTo(bob).filter(({ alert }) => alert)).toHaveLength(1);
  });

  test('and leaves without having taken a message gets it pushed', async () => {
    const { ann, bob, id } = await pair({ showPreview: true });
    await stage.comeOnline(bob);
    await stage.deliver(bob, id, await stage.say(id, ann, 'taken'));
    await stage.say(id, ann, 'lost');
    await stage.goOffline(bob);
    await stage.pass(CHECK_MS + 1_000);
    expect(bodies(bob)).toEqual(['lost']);
  });
});

describe('what a device shows', () => {
  test('is taken back when it is read elsewhere, with the number that is left', async () => {
    const { ann, bob, id } = await pair();
    const other = await stage.conversation('DIRECT', bob, await stage.somebody());
    const seq = await stage.say(id, ann, 'one', 'two');
    await stage.pass(MOMENT_MS);
    await stage.read(bob, id, seq - 1);
    await stage.pass(0);
    expect(bodies(bob)).toEqual(['New message']);
    await stage.read(bob, id, seq);
    await stage.pass(0);
    expect(stage.pushesTo(bob).at(-1)).toMatchObject({ alert: null, badge: 0, data: { conversationId: cnv(id) } });
    await stage.say(other, bob, 'mine');
    await stage.pass(60_000);
    expect(stage.pushesTo(bob)).toHaveLength(2);
  });

  test('is taken back when it is read while it is on its way', async () => {
    const { ann, bob, id } = await pair({ showPreview: true });
    const seq = await stage.say(id, ann, 'one');
    stage.push.afterwards = async () => {
      stage.push.afterwards = () => undefined;
      await stage.read(bob, id, seq);
    };
    await stage.pass(MOMENT_MS);
    expect(bodies(bob)).toEqual(['one', null]);
  });

  test('is taken back when the person answers, and when they leave', async () => {
    const { ann, bob, cleo, id } = await trio();
    await stage.say(id, ann, 'one');
    await stage.pass(MOMENT_MS);
    await stage.say(id, bob, 'answer');
    await stage.pass(0);
    expect(bodies(bob)).toEqual(['New message', null]);
    await stage.shards.of(id).db
      .$queryRaw`select remove_members(${id}::uuid, ${ann.userId}::uuid, array[${cleo.userId}]::uuid[])`;
    await stage.settle();
    await stage.pass(0);
    expect(bodies(cleo)).toEqual(['New message', null]);
  });
});

describe('providers', () => {
  test('that are down get everything later, once', async () => {
    const { ann, bob, id } = await pair({ showPreview: true });
    stage.push.isDown = true;
    await stage.say(id, ann, 'one');
    await stage.pass(MOMENT_MS);
    await stage.pass(5_000);
    await stage.say(id, ann, 'two');
    await stage.pass(30_000);
    expect(bodies(bob)).toEqual([]);
    stage.push.isDown = false;
    for (let i = 0; i < 3; i++) await stage.pass(90_000);
    expect(bodies(bob)).toEqual(['two']);
  });

  test('that know a device no more are not asked again', async () => {
    const { ann, bob, id } = await pair();
    stage.push.gone.add(bob.token);
    await stage.say(id, ann, 'one');
    await stage.pass(MOMENT_MS);
    expect((await stage.targetOf(bob))?.invalidAt).not.toBeNull();
    const { calls } = stage.push;
    await stage.say(id, ann, 'two');
    await stage.pass(MOMENT_MS);
    expect(stage.push.calls).toBe(calls);
  });
});

describe('what happens twice, or half', () => {
  test('events that come again push nothing again', async () => {
    const { ann, bob, id } = await pair();
    await stage.say(id, ann, 'one');
    await stage.pass(MOMENT_MS);
    await stage.pass(60_000);
    const sent = [...stage.push.sent];
    await stage.replay();
    await stage.pass(60_000);
    expect(stage.push.sent.slice(sent.length)).toEqual([]);
    expect(stage.pushesTo(bob)).toHaveLength(1);
  });

  test('a process that dies between two devices leaves the second one to another', async () => {
    const { ann, bob, id } = await pair();
    const tablet = { ...bob, token: 'ab'.repeat(32) };
    await stage.store.register(bob.userId, bob.deviceId, { provider: 'APNS', token: tablet.token });
    await stage.say(id, ann, 'one');
    const first = stage.pushesTo(bob).length;
    // Dies as soon as a push was taken and noted: the other device is down until then.
    const down = stage.push.send.bind(stage.push);
    stage.push.send = (address, push) =>
      'token' in address && address.token === tablet.token ? new Promise(() => undefined) : down(address, push);
    void stage.pass(MOMENT_MS);
    while (stage.pushesTo(bob).length === first) await new Promise((resolve) => setTimeout(resolve, 10));
    stage.push.send = down;
    await stage.pass(61_000);
    expect(stage.pushesTo(bob)).toHaveLength(1);
    expect(stage.pushesTo(tablet)).toHaveLength(1);
  });

  test('two processes that look at once push once', async () => {
    const { ann, bob, id } = await pair();
    await stage.say(id, ann, 'one');
    const other = stage.newLooks();
    await Promise.all([stage.pass(MOMENT_MS), other.once(), other.once()]);
    await stage.pass(0);
    expect(stage.pushesTo(bob)).toHaveLength(1);
  });
});

test('who pushes is told when something is due, although it hardly looks by itself', async () => {
  const { ann, bob, id } = await pair({ showPreview: true });
  const sending = await stage.startSending();
  try {
    await stage.say(id, ann, 'hello');
    await waitFor('it is pushed', () => bodies(bob).includes('hello'));
    await stage.read(bob, id, 1);
    await waitFor('it is taken back', () => bodies(bob).includes(null));
  } finally {
    await sending.stop();
  }
});
