import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Person } from '../../platform/auth/caller.js';
import { toPublicId } from '../../platform/ids/ids.js';
import { openChanges, usr } from './changes.fixture.js';
import { somebody } from './testing.js';

let parley: Awaited<ReturnType<typeof openChanges>>;
beforeAll(async () => {
  parley = await openChanges();
});
afterAll(() => parley.close());

describe.each([
  ['editMessage', { body: 'changed' }],
  ['deleteMessage', {}],
  ['deleteMessage', { scope: 'VIEWER' }],
  ['addReaction', { emoji: '👍' }],
  ['removeReaction', { emoji: '👍' }],
  ['pinMessage', {}],
  ['unpinMessage', {}],
])('%s %j', (name, input) => {
  test('finds nothing for strangers, for those removed, and before one joined', async () => {
    const [ann, bob, eve] = [somebody(), somebody(), somebody()];
    const id = await parley.group(ann, bob);
    const { id: messageId } = await parley.send(bob, id);
    await parley.join(id, eve.userId);
    await parley.setMember(id, eve, { role: 'ADMIN' });
    await parley.leave(id, bob.userId);
    const before = await parley.versionOf(id);
    for (const viewer of [somebody(), bob, eve])
      expect(await parley.mutate(viewer, name, { messageId, ...input })).toEqual({
        message: null,
        codes: ['NOT_FOUND'],
        paths: [['messageId']],
      });
    for (const wrong of ['nonsense', usr(ann), toPublicId('message', ann.userId)])
      expect((await parley.mutate(ann, name, { messageId: wrong, ...input })).codes).toEqual(['NOT_FOUND']);
    expect(await parley.versionOf(id)).toBe(before);
  });
});

describe.each([
  ['editMessage', { body: 'changed' }],
  ['deleteMessage', {}],
  ['addReaction', { emoji: '👍' }],
  ['pinMessage', {}],
])('%s', (name, input) => {
  test('is refused for messages of the server', async () => {
    const ann = somebody();
    const id = await parley.group(ann);
    await parley.dbOf(id)
      .$queryRaw`select post_system_message(${id}::uuid, 'TITLE_CHANGED', ${ann.userId}::uuid, '{}', 'Trip')::text`;
    const { id: messageId } = await parley.dbOf(id).message.findFirstOrThrow({ where: { conversationId: id } });
    const publicId = toPublicId('message', messageId);
    expect((await parley.mutate(ann, name, { messageId: publicId, ...input })).codes).toEqual(['FORBIDDEN']);
    const { data } = await parley.run(
      ann,
      'query ($id: ID!) { message(id: $id) { kind senderId sender { id } systemEvent { kind actorId actor { id } subjectIds subjects { id } text } } }',
      { id: publicId },
    );
    expect(data.message).toEqual({
      kind: 'SYSTEM',
      senderId: null,
      sender: null,
      systemEvent: {
        kind: 'TITLE_CHANGED',
        actorId: usr(ann),
        actor: { id: usr(ann) },
        subjectIds: [],
        subjects: [],
        text: 'Trip',
      },
    });
  });
});

