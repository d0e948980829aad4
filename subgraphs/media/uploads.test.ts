import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { toPublicId, newUuid } from '../../platform/ids/ids.js';
import { events } from '../../schema/events.js';
import { codes, openMedia, somebody, uuidOf } from './testing.js';

let media: Awaited<ReturnType<typeof openMedia>>;
beforeAll(async () => {
  media = await openMedia({ uploadsPerDay: 20, quotaBytes: 10_000 });
});
afterAll(() => media.close());

describe('createUpload', () => {
  test('says where to put the bytes, and a retry says the same', async () => {
    const ann = somebody();
    const input = { clientMutationId: 'one', filename: 'note.txt', size: 7, sha256: 'AB'.repeat(32) };
    const first = await media.create(ann, input);
    expect(first).toMatchObject({
      errors: [],
      media: { status: 'AWAITING_UPLOAD', filename: 'note.txt', contentType: 'text/plain', size: 7 },
      upload: { method: 'PUT', url: `https://store.test/uploads/${uuidOf(first.media!.id)}` },
    });
    expect(media.objects.uploads.at(-1)).toMatchObject({ contentType: 'text/plain', size: 7, sha256: 'ab'.repeat(32) });
    expect(await media.create(ann, { ...input, size: 9 })).toEqual(first);
    const others = await media.create(somebody(), input);
    expect(others.media!.id).not.toBe(first.media!.id);
  });

  test.each([
    [{ size: 0 }, 'INVALID_INPUT', 'size'],
    [{ size: 1.5 }, 'INVALID_INPUT', 'size'],
    [{ size: 3e9 }, 'TOO_LARGE', 'size'],
    [{ kind: 'IMAGE', contentType: 'image/jpeg', size: 60_000_000 }, 'TOO_LARGE', 'size'],
    [{ kind: 'IMAGE', contentType: 'text/html' }, 'UNSUPPORTED_TYPE', 'contentType'],
    [{ kind: 'VOICE', contentType: 'video/mp4' }, 'UNSUPPORTED_TYPE', 'contentType'],
    [{ contentType: 'nonsense' }, 'UNSUPPORTED_TYPE', 'contentType'],
    [{ contentType: 'a/b\r\nx: y' }, 'UNSUPPORTED_TYPE', 'contentType'],
    [{ sha256: 'abc' }, 'INVALID_INPUT', 'sha256'],
    [{ clientMutationId: '' }, 'INVALID_INPUT', 'clientMutationId'],
    [{ clientMutationId: 'x\0' }, 'INVALID_INPUT', 'clientMutationId'],
    [{ size: 10_001 }, 'QUOTA_EXCEEDED', 'size'],
  ])('%j is %s', async (input, code, path) => {
    const payload = await media.create(somebody(), input);
    expect(payload).toMatchObject({ media: null, upload: null, errors: [{ code, path: [path] }] });
  });

  test.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\windows\\photo.jpg', 'photo.jpg'],
    ['  .hidden ', 'hidden'],
    ['a\u202Egpj.exe', 'agpj.exe'],
    ['"quoted"\r\n.txt', 'quoted.txt'],
    ['фото 😀.png', 'фото 😀.png'],
    ['...', 'file'],
    [`${'é'.repeat(300)}.jpeg`, `${'é'.repeat(195)}.jpeg`],
  ])('takes the name %j as %j', async (filename, cleaned) => {
    expect((await media.create(somebody(), { filename })).media).toMatchObject({ filename: cleaned });
  });

  test('has room for so many bytes, which deleting gives back; newcomers have a tenth', async () => {
    const ann = somebody();
    const first = await media.create(ann, { size: 6_000 });
    const payload = await media.create(ann, { size: 6_000 });
    expect(payload.errors).toMatchObject([{ code: 'QUOTA_EXCEEDED', path: ['size'], retryAt: null }]);
    expect(codes(await media.change(ann, 'deleteMedia', first.media!.id))).toEqual([]);
    expect(codes(await media.create(ann, { size: 6_000 }))).toEqual([]);
    expect(codes(await media.create({ ...somebody(), isNewcomer: true }, { size: 1_001 }))).toEqual(['QUOTA_EXCEEDED']);
  });

  test('begins so many uploads a day, also of those who try all at once, and says when the next may be', async () => {
    const ann = somebody();
    const answers = await Promise.all(Array.from({ length: 25 }, () => media.create(ann, { size: 1 })));
    expect(answers.flatMap(codes)).toEqual(Array(5).fill('QUOTA_EXCEEDED'));
    const refused = answers.find(({ errors }) => errors.length > 0)!;
    const wait = Date.parse(refused.errors[0]!.retryAt!) - Date.now();
    expect(wait).toBeGreaterThan(86_300_000);
    expect(wait).toBeLessThanOrEqual(86_400_000);
    const { data } = await media.ask(
      ann,
      '{ viewer { mediaQuota { usedBytes limitBytes uploadsToday uploadsPerDay } } }',
    );
    expect(data.viewer.mediaQuota).toEqual({ usedBytes: 20, limitBytes: 10_000, uploadsToday: 20, uploadsPerDay: 20 });
  });
});

