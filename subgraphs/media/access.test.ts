import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Person } from '../../platform/auth/caller.js';
import { fromPublicId, toPublicId } from '../../platform/ids/ids.js';
import { markFailed } from '../messages/failure-store.js';
import { codes, hub, openMedia, somebody, uuidOf } from './testing.js';

let media: Awaited<ReturnType<typeof openMedia>>;
beforeAll(async () => {
  media = await openMedia();
});
afterAll(() => media.close());

const cnv = (id: string) => toPublicId('conversation', id);
const sees = async (person: Person, id: string) => (await media.see(person, id)) !== null;
const drop = async (person: Person, messageId: string, scope = 'EVERYONE') => {
  const { data } = await media.askMessages(
    person,
    'mutation ($input: DeleteMessageInput!) { deleteMessage(input: $input) { message { attachments { id } } errors { code } } }',
    { input: { messageId, scope } },
  );
  expect(data.deleteMessage.errors).toEqual([]);
  return data.deleteMessage.message as { attachments: unknown[] };
};

describe('a message with attachments', () => {
  test('carries them in order, and whoever may read it may see them, and nobody else', async () => {
    const [ann, bob, eve] = [somebody(), somebody(), somebody()];
    const group = await media.group(ann, bob);
    const ids = [await media.ready(ann), await media.ready(ann, { kind: 'IMAGE', contentType: 'image/png' })];
    expect(await Promise.all([ann, bob, eve].map((each) => sees(each, ids[0]!)))).toEqual([true, false, false]);
    const { message } = await media.send(ann, group, { attachmentIds: ids });
    expect(message).toMatchObject({ kind: 'MEDIA', body: '', attachments: ids.map((id) => ({ id })) });
    for (const id of ids)
      expect(await Promise.all([ann, bob, eve].map((each) => sees(each, id)))).toEqual([true, true, false]);
    expect(await media.see(bob, ids[0]!)).toMatchObject({ status: 'READY', url: expect.stringContaining('original') });

    const entities = async (caller: Person | typeof hub) => {
      const { data } = await media.ask(
        caller,
        'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Media { id url } } }',
        { r: ids.map((id) => ({ __typename: 'Media', id })) },
      );
      return (data._entities as ({ id: string } | null)[]).map((each) => each?.id ?? null);
    };
    expect(await entities(bob)).toEqual(ids);
    expect(await entities(hub)).toEqual(ids);
    expect(await entities(eve)).toEqual([null, null]);
  });

  test('VOICE is a message of its own kind; what is looked at may be sent, what is not there may not', async () => {
    const [ann, bob] = [somebody(), somebody()];
    const group = await media.group(ann, bob);
    const voice = await media.uploaded(ann, { kind: 'VOICE', contentType: 'audio/ogg' });
    expect((await media.send(ann, group, { attachmentIds: [voice] })).message?.kind).toBe('VOICE');
    expect((await media.send(ann, group, { attachmentIds: [voice], body: 'with text' })).message?.kind).toBe('VOICE');
    const { media: begun } = await media.create(ann);
    const wrong = async (attachmentIds: string[], by = ann, body = '') =>
      (await media.send(by, group, { attachmentIds, body })).errors.map(({ code, path }) => [code, path.join('.')]);
    expect(await wrong([begun!.id])).toEqual([['MEDIA_NOT_READY', 'attachmentIds.0']]);
    expect(await wrong([voice, 'nonsense'])).toEqual([['NOT_FOUND', 'attachmentIds.1']]);
    expect(await wrong([voice], bob)).toEqual([['NOT_FOUND', 'attachmentIds.0']]);
    expect(await wrong([voice, voice])).toEqual([['INVALID_INPUT', 'attachmentIds.1']]);
    expect(await wrong(Array.from({ length: 11 }, () => voice))).toEqual([['INVALID_INPUT', 'attachmentIds']]);
    expect(await wrong([])).toEqual([['INVALID_INPUT', 'body']]);
    media.says.inspected = () => ({ kind: 'rejected', rejection: 'CORRUPT', why: 'a test' });
    const broken = await media.ready(ann);
    media.says.inspected = () => media.plain;
    expect(await wrong([broken])).toEqual([['INVALID_INPUT', 'attachmentIds.0']]);
  });

  test('a retry returns the first one, also when what it carries is gone', async () => {
    const ann = somebody();
    const group = await media.group(ann);
    const id = await media.ready(ann);
    const input = { attachmentIds: [id], clientMessageId: 'once' };
    const first = await media.send(ann, group, input);
    await media.shards.of(ann.userId).db.media.deleteMany({ where: { userId: ann.userId } });
    expect(await media.send(ann, group, input)).toEqual(first);
  });

  test('can have its text edited to nothing, and keeps what it carries', async () => {
    const ann = somebody();
    const group = await media.group(ann);
    const id = await media.ready(ann);
    const { message } = await media.send(ann, group, { attachmentIds: [id], body: 'look' });
    const text = await media.send(ann, group, { body: 'only text' });
    const edit = async (messageId: string, body: string) => {
      const { data } = await media.askMessages(
        ann,
        'mutation ($input: EditMessageInput!) { editMessage(input: $input) { message { body kind attachments { id } } errors { code path } } }',
        { input: { messageId, body } },
      );
      return data.editMessage as object;
    };
    expect(await edit(message!.id, '')).toEqual({
      message: { body: '', kind: 'MEDIA', attachments: [{ id }] },
      errors: [],
    });
    expect(await edit(text.message!.id, ' ')).toEqual({
      message: null,
      errors: [{ code: 'INVALID_INPUT', path: ['body'] }],
    });
  });
});