describe('editing', () => {
  test('keeps what was there before, replaces mentions, and tells the message as it is', async () => {
    const [ann, bob] = [somebody(), somebody()];
    const id = await parley.group(ann, bob);
    const { id: messageId } = await parley.send(ann, id, {
      body: '@Bob one',
      mentions: [{ userId: usr(bob), start: 0, end: 4 }],
    });
    const first = await parley.mutate(ann, 'editMessage', { messageId, body: 'two' });
    expect(first.codes).toEqual([]);
    const mentions = [{ userId: usr(ann), start: 0, end: 1 }];
    await parley.mutate(ann, 'editMessage', { messageId, body: 'three', mentions });
    const message = await parley.read(bob, messageId);
    expect(message).toMatchObject({
      body: 'three',
      mentions: [{ userId: usr(ann) }],
      edits: [{ body: '@Bob one' }, { body: 'two' }],
    });
    expect(message.editedAt).toBe(message.edits[1].editedAt);
    const [, edited, again] = await parley.eventsOf(id);
    expect(edited).toMatchObject({ type: 'MessageEdited', message: { body: 'two' }, unmentionedIds: [bob.userId] });
    expect(edited!.message).not.toHaveProperty('mentions');
    expect(again).not.toHaveProperty('unmentionedIds');
    const { events: changes } = await parley.subgraph.feed.changes(id, edited!.conversationVersion, 10);
    expect(changes).toEqual([
      {
        kind: 'message',
        conversationId: id,
        version: again!.conversationVersion,
        reason: 'CHANGED',
        message: again!.message,
      },
    ]);
  });

  test('to what it says already changes nothing, also after the window; to anything else it is too late then', async () => {
    const ann = somebody();
    const id = await parley.group(ann);
    const { id: messageId } = await parley.send(ann, id);
    await parley.mutate(ann, 'editMessage', { messageId, body: 'changed' });
    const version = await parley.versionOf(id);
    await parley.setPolicy(id, { editWindowSeconds: 60 });
    await parley.backdate(id, 1, 61);
    expect(await parley.mutate(ann, 'editMessage', { messageId, body: 'changed' })).toMatchObject({
      message: { body: 'changed' },
      codes: [],
    });
    expect((await parley.mutate(ann, 'editMessage', { messageId, body: 'again' })).codes).toEqual([
      'EDIT_WINDOW_CLOSED',
    ]);
    expect(await parley.versionOf(id)).toBe(version);
    await parley.backdate(id, 1, 50);
    expect((await parley.mutate(ann, 'editMessage', { messageId, body: 'again' })).codes).toEqual([]);
  });

  test('is for who wrote it, who may still send', async () => {
    const [ann, bob] = [somebody(), somebody()];
    const id = await parley.group(ann, bob);
    const { id: messageId } = await parley.send(bob, id);
    const edit = (viewer: Person) => parley.mutate(viewer, 'editMessage', { messageId, body: 'changed' });
    expect((await edit(ann)).codes).toEqual(['FORBIDDEN']);
    await parley.setPolicy(id, { whoCanSend: 'ADMIN' });
    expect((await edit(bob)).codes).toEqual(['FORBIDDEN']);
    await parley.setPolicy(id, { whoCanSend: 'MEMBER', kind: 'DIRECT' });
    await parley.setMember(id, ann, { isBlocked: true });
    expect((await edit(bob)).codes).toEqual(['BLOCKED']);
  });

  test.each([
    ['nothing but space', ' \n', 'body'],
    ['8,001 characters', 'x'.repeat(8_001), 'body'],
    ['U+0000', 'a\0', 'body'],
    ['half a surrogate pair', '\ud83d', 'body'],
  ])('refuses %s', async (_, body, path) => {
    const ann = somebody();
    const { id: messageId } = await parley.send(ann, await parley.group(ann));
    expect(await parley.mutate(ann, 'editMessage', { messageId, body })).toMatchObject({
      codes: ['INVALID_INPUT'],
      paths: [[path]],
    });
  });

  test('mentions new people only while they are members, and keeps those who have left', async () => {
    const [ann, bob, eve] = [somebody(), somebody(), somebody()];
    const id = await parley.group(ann, bob);
    const at = (person: Person) => ({ userId: usr(person), start: 0, end: 1 });
    const { id: messageId } = await parley.send(ann, id, { mentions: [at(bob)] });
    await parley.leave(id, bob.userId);
    const edit = (...people: Person[]) =>
      parley.mutate(ann, 'editMessage', { messageId, body: 'changed', mentions: people.map(at) });
    expect(await edit(bob, eve)).toMatchObject({ codes: ['INVALID_INPUT'], paths: [['mentions']] });
    expect((await edit(bob)).codes).toEqual([]);
  });

  test('many times at once leaves every version, each with a change of its own', async () => {
    const ann = somebody();
    const id = await parley.group(ann);
    const { id: messageId } = await parley.send(ann, id, { body: '0' });
    const before = await parley.versionOf(id);
    const bodies = Array.from({ length: 8 }, (_, i) => String(i + 1));
    const answers = await Promise.all(bodies.map((body) => parley.mutate(ann, 'editMessage', { messageId, body })));
    expect(answers.map(({ codes, message }) => [codes, message.body])).toEqual(bodies.map((body) => [[], body]));
    const message = await parley.read(ann, messageId);
    const all = [...message.edits.map((edit: { body: string }) => edit.body), message.body];
    expect(all[0]).toBe('0');
    expect(all.sort()).toEqual(['0', ...bodies]);
    expect(await parley.versionOf(id)).toBe(before + 8);
  });
});

