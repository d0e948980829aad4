import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { newUuid, toPublicId } from '../../platform/ids/ids.js';
import { openPresence, usr } from './testing.js';

let parley: Awaited<ReturnType<typeof openPresence>>;
beforeAll(async () => {
  parley = await openPresence();
});
afterEach(() => {
  for (const all of [parley.people.blocks, parley.people.settings, parley.people.directs, parley.people.unknown])
    all.clear();
});
afterAll(() => parley.close());

const router = 'router';
const hub = { kind: 'hub', startedAt: 0 } as const;
const nobody = { kind: 'nobody', startedAt: 0 } as const;
const online = { status: 'ONLINE', lastSeenAt: null };

describe('how a person appears', () => {
  test('offline and never seen, online while a socket or a heartbeat says so, then offline and last seen', async () => {
    const [ann, bob] = await parley.crowd(2);
    expect(await parley.seen(ann!, bob!)).toEqual({ data: { status: 'OFFLINE', lastSeenAt: null } });
    await parley.presence.socketLives(bob!, router);
    expect((await parley.seen(ann!, bob!)).data).toEqual(online);
    await parley.presence.socketsGone(bob!, router);
    const { data } = await parley.run(bob!, 'mutation { heartbeat { errors { code } } }');
    expect(data).toEqual({ heartbeat: { errors: [] } });
    const at = parley.now();
    await parley.pass(69_000);
    expect((await parley.seen(ann!, bob!)).data).toEqual(online);
    await parley.pass(2_000);
    expect((await parley.seen(ann!, bob!)).data).toEqual({ status: 'OFFLINE', lastSeenAt: new Date(at).toISOString() });
    expect(parley.told(bob!.userId).map(({ status }) => status)).toEqual(['ONLINE', 'OFFLINE']);
  });

  test('goes offline within its minute after a crash of its router', async () => {
    const [ann, bob] = await parley.crowd(2);
    await parley.presence.socketLives(bob!, router);
    await parley.pass(54_000);
    expect((await parley.seen(ann!, bob!)).data).toEqual(online);
    await parley.pass(1_500);
    expect((await parley.seen(ann!, bob!)).data.status).toBe('OFFLINE');
  });

  test('when they were last seen outlives the store of devices', async () => {
    const [ann, bob] = await parley.crowd(2);
    await parley.presence.socketLives(bob!, router);
    const at = parley.now();
    await parley.presence.socketsGone(bob!, router);
    await parley.pass(80_000);
    await parley.restart('nothing');
    expect((await parley.seen(ann!, bob!)).data).toEqual({ status: 'OFFLINE', lastSeenAt: new Date(at).toISOString() });
  });

  test('an account that is gone does not come alive', async () => {
    const bob = await parley.somebody();
    await parley.directory.user.delete({ where: { userId: bob.userId } });
    const { errors } = await parley.run(bob, 'mutation { heartbeat { errors { code } } }');
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  test('the database is written when they come and when they go, not in between', async () => {
    const bob = await parley.somebody();
    const row = () => parley.directory.presence.findUnique({ where: { userId: bob.userId } });
    await parley.presence.socketLives(bob, router);
    expect((await row())?.onlineAt).not.toBeNull();
    for (let round = 0; round < 4; round++) {
      await parley.presence.socketsGone(bob, router);
      await parley.pass(11_000);
      if (round === 0) expect(await row()).toMatchObject({ onlineAt: null });
      await parley.presence.socketLives(bob, router);
      await parley.pass(1_000);
      expect((await row())?.onlineAt).not.toBeNull();
    }
    expect(parley.told(bob.userId)).toHaveLength(9);
  });
});

describe('who is invisible', () => {
  test('appears offline, and comes back so after the store was lost', async () => {
    const [ann, bob] = await parley.crowd(2);
    await parley.presence.socketLives(bob!, router);
    await parley.pass(5_000);
    const at = parley.now();
    expect(await parley.change(bob!, 'setPresence', { intent: 'INVISIBLE' })).toEqual([]);
    const hidden = { status: 'OFFLINE', lastSeenAt: expect.any(String) };
    expect((await parley.seen(ann!, bob!)).data).toEqual({ ...hidden, lastSeenAt: new Date(at).toISOString() });
    await parley.restart('nothing');
    // The database's clock is not the test's.
    expect((await parley.seen(ann!, bob!)).data).toEqual(hidden);
    await parley.presence.socketLives(bob!, 'another');
    await parley.pass(20_000);
    expect((await parley.seen(ann!, bob!)).data).toEqual(hidden);
    expect(parley.told(bob!.userId).map(({ status }) => status)).toEqual(['ONLINE', 'OFFLINE']);
  });

  test('who begins so was never to be seen', async () => {
    const [ann, bob] = await parley.crowd(2);
    await parley.change(bob!, 'setPresence', { intent: 'INVISIBLE' });
    await parley.presence.socketLives(bob!, router);
    await parley.pass(5_000);
    expect((await parley.seen(ann!, bob!)).data).toEqual({ status: 'OFFLINE', lastSeenAt: null });
    expect(parley.told(bob!.userId)).toEqual([]);
  });

  test('is seen again once they say so on any device that is not idle', async () => {
    const [ann, bob] = await parley.crowd(2);
    await parley.presence.socketLives(bob!, router);
    const laptop = { ...bob!, deviceId: newUuid(1) };
    await parley.presence.socketLives(laptop, router);
    await parley.change(bob!, 'setPresence', { intent: 'INVISIBLE' });
    await parley.change(laptop, 'setPresence', { intent: 'AWAY' });
    await parley.change(laptop, 'setPresence', { intent: 'ONLINE' });
    await parley.pass(2_000);
    expect((await parley.seen(ann!, bob!)).data.status).toBe('OFFLINE');
    await parley.change(laptop, 'setPresence', { intent: 'ONLINE' });
    await parley.pass(1_250);
    expect((await parley.seen(ann!, bob!)).data).toEqual(online);
    const row = await parley.directory.presence.findUnique({ where: { userId: bob!.userId } });
    expect(row).toMatchObject({ isInvisible: false });
    expect(row?.onlineAt).not.toBeNull();
  });
});

describe('who may see it', () => {
  test('depends on the privacy of the person, and on blocks both ways', async () => {
    const [ann, bob] = await parley.crowd(2);
    await parley.presence.socketLives(bob!, router);
    const { people } = parley;
    const seen = async () => (await parley.seen(ann!, bob!)).data;
    expect(await seen()).toEqual(online);
    people.settings.set(bob!.userId, { lastSeen: 'NOBODY' });
    expect(await seen()).toBeNull();
    expect((await parley.seen(bob!, bob!)).data).toEqual(online);
    people.settings.set(bob!.userId, { lastSeen: 'DIRECT_CONTACTS' });
    expect(await seen()).toBeNull();
    people.directs.add([ann!.userId, bob!.userId].sort().join(' '));
    expect(await seen()).toEqual(online);
    for (const [one, other] of [
      [ann, bob],
      [bob, ann],
    ]) {
      people.blocks.add(`${one!.userId} ${other!.userId}`);
      expect(await seen()).toBeNull();
      people.blocks.clear();
    }
    people.unknown.add(bob!.userId);
    expect(await seen()).toBeNull();
  });

  test('is never answered to nobody, nor to the hub', async () => {
    const bob = await parley.somebody();
    expect((await parley.seen(nobody, bob)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect((await parley.seen(hub, bob)).errors?.[0]?.extensions.code).toBe('INTERNAL');
  });
});

describe('typing', () => {
  test('is for members, and hidden by settings and blocks', async () => {
    const [ann, bob, eve] = await parley.crowd(3);
    const id = newUuid(7);
    parley.people.members.set(id, [ann!.userId, bob!.userId]);
    const input = { conversationId: toPublicId('conversation', id), isTyping: true };
    const typing = async (viewer = ann!) =>
      (await parley.ofConversation(viewer, id, 'typingUsers { id }')).data.typingUsers;
    expect(await parley.change(eve!, 'setTyping', input)).toEqual(['NOT_A_MEMBER']);
    expect(await parley.change(ann!, 'setTyping', { ...input, conversationId: 'nonsense' })).toEqual(['NOT_A_MEMBER']);
    expect(await parley.change(bob!, 'setTyping', input)).toEqual([]);
    expect(await parley.change(bob!, 'setTyping', input)).toEqual([]);
    expect(parley.published.filter(({ channel }) => channel === `typing:${id}`)).toHaveLength(1);
    expect(await typing()).toEqual([{ id: usr(bob!) }]);
    expect(await typing(eve)).toEqual([]);
    parley.people.blocks.add(`${ann!.userId} ${bob!.userId}`);
    expect(await typing()).toEqual([]);
    expect(await typing(bob)).toEqual([{ id: usr(bob!) }]);
    parley.people.blocks.clear();
    parley.people.settings.set(bob!.userId, { typingIndicators: false });
    expect(await typing()).toEqual([]);
    await parley.change(bob!, 'setTyping', input);
    parley.people.settings.clear();
    expect(await typing()).toEqual([]);
  });

  test('asks who is looking, so that no stream shares it', async () => {
    const { errors } = await parley.ofConversation(hub, newUuid(7), 'typingUsers { id }');
    expect(errors?.[0]?.extensions.code).toBe('INTERNAL');
  });
});

describe('how many are online', () => {
  const count = async (viewer: Parameters<typeof parley.ofConversation>[0], id: string) =>
    (await parley.ofConversation(viewer, id, 'onlineCount')).data.onlineCount as number;

  test('counts members who show it to everyone', async () => {
    const crowd = await parley.crowd(6);
    const [ann, bob, carol, dave, , eve] = crowd;
    const id = newUuid(9);
    parley.people.members.set(
      id,
      crowd.slice(0, 5).map(({ userId }) => userId),
    );
    for (const person of [ann, bob, carol, dave, eve]) await parley.presence.socketLives(person!, router);
    await parley.change(carol!, 'setPresence', { intent: 'INVISIBLE' });
    await parley.pass(1_250);
    parley.people.settings.set(dave!.userId, { lastSeen: 'NOBODY' });
    expect(await count(ann!, id)).toBe(2);
    expect(await count(hub, id)).toBe(2);
    expect(await count(eve!, id)).toBe(0);
  });

  test('tells nothing of two people of whom one has blocked the other', async () => {
    const [ann, bob] = await parley.crowd(2);
    const id = newUuid(9);
    parley.people.members.set(id, [ann!.userId, bob!.userId]);
    for (const person of [ann, bob]) await parley.presence.socketLives(person!, router);
    expect(await count(ann!, id)).toBe(2);
    parley.people.blocks.add(`${bob!.userId} ${ann!.userId}`);
    expect(await count(ann!, id)).toBe(0);
  });

  test('is estimated from a few hundred members of a large conversation', async () => {
    const crowd = await parley.crowd(1_200);
    const id = newUuid(11);
    const { db } = parley.shards.of(id);
    // As if they had signed up over a year.
    const userIds = crowd.map((_, i) => newUuid(i, Date.now() - i * 26_280_000));
    parley.people.members.set(id, userIds);
    await db.$executeRaw`insert into conversation_head (conversation_id, version, member_count) values (${id}::uuid, 1, 1200)`;
    await db.$executeRaw`
      insert into member (conversation_id, user_id, role, joined_at, version, changed_at)
      select ${id}::uuid, u, 'MEMBER', now(), 1, now() from unnest(${userIds}::uuid[]) as u`;
    await db.$executeRaw`
      insert into conversation (conversation_id, kind, visibility, created_by, created_at, version, changed_at)
      values (${id}::uuid, 'CHANNEL', 'PUBLIC', ${userIds[0]}::uuid, now(), 1, now())`;
    const sampled = await parley.store.sampleMembers(id);
    expect(sampled.memberCount).toBe(1_200);
    expect(sampled.userIds.length).toBeGreaterThan(100);
    expect(sampled.userIds.length).toBeLessThanOrEqual(256);
    await parley.directory.user.createMany({
      data: userIds.map((userId) => ({ userId, handle: userId.replaceAll('-', '_'), displayName: 'Member' })),
    });
    await Promise.all(
      userIds
        .filter((_, i) => i % 2 === 0)
        .map((userId) => parley.presence.socketLives({ userId, deviceId: newUuid(1) }, router)),
    );
    const stranger = await parley.somebody();
    const estimate = await count(stranger, id);
    expect(estimate).toBeGreaterThan(300);
    expect(estimate).toBeLessThan(900);
  });
});