describe('media can be seen', () => {
  test('as long as a message that carries it can be read: not when deleted, expired or hidden, nor from outside the span', async () => {
    const [ann, bob, carl] = [somebody(), somebody(), somebody()];
    const group = await media.group(ann, bob);
    const { db } = media.shards.of(group);
    const id = await media.ready(ann);
    const { message } = await media.send(ann, group, { attachmentIds: [id] });
    await db.$queryRaw`select add_members(${group}::uuid, ${ann.userId}::uuid, array[${carl.userId}::uuid], 256)`;
    expect(await sees(carl, id)).toBe(false);
    const again = await media.send(ann, group, { attachmentIds: [id] });
    expect(await sees(carl, id)).toBe(true);

    await drop(bob, message!.id, 'VIEWER');
    expect(await sees(bob, id)).toBe(true);
    await drop(bob, again.message!.id, 'VIEWER');
    expect(await sees(bob, id)).toBe(false);

    expect((await drop(ann, again.message!.id)).attachments).toEqual([]);
    expect([await sees(carl, id), await sees(ann, id)]).toEqual([false, true]);
    expect(await db.conversationMedia.count({ where: { mediaId: uuidOf(id) } })).toBe(1);
    await db.message.updateMany({
      where: { id: fromPublicId('message', message!.id)! },
      data: { expiresAt: new Date(0) },
    });
    await media.send(carl, group, { body: 'me too' });
    const third = await media.send(ann, group, { attachmentIds: [id] });
    expect(await sees(carl, id)).toBe(true);
    await db.message.updateMany({
      where: { seq: third.message!.seq, conversationId: group },
      data: { expiresAt: new Date(0) },
    });
    expect(await sees(carl, id)).toBe(false);
    await db.$queryRaw`select expire_messages(100)`;
    expect(await db.conversationMedia.count({ where: { mediaId: uuidOf(id) } })).toBe(0);
  });

  test('not by who left or was removed, but still by others and by whoever has it forwarded', async () => {
    const [ann, bob, carl] = [somebody(), somebody(), somebody()];
    const [group, other] = [await media.group(ann, bob), await media.group(bob, carl)];
    const id = await media.ready(ann);
    const { message } = await media.send(ann, group, { attachmentIds: [id], body: 'mine' });
    const forward = async (messageId: string, by = bob) => {
      const { data } = await media.askMessages(
        by,
        `mutation ($input: ForwardMessageInput!) { forwardMessage(input: $input) {
          message { id kind body attachments { id } forwardedFrom { id } } errors { code } } }`,
        { input: { messageId, conversationId: cnv(other), clientMessageId: 'f' } },
      );
      return data.forwardMessage as { message: { id: string } | null; errors: { code: string }[] };
    };
    expect(codes(await forward(message!.id, carl))).toEqual(['NOT_FOUND']);
    const forwarded = await forward(message!.id);
    expect(forwarded.message).toMatchObject({
      ...{ kind: 'MEDIA', body: 'mine', attachments: [{ id }] },
      forwardedFrom: { id: toPublicId('user', ann.userId) },
    });
    expect(await sees(carl, id)).toBe(true);
    await media.shards.of(group).db.$queryRaw`
      select remove_members(${group}::uuid, ${ann.userId}::uuid, array[${bob.userId}::uuid])`;
    expect(await sees(bob, id)).toBe(true);
    await drop(ann, message!.id);
    expect([await sees(bob, id), await sees(carl, id)]).toEqual([true, true]);
    expect(await forward(message!.id)).toEqual(forwarded); // a retry
    await drop(bob, forwarded.message!.id);
    expect([await sees(bob, id), await sees(carl, id)]).toEqual([false, false]);
  });

  test('in what a reply quotes by those who may read that, and by all where all may', async () => {
    const [ann, bob, carl] = [somebody(), somebody(), somebody()];
    const group = await media.group(ann, bob);
    const id = await media.ready(ann);
    const { message } = await media.send(ann, group, { attachmentIds: [id] });
    const reply = async () => (await media.send(ann, group, { body: 'this', replyToId: message!.id })).message!.id;
    const quoted = async (caller: Person | typeof hub, replyId: string) => {
      const { data } = await media.askMessages(
        caller,
        'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Message { replyTo { attachments { id } } } } }',
        { r: [{ __typename: 'Message', id: replyId }] },
      );
      return data._entities[0].replyTo.attachments as unknown[];
    };
    const early = await reply();
    expect(await quoted(bob, early)).toEqual([{ id }]);
    expect(await quoted(hub, early)).toEqual([{ id }]);
    await media.shards.of(group).db.$queryRaw`
      select add_members(${group}::uuid, ${ann.userId}::uuid, array[${carl.userId}::uuid], 256)`;
    const late = await reply();
    expect(await quoted(bob, late)).toEqual([{ id }]);
    expect(await quoted(carl, late)).toEqual([]);
    expect(await quoted(hub, late)).toEqual([]);
    expect(await quoted(hub, early)).toEqual([{ id }]);
  });
});