describe('deleting for everyone', () => {
  test('leaves nothing but that there was a message, wherever one looks', async () => {
    const [ann, bob] = [somebody(), somebody()];
    const id = await parley.group(ann, bob);
    const { id: messageId } = await parley.send(bob, id, {
      body: 'secret',
      mentions: [{ userId: usr(ann), start: 0, end: 1 }],
    });
    const reply = await parley.send(ann, id, { replyToId: messageId });
    await parley.mutate(bob, 'editMessage', { messageId, body: 'secret too' });
    await parley.mutate(ann, 'addReaction', { messageId, emoji: '👍' });
    await parley.mutate(ann, 'pinMessage', { messageId });
    const deleted = await parley.mutate(bob, 'deleteMessage', { messageId });
    expect(deleted.codes).toEqual([]);
    const message = await parley.read(ann, messageId);
    expect(message).toEqual({ ...deleted.message, replyCount: 1 });
    expect(message).toMatchObject({
      seq: 1,
      body: null,
      mentions: [],
      reactions: [],
      edits: [],
      editedAt: null,
      pinnedAt: null,
    });
    expect((await parley.read(ann, reply.id)).replyTo).toEqual({ body: null });
    const stored = { conversationId: id, seq: 1 };
    expect(await parley.dbOf(id).reaction.count({ where: stored })).toBe(0);
    expect(await parley.dbOf(id).messageEdit.count({ where: stored })).toBe(0);
    expect(await parley.dbOf(id).message.findFirst({ where: stored })).toMatchObject({ body: null, mentions: null });
    const { events: changes } = await parley.subgraph.feed.changes(id, 0, 100);
    expect(JSON.stringify(changes)).not.toContain('secret');
    expect((await parley.eventsOf(id)).at(-1)).toMatchObject({ type: 'MessageDeleted', message: { body: null } });
    for (const [name, input] of [
      ['editMessage', { body: 'x' }],
      ['addReaction', { emoji: '👍' }],
      ['pinMessage', {}],
    ] as const)
      expect((await parley.mutate(name === 'pinMessage' ? ann : bob, name, { messageId, ...input })).codes).toEqual([
        'MESSAGE_DELETED',
      ]);
    expect((await parley.mutate(ann, 'removeReaction', { messageId, emoji: '👍' })).codes).toEqual([]);
  });

  test('is for the sender within the window, and for admins always', async () => {
    const [ann, bob, cid] = [somebody(), somebody(), somebody()];
    const id = await parley.group(ann, bob, cid);
    const { id: messageId } = await parley.send(bob, id);
    await parley.setPolicy(id, { deleteWindowSeconds: 60 });
    await parley.backdate(id, 1, 61);
    expect((await parley.mutate(cid, 'deleteMessage', { messageId })).codes).toEqual(['FORBIDDEN']);
    expect((await parley.mutate(bob, 'deleteMessage', { messageId })).codes).toEqual(['EDIT_WINDOW_CLOSED']);
    const deleted = await parley.mutate(ann, 'deleteMessage', { messageId });
    expect(deleted.codes).toEqual([]);
    const version = await parley.versionOf(id);
    expect(await parley.mutate(bob, 'deleteMessage', { messageId })).toEqual(deleted);
    expect((await parley.mutate(cid, 'deleteMessage', { messageId })).codes).toEqual(['FORBIDDEN']);
    expect(await parley.versionOf(id)).toBe(version);
  });

  test('races with edits and itself: once deleted nothing brings it back', async () => {
    const ann = somebody();
    const id = await parley.group(ann);
    const { id: messageId } = await parley.send(ann, id);
    const edits = [1, 2, 3, 4].map((n) => parley.mutate(ann, 'editMessage', { messageId, body: `edit ${n}` }));
    const deletes = [1, 2].map(() => parley.mutate(ann, 'deleteMessage', { messageId }));
    const reactions = [1, 2].map(() => parley.mutate(ann, 'addReaction', { messageId, emoji: '👍' }));
    for (const { codes } of await Promise.all([...edits, ...reactions]))
      expect([[], ['MESSAGE_DELETED']]).toContainEqual(codes);
    for (const { codes } of await Promise.all(deletes)) expect(codes).toEqual([]);
    expect(await parley.read(ann, messageId)).toMatchObject({ body: null, edits: [], reactions: [] });
    const told = await parley.eventsOf(id);
    expect(told.filter(({ type }) => (type as string) === 'MessageDeleted')).toHaveLength(1);
    expect(told.at(-1)!.type).toBe('MessageDeleted');
  });
});
