import { execFile, spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { createGroup, removeMembers } from '../chat.js';
import { Refused, type Device } from '../client.js';
import { conversationEventsDocument } from '../following.js';
import {
  completeUpload,
  createUpload,
  fetched,
  mediaFields,
  mediaOf,
  messageOf,
  put,
  sendMedia,
  settled,
  upload,
  type Media,
  type UploadDraft,
} from '../media.js';
import { storiesOnParley } from '../story.js';
import { eventually, waitFor } from '../wait-for.js';

const story = storiesOnParley();
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const changedDocument = `subscription ($id: ID!) { mediaChanged(id: $id) { ${mediaFields} } }`;

/** In two parts, so that no scanner finds this file. */
const eicar = Buffer.from(String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*');

/** Red above blue for whoever looks at it; stored lying on its side, with where it was taken. */
async function photo(): Promise<UploadDraft> {
  const half = (left: number, background: string) => ({
    input: { create: { width: 300, height: 400, channels: 3 as const, background } },
    left,
    top: 0,
  });
  const bytes = await sharp({ create: { width: 600, height: 400, channels: 3, background: 'white' } })
    .composite([half(0, '#ff0000'), half(300, '#0000ff')])
    .withExif({ IFD0: { Copyright: 'a secret place' }, IFD3: { GPSLatitude: '51/1 30/1 0/1', GPSLatitudeRef: 'N' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  return { filename: 'beach.jpg', contentType: 'image/jpeg', kind: 'IMAGE', bytes };
}

const file = (text: string | Buffer, filename = 'notes.txt'): UploadDraft => ({
  ...{ filename, contentType: 'text/plain', kind: 'FILE' },
  bytes: Buffer.from(text),
});

async function pixel(bytes: Buffer, x: number, y: number): Promise<string> {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels;
  const [red = 0, , blue = 0] = data.subarray(at, at + 3);
  return red > 200 && blue < 60 ? 'red' : blue > 200 && red < 60 ? 'blue' : `${[...data.subarray(at, at + 3)].join()}`;
}

/** Malware that a message carries already when it is found: large, so that looking at it takes longer than a send. */
async function sentWhileLookedAt(device: Device, conversationId: string) {
  const bytes = Buffer.concat([eicar, Buffer.alloc(20_000_000, ' ')]);
  for (;;) {
    const { media, upload: signed } = await createUpload(device, file(bytes, 'report.com'));
    const changes = device.subscribe<{ mediaChanged: Media }>(changedDocument, { id: media.id });
    await changes.waitFor('as it stands', ({ mediaChanged }) => mediaChanged.status === 'AWAITING_UPLOAD');
    expect(await put(signed!, bytes)).toBe(200);
    await completeUpload(device, media.id);
    try {
      return { media, signed: signed!, changes, message: await sendMedia(device, conversationId, [media.id]) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error; // it was looked at sooner
    }
  }
}

const refusals = async (work: Promise<unknown>): Promise<string[]> => {
  try {
    await work;
    return [];
  } catch (error) {
    if (error instanceof Refused) return error.codes;
    throw error;
  }
};

story(
  'a photo is sent while it is looked at, and shown upright, without telling where it was taken',
  async ({ people }) => {
    const [ann, bob] = await people('Ann', 'Bob');
    const group = await createGroup(ann, 'Holiday', [bob]);
    const events = bob.subscribe<{ conversationEvents: { message?: { attachments: Media[] } } }>(
      conversationEventsDocument.replace('clientMessageId', `clientMessageId attachments { ${mediaFields} }`),
      { conversationId: group },
    );
    await events.waitFor('live', ({ conversationEvents }) => JSON.stringify(conversationEvents).includes('CaughtUp'));
    const sent = await upload(ann, await photo());
    const message = await sendMedia(ann, group, [sent.id], 'look');
    expect(message).toMatchObject({ kind: 'MEDIA', body: 'look', attachments: [{ id: sent.id }] });
    const live = await events.waitFor(
      'the photo',
      ({ conversationEvents }) => !!conversationEvents.message?.attachments.length,
    );
    expect(live.conversationEvents.message?.attachments[0]?.id).toBe(sent.id);

    const changes = bob.subscribe<{ mediaChanged: Media }>(changedDocument, { id: sent.id });
    const { mediaChanged: ready } = await changes.waitFor(
      'it is ready',
      ({ mediaChanged }) => mediaChanged.status === 'READY',
      30_000,
    );
    expect(await changes.waitForEnding()).toMatchObject({ how: 'complete' });
    expect(ready).toMatchObject({ width: 400, height: 600, filename: 'beach.jpg', blurHash: expect.any(String) });
    expect(ready.thumbnails.map(({ size, width, height }) => [size, width, height])).toEqual([
      [128, 85, 128],
      [512, 341, 512],
      [1280, 400, 600],
    ]);
    for (const { url } of ready.thumbnails) {
      const { status, headers, bytes } = await fetched(url);
      expect([status, headers.get('content-type')]).toEqual([200, 'image/webp']);
      expect([await pixel(bytes, 0.5, 0.1), await pixel(bytes, 0.5, 0.9)]).toEqual(['red', 'blue']);
    }
    const original = await fetched(ready.url!);
    expect(original.status).toBe(200);
    expect(original.bytes).toHaveLength(ready.size);
    expect([await pixel(original.bytes, 0.5, 0.1), await pixel(original.bytes, 0.5, 0.9)]).toEqual(['red', 'blue']);
    const { orientation = 1, exif } = await sharp(original.bytes).metadata();
    expect(orientation).toBe(1);
    expect(original.bytes.includes('a secret place') || (exif?.includes('a secret place') ?? false)).toBe(false);
    expect((await messageOf(bob, message.id))?.attachments).toMatchObject([{ id: sent.id, status: 'READY' }]);
  },
);

story(
  'malware is rejected, the message that carries it fails, and nobody could fetch it at any moment',
  async ({ people }) => {
    const [ann, bob] = await people('Ann', 'Bob');
    const group = await createGroup(ann, 'Work', [bob]);
    const { media, signed, changes, message } = await sentWhileLookedAt(ann, group);
    const unsigned = new URL(signed.url);
    unsigned.search = '';
    for (const url of [signed.url, unsigned.href, unsigned.href.replace('uploads/', 'media/') + '/original'])
      expect((await fetched(url)).status).toBeGreaterThanOrEqual(400);
    await changes.waitFor('it is rejected', ({ mediaChanged }) => mediaChanged.status === 'REJECTED', 30_000);
    expect(await changes.waitForEnding()).toMatchObject({ how: 'complete' });
    for (const { mediaChanged } of changes.values)
      expect([mediaChanged.url, mediaChanged.thumbnails]).toEqual([null, []]);
    expect(await mediaOf(bob, media.id)).toMatchObject({ status: 'REJECTED', rejection: 'MALWARE', url: null });
    await waitFor('it has failed', async () => (await messageOf(ann, message.id))?.status === 'FAILED', 10_000);
    expect(await refusals(sendMedia(ann, group, [media.id]))).toEqual(['INVALID_INPUT']);
  },
);

story(
  'a page that calls itself a picture is rejected, and one that calls itself a page is a file to keep',
  async ({ people }) => {
    const [ann] = await people('Ann');
    const html = Buffer.from('<!doctype html><script>alert(1)</script>');
    const lying = await upload(ann, { filename: 'cat.jpg', contentType: 'image/jpeg', kind: 'IMAGE', bytes: html });
    expect(await settled(ann, lying.id)).toMatchObject({ status: 'REJECTED', rejection: 'TYPE_MISMATCH', url: null });
    const honest = await upload(ann, { filename: 'page.html', contentType: 'text/html', kind: 'FILE', bytes: html });
    const { url } = await settled(ann, honest.id);
    const { status, headers } = await fetched(url!);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('content-disposition')).toMatch(/^attachment/);
  },
);

story('what was announced is what is taken: length, checksum, and nothing else', async ({ people }) => {
  const [ann] = await people('Ann');
  const huge = await createUpload(ann, { ...file('ten bytes!'), size: 1_000_000_000 });
  expect(await put(huge.upload!, Buffer.from('ten bytes!'))).toBeGreaterThanOrEqual(400);
  expect(await refusals(completeUpload(ann, huge.media.id))).toEqual(['NOT_UPLOADED']);

  const [right, wrong] = [Buffer.from('right bytes'), Buffer.from('wrong bytes')];
  const checked = await createUpload(ann, { ...file(right), sha256: createHash('sha256').update(right).digest('hex') });
  expect(await put(checked.upload!, wrong)).toBeGreaterThanOrEqual(400);
  const tampered = new URL(checked.upload!.url);
  tampered.pathname += '0';
  expect(await put({ ...checked.upload!, url: tampered.href }, right)).toBeGreaterThanOrEqual(400);
  expect(await put(checked.upload!, right)).toBe(200);
  await completeUpload(ann, checked.media.id);
  const { url } = await settled(ann, checked.media.id);
  // Put again, as the request allows until it ends: what is served is what was looked at.
  await put(checked.upload!, right);
  expect((await fetched(url!)).bytes).toEqual(right);
  const forged = new URL(url!);
  for (const [name, value] of [...forged.searchParams]) {
    const other = new URL(forged);
    other.searchParams.set(name, `${value.slice(0, -1)}${value.endsWith('1') ? '2' : '1'}`);
    expect([name, (await fetched(other.href)).status >= 400]).toEqual([name, true]);
  }
  const others = new URL(url!);
  others.pathname = others.pathname.replace(/.(?=\/original$)/, (digit) => (digit === '0' ? '1' : '0'));
  expect((await fetched(others.href)).status).toBeGreaterThanOrEqual(400);
  expect((await fetched(url!, { range: 'bytes=0-4' })).bytes.toString()).toBe('right');
});

story('an upload that is begun twice, and completed twice, is one', async ({ people }) => {
  const [ann] = await people('Ann');
  const key = randomUUID();
  const [first, second] = [await createUpload(ann, file('hello'), key), await createUpload(ann, file('hello'), key)];
  expect(second.media.id).toBe(first.media.id);
  expect(await put(second.upload!, Buffer.from('hello'))).toBe(200);
  await Promise.all([completeUpload(ann, first.media.id), completeUpload(ann, first.media.id)]);
  await settled(ann, first.media.id);
  const again = await createUpload(ann, file('hello'), key);
  expect(again).toMatchObject({ media: { id: first.media.id, status: 'READY' }, upload: null });
  const { viewer } = await ann.query<{
    viewer: { uploads: { edges: unknown[] }; mediaQuota: { usedBytes: number; uploadsToday: number } };
  }>('{ viewer { uploads { edges { node { id } } } mediaQuota { usedBytes uploadsToday } } }');
  expect(viewer).toMatchObject({ uploads: { edges: [{}] }, mediaQuota: { usedBytes: 5, uploadsToday: 1 } });
});

story('who left gets no new link; what was forwarded stays readable when the first is deleted', async ({ people }) => {
  const [ann, bob, carl] = await people('Ann', 'Bob', 'Carl');
  const [group, other] = [await createGroup(ann, 'One', [bob, carl]), await createGroup(bob, 'Two', [carl])];
  const { id } = await upload(ann, file('for us'));
  const message = await sendMedia(ann, group, [id]);
  await settled(bob, id);
  await removeMembers(ann, group, [carl]);
  expect(await mediaOf(carl, id)).toBeNull();
  await bob.mutate(
    'mutation ($input: ForwardMessageInput!) { forwardMessage(input: $input) { message { id } errors { code } } }',
    { input: { messageId: message.id, conversationId: other, clientMessageId: 'forward' } },
  );
  expect(await mediaOf(carl, id)).toMatchObject({ status: 'READY' });
  const remove = (device: Device, messageId: string) =>
    device.mutate(
      'mutation ($id: ID!) { deleteMessage(input: { messageId: $id }) { message { id } errors { code } } }',
      { id: messageId },
    );
  await remove(ann, message.id);
  expect((await messageOf(bob, message.id))?.attachments).toEqual([]);
  expect((await fetched((await mediaOf(carl, id))!.url!)).bytes.toString()).toBe('for us');

  const alone = await upload(ann, file('once'));
  const only = await sendMedia(ann, group, [alone.id]);
  expect(await mediaOf(bob, alone.id)).not.toBeNull();
  await remove(ann, only.id);
  expect(await mediaOf(bob, alone.id)).toBeNull();
  const changes = bob.subscribe(changedDocument, { id: alone.id });
  expect(await changes.waitForEnding()).toMatchObject({ how: 'errors', codes: ['NOT_FOUND'] });
});

story(
  'what is shared in a conversation is listed, and what is deleted is gone',
  async ({ people }) => {
    const [ann, bob] = await people('Ann', 'Bob');
    const group = await createGroup(ann, 'Album', [bob]);
    const ids: string[] = [];
    for (const text of ['a', 'b', 'c']) {
      const { id } = await upload(ann, file(text));
      await sendMedia(ann, group, [id]);
      ids.unshift(id);
    }
    const shared = async (kinds: string[] | null = null) => {
      const { conversation } = await bob.query<{
        conversation: { sharedMedia: { edges: { node: { id: string } }[] } };
      }>(
        'query ($id: ID!, $kinds: [MediaKind!]) { conversation(id: $id) { sharedMedia(kinds: $kinds) { edges { node { id } } } } }',
        { id: group, kinds },
      );
      return conversation.sharedMedia.edges.map(({ node }) => node.id);
    };
    expect(await shared()).toEqual(ids);
    expect(await shared(['IMAGE'])).toEqual([]);
    const free = await upload(ann, file('free'));
    const { url } = await settled(ann, free.id);
    await ann.mutate('mutation ($id: ID!) { deleteMedia(input: { mediaId: $id }) { media { id } errors { code } } }', {
      id: free.id,
    });
    expect(await mediaOf(ann, free.id)).toBeNull();
    await eventually(async () => expect((await fetched(url!)).status).toBeGreaterThanOrEqual(400), 60_000);
  },
  90_000,
);

/** A file made by ffmpeg. */
async function made(name: string, ...args: string[]): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-made-'));
  try {
    await promisify(execFile)('ffmpeg', ['-loglevel', 'error', ...args, join(folder, name)], { timeout: 60_000 });
    return await readFile(join(folder, name));
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (!hasFfmpeg) test.skip('voice notes and videos: ffmpeg is not installed', () => undefined);
else {
  story(
    'a voice note has its length and its loudness',
    async ({ people }) => {
      const [ann, bob] = await people('Ann', 'Bob');
      const group = await createGroup(ann, 'Voices', [bob]);
      const bytes = await made(
        'note.ogg',
        '-f',
        'lavfi',
        '-i',
        'sine=frequency=300:duration=3',
        '-c:a',
        'libopus',
        '-b:a',
        '24k',
      );
      const { id } = await upload(ann, {
        filename: 'note.ogg',
        contentType: 'audio/ogg; codecs=opus',
        kind: 'VOICE',
        bytes,
      });
      expect(await sendMedia(ann, group, [id])).toMatchObject({ kind: 'VOICE', body: '' });
      const note = await settled(bob, id);
      expect(note).toMatchObject({ status: 'READY', rejection: null });
      expect(note.durationMs! / 1_000).toBeCloseTo(3, 0);
      expect(note.waveform).toHaveLength(64);
      expect(Math.max(...note.waveform!)).toBeGreaterThan(0);
      expect((await fetched(note.url!)).bytes.length).toBe(note.size);
    },
    60_000,
  );

  story(
    'a video has its length, its size and a poster',
    async ({ people }) => {
      const [ann] = await people('Ann');
      const bytes = await made(
        'clip.mp4',
        '-f',
        'lavfi',
        '-i',
        'color=c=red:size=320x180:duration=2:rate=10',
        '-pix_fmt',
        'yuv420p',
      );
      const { id } = await upload(ann, { filename: 'clip.mp4', contentType: 'video/mp4', kind: 'VIDEO', bytes });
      const clip = await settled(ann, id, 60_000);
      expect(clip).toMatchObject({ status: 'READY', width: 320, height: 180, blurHash: expect.any(String) });
      expect(clip.durationMs! / 1_000).toBeCloseTo(2, 0);
      const poster = await fetched(clip.thumbnails.at(-1)!.url);
      expect(await pixel(poster.bytes, 0.5, 0.5)).toBe('red');
    },
    90_000,
  );
}