describe('completeUpload', () => {
  test('is refused until all bytes are there, then tells once that they are', async () => {
    const ann = somebody();
    const { media: begun } = await media.create(ann, { size: 5 });
    const id = begun!.id;
    expect(await media.change(ann, 'completeUpload', id)).toMatchObject({
      media: null,
      errors: [{ code: 'NOT_UPLOADED', path: ['mediaId'] }],
    });
    media.objects.put(`uploads/${uuidOf(id)}`, Buffer.from('hell'));
    expect(codes(await media.change(ann, 'completeUpload', id))).toEqual(['NOT_UPLOADED']);
    media.objects.put(`uploads/${uuidOf(id)}`, Buffer.from('hello'));
    const done = { media: { id, status: 'PROCESSING' }, errors: [] };
    expect(await media.change(ann, 'completeUpload', id)).toEqual(done);
    expect(await media.change(ann, 'completeUpload', id)).toEqual(done);
    const rows = await media.shards.of(ann.userId).db.outbox.findMany({ where: { key: uuidOf(id) } });
    expect(rows.map(({ payload }) => events.MediaUploaded.strict().parse(JSON.parse(payload)))).toMatchObject([
      { mediaId: uuidOf(id), ownerId: ann.userId, kind: 'FILE' },
    ]);
  });

  test('is the owner’s alone', async () => {
    const [ann, eve] = [somebody(), somebody()];
    const { media: begun } = await media.create(ann);
    for (const id of [begun!.id, toPublicId('media', newUuid(1)), 'nonsense'])
      expect(await media.change(eve, 'completeUpload', id)).toMatchObject({
        media: null,
        errors: [{ code: 'NOT_FOUND', path: ['mediaId'] }],
      });
  });
});

test('what was looked at has links that last an hour and are equal for minutes; until then it has none', async () => {
  const ann = somebody();
  const sha256 = createHash('sha256').update('hello').digest('hex');
  const id = await media.uploaded(ann, { sha256 });
  const fields = 'status url file: url(disposition: ATTACHMENT) thumbnails { url } owner { id } size';
  expect(await media.see(ann, id, fields)).toMatchObject({
    status: 'PROCESSING',
    url: null,
    file: null,
    thumbnails: [],
  });
  await media.work();
  const seen = await media.see(ann, id, fields);
  expect(seen).toMatchObject({ status: 'READY', size: 5, owner: { id: toPublicId('user', ann.userId) } });
  const link = new URL(seen!.url as string);
  expect(link.pathname).toBe(`/media/${uuidOf(id)}/original`);
  expect(Object.fromEntries(link.searchParams)).toMatchObject({ disposition: 'inline', filename: 'a.txt' });
  expect(new URL(seen!.file as string).searchParams.get('disposition')).toBe('attachment');
  const left = Date.parse(link.searchParams.get('until')!) - Date.now();
  expect(left).toBeGreaterThan(3_599_000);
  expect(left).toBeLessThanOrEqual(4_200_000);
  // The link that was put to is of no use any more.
  expect([...media.objects.objects.keys()].filter((key) => key.includes(uuidOf(id)))).toEqual([
    `media/${uuidOf(id)}/original`,
  ]);
  media.pass(601_000);
  expect((await media.see(ann, id))!.url).not.toBe(seen!.url);
});

test('uploads are listed newest first, page by page, for their owner', async () => {
  const ann = somebody();
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) ids.unshift((await media.create(ann, { size: 1 })).media!.id);
  const page = async (after: string | null) => {
    const { data, errors } = await media.ask(
      ann,
      'query ($after: String) { viewer { uploads(first: 2, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } } }',
      { after },
    );
    expect(errors).toBeUndefined();
    return data.viewer.uploads as {
      edges: { node: { id: string } }[];
      pageInfo: { hasNextPage: boolean; endCursor: string };
    };
  };
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const { edges, pageInfo } = await page(after);
    seen.push(...edges.map(({ node }) => node.id));
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after);
  expect(seen).toEqual(ids);
  const { errors } = await media.ask(
    somebody(),
    'query ($a: String) { viewer { uploads(after: $a) { edges { cursor } } } }',
    {
      a: (await page(null)).pageInfo.endCursor,
    },
  );
  expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
});

describe('deleteMedia', () => {
  test('is for what no message carries; twice is refused as what is not there', async () => {
    const ann = somebody();
    const id = await media.ready(ann);
    const group = await media.group(ann);
    await media.send(ann, group, { attachmentIds: [id] });
    expect(codes(await media.change(ann, 'deleteMedia', id))).toEqual(['CONFLICT']); // about to be sent
    await age(ann.userId);
    expect(await media.change(ann, 'deleteMedia', id)).toMatchObject({ errors: [{ code: 'CONFLICT' }] });
    expect(await media.see(ann, id)).toMatchObject({ status: 'READY' });
    // A refused deletion keeps nobody from sending it.
    expect((await media.send(ann, group, { attachmentIds: [id] })).errors).toEqual([]);

    const free = await media.ready(ann);
    expect(codes(await media.change(somebody(), 'deleteMedia', free))).toEqual(['NOT_FOUND']);
    expect(await media.change(ann, 'deleteMedia', free)).toMatchObject({ media: { id: free }, errors: [] });
    expect(await media.see(ann, free)).toBeNull();
    expect((await media.send(ann, group, { attachmentIds: [free] })).errors).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect(codes(await media.change(ann, 'deleteMedia', free))).toEqual(['NOT_FOUND']);
  });

  /** As if nothing had been sent lately. */
  const age = (userId: string) =>
    media.shards
      .of(userId)
      .db.media.updateMany({ where: { userId }, data: { attachedAt: new Date(Date.now() - 60_000) } });
});