describe('sharedMedia', () => {
  const shared = async (person: Person, id: string, args: Record<string, unknown> = {}) => {
    const { data, errors } = await media.ask(
      person,
      `query ($r: [_Any!]!, $first: Int!, $after: String, $kinds: [MediaKind!]) { _entities(representations: $r) {
        ... on Conversation { sharedMedia(first: $first, after: $after, kinds: $kinds) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } } } } }`,
      { r: [{ __typename: 'Conversation', id: cnv(id) }], first: 100, ...args },
    );
    const connection = data?._entities[0]?.sharedMedia as
      { edges: { node: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } | undefined;
    return { ids: connection?.edges.map(({ node }) => node.id) ?? null, pageInfo: connection?.pageInfo, errors };
  };

  test('lists what the viewer may read, newest first, by kind, page by page, without what is gone', async () => {
    const [ann, bob] = [somebody(), somebody()];
    const group = await media.group(ann, bob);
    const sent: string[][] = [];
    for (let i = 0; i < 4; i++) {
      const ids = [await media.ready(ann), await media.ready(ann, { kind: 'IMAGE', contentType: 'image/png' })];
      await media.send(ann, group, { attachmentIds: ids });
      sent.unshift(ids);
    }
    expect(await shared(bob, group)).toMatchObject({ errors: undefined, ids: sent.flat() });
    expect((await shared(bob, group, { kinds: ['IMAGE'] })).ids).toEqual(sent.map(([, image]) => image));
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof shared>> = await shared(bob, group, { first: 3, after });
      seen.push(...page.ids!);
      after = page.pageInfo!.hasNextPage ? page.pageInfo!.endCursor : null;
    } while (after);
    expect(seen).toEqual(sent.flat());

    await media.shards.of(ann.userId).db.media.updateMany({
      where: { mediaId: { in: sent[0]!.concat(sent[1]!).map(uuidOf) } },
      data: { deletedAt: new Date() },
    });
    expect((await shared(bob, group, { first: 2 })).ids).toEqual(sent[2]);
    await markFailed(media, group, 3);
    expect((await shared(bob, group)).ids).toEqual(sent[3]);
    expect((await shared(somebody(), group)).ids).toBeNull();
  });
});
