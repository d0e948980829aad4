import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Fault } from '../platform/errors/errors.js';
import { newUuid } from '../platform/ids/ids.js';
import type { Accepted } from '../platform/media-inspection/port.js';
import { silentLog } from '../platform/telemetry/log.js';
import { createBreaker, eachOf } from '../platform/worker/breaker.js';
import { waitFor } from '../tests/wait-for.js';
import { topics, type EventOf } from '../schema/events.js';
import { handle, openMedia, somebody, uuidOf } from '../subgraphs/media/testing.js';
import { eraseMedia } from './erase-media.js';
import { expireUploads, sweepUploads } from './expire-uploads.js';
import { processMedia } from './process-media.js';
import { TempFolders } from './temp-folders.js';

let media: Awaited<ReturnType<typeof openMedia>>;
beforeAll(async () => {
  media = await openMedia();
});
afterAll(() => media.close());
beforeEach(() => {
  media.says.verdict = () => ({ kind: 'clean' });
  media.says.inspected = () => media.plain;
});

const keysOf = (id: string) => [...media.objects.objects.keys()].filter((key) => key.includes(uuidOf(id)));
const folders = async () => (await readdir(media.tempDir)).filter((name) => name.startsWith('parley-media-'));
const rowOf = (id: string) =>
  media.databases && media.shards.of(uuidOf(id)).db.media.findUniqueOrThrow({ where: { mediaId: uuidOf(id) } });
const uploadedEvent = (id: string, ownerId: string): EventOf<'MediaUploaded'> => ({
  ...{ type: 'MediaUploaded', version: 1, id: newUuid(0), at: new Date().toISOString(), traceparent: null },
  ...{ mediaId: uuidOf(id), ownerId, kind: 'FILE' },
});
const recordOf = (id: string, ownerId: string) => ({
  topic: topics.media,
  key: uuidOf(id),
  value: JSON.stringify(uploadedEvent(id, ownerId)),
});

test('what was made of an upload is handed out, and what was put is gone', async () => {
  const ann = somebody();
  const made = join(media.tempDir, 'made.webp');
  await writeFile(made, 'upright');
  media.says.inspected = (): Accepted => ({
    ...media.plain,
    contentType: 'image/png',
    ...{ width: 40, height: 30, blurHash: 'LEHV6n' },
    cleaned: { path: made, contentType: 'image/webp', size: 7 },
    thumbnails: [{ side: 128, path: made, contentType: 'image/webp', size: 7, width: 40, height: 30 }],
  });
  const id = await media.ready(ann, { kind: 'IMAGE', contentType: 'image/png' });
  expect(
    await media.see(ann, id, 'status contentType size width height blurHash thumbnails { size width height }'),
  ).toEqual({
    ...{ status: 'READY', contentType: 'image/webp', size: 7, width: 40, height: 30, blurHash: 'LEHV6n' },
    thumbnails: [{ size: 128, width: 40, height: 30 }],
  });
  expect(keysOf(id)).toEqual([`media/${uuidOf(id)}/original`, `media/${uuidOf(id)}/thumbnail-128`]);
  expect(media.objects.objects.get(`media/${uuidOf(id)}/original`)!.bytes.toString()).toBe('upright');
  expect(await folders()).toEqual([]);
});

test('malware is rejected: nothing of it is left, and the messages that carry it fail, wherever they are', async () => {
  const [ann, bob] = [somebody(), somebody()];
  const groups = await Promise.all([1, 2, 3].map(() => media.group(ann, bob)));
  const id = await media.uploaded(ann);
  for (const group of groups) expect((await media.send(ann, group, { attachmentIds: [id] })).errors).toEqual([]);
  media.says.verdict = () => ({ kind: 'malware', name: 'Eicar' });
  const seen = media.see(bob, id);
  expect(await seen).toMatchObject({ status: 'PROCESSING', url: null });
  expect(await media.work()).toEqual(['MediaUploaded', 'MediaRejected']);
  expect(await media.see(bob, id, 'status rejection url thumbnails { url }')).toEqual({
    ...{ status: 'REJECTED', rejection: 'MALWARE', url: null, thumbnails: [] },
  });
  expect(keysOf(id)).toEqual([]);
  for (const group of groups) {
    const [message] = await media.shards
      .of(group)
      .db.message.findMany({ where: { conversationId: group, senderId: ann.userId } });
    expect(message!.failedAt).not.toBeNull();
  }
});

test.each([
  ['other bytes than those announced', { sha256: 'a'.repeat(64) }, 'hello', 'CORRUPT'],
  ['what the inspector calls something else', { kind: 'IMAGE', contentType: 'image/jpeg' }, '<html>', 'TYPE_MISMATCH'],
])('%s are rejected', async (_, input, bytes, rejection) => {
  const ann = somebody();
  media.says.inspected = () => ({ kind: 'rejected', rejection: 'TYPE_MISMATCH', why: 'a test' });
  const id = await media.uploaded(ann, input, bytes);
  await media.work();
  expect(await media.see(ann, id, 'status rejection')).toEqual({ status: 'REJECTED', rejection });
});

test('what was put again with another length is rejected', async () => {
  const ann = somebody();
  for (const bytes of ['hello, world', 'hi']) {
    const id = await media.uploaded(ann);
    media.objects.put(`uploads/${uuidOf(id)}`, Buffer.from(bytes));
    await media.work();
    expect(await media.see(ann, id, 'status rejection')).toEqual({ status: 'REJECTED', rejection: 'CORRUPT' });
  }
});

test('a second run changes nothing, and one whose media was deleted meanwhile leaves nothing', async () => {
  const ann = somebody();
  const id = await media.ready(ann);
  const before = await rowOf(id);
  await handle([worker()], [recordOf(id, ann.userId)]);
  expect(await rowOf(id)).toEqual(before);

  const gone = await media.uploaded(ann);
  media.says.inspected = () => {
    throw new Error('not asked');
  };
  await media.change(ann, 'deleteMedia', gone);
  await handle([worker()], [recordOf(gone, ann.userId)]);
  expect(keysOf(gone)).toEqual([`uploads/${uuidOf(gone)}`]); // the job's to delete
});

test('an outage of the scanner rejects nothing: it is waited for', async () => {
  const ann = somebody();
  const id = await media.uploaded(ann);
  let calls = 0;
  media.says.verdict = () => {
    if (++calls < 7) throw new Fault('UNAVAILABLE', 'The scanner is away.');
    return { kind: 'clean' };
  };
  // One try is all it has after those in place: what fails while the scanner is out is not held against it.
  await handle([worker([10])], [recordOf(id, ann.userId)], async () => {
    await waitFor('it is ready', async () => (await media.see(ann, id))?.status === 'READY');
  });
  expect(calls).toBe(7);
}, 20_000);

test('a file that breaks whoever looks at it is rejected in the end', async () => {
  const ann = somebody();
  const id = await media.uploaded(ann);
  media.says.inspected = () => {
    throw new Error('broken by it');
  };
  await handle([worker([10, 10])], [recordOf(id, ann.userId)], async () => {
    await waitFor('it is rejected', async () => (await media.see(ann, id))?.status === 'REJECTED');
  });
  expect(await media.see(ann, id, 'rejection')).toEqual({ rejection: 'CORRUPT' });
}, 20_000);

/** Through breakers that open after five failures, for a moment. */
function worker(parkedMs?: number[]) {
  const { store, objects, pubsub, says } = media;
  const log = silentLog();
  const breaker = createBreaker({ name: 'scan', isFailure: (error) => error instanceof Fault, tryAfterMs: 20, log });
  return processMedia({
    ...{ store, objects, pubsub, log, folders: new TempFolders(media.tempDir), parkedMs },
    breaker: eachOf([breaker]),
    virusScan: { scan: () => breaker.call(async () => says.verdict()) },
    inspection: { inspect: async () => says.inspected() },
  });
}

test('the job ends uploads whose time is over, deletes the bytes of what was deleted, and fails messages that came late', async () => {
  const [ann, bob] = [somebody(), somebody()];
  const group = await media.group(ann, bob);
  const late = (await media.create(ann)).media!.id;
  const waiting = (await media.create(ann)).media!.id;
  const deleted = await media.ready(ann);
  const rejected = await media.uploaded(ann);
  media.objects.put(`uploads/${uuidOf(late)}`, Buffer.from('hello'));
  await media.change(ann, 'deleteMedia', deleted);
  await media.shards.of(ann.userId).db.media.update({
    where: { mediaId: uuidOf(late) },
    data: { uploadExpiresAt: new Date(Date.now() - 3_600_000) },
  });
  await media.send(ann, group, { attachmentIds: [rejected] });
  // Rejected, and told, before the message that carries it was there.
  await media.store.reject(uuidOf(rejected), 'PROCESSING', 'CORRUPT');
  const { db } = media.shards.of(group);
  const { store, objects, shards } = media;
  const job = expireUploads({ ...media.failing, store, objects, shards, uploadMs: 3_600_000 });
  await runOnce(job);
  expect(await media.see(ann, late, 'status rejection')).toEqual({ status: 'REJECTED', rejection: 'UPLOAD_EXPIRED' });
  expect(await media.see(ann, waiting)).toMatchObject({ status: 'AWAITING_UPLOAD' });
  expect(keysOf(deleted)).toEqual([]);
  expect(
    (await db.message.findFirstOrThrow({ where: { conversationId: group, senderId: ann.userId } })).failedAt,
  ).not.toBeNull();
  await media.work();
  expect(keysOf(late)).toEqual([]);
  expect(await media.change(ann, 'completeUpload', late)).toMatchObject({ media: { status: 'REJECTED' }, errors: [] });

  const old = new Date(Date.now() - 3 * 3_600_000);
  for (const id of [deleted, waiting]) media.objects.put(`uploads/${uuidOf(id)}`, Buffer.from('again'), '', old);
  media.objects.put('uploads/nonsense', Buffer.from('x'), '', old);
  await runOnce(sweepUploads({ store, objects, uploadMs: 3_600_000 }));
  expect(keysOf(deleted)).toEqual([]);
  expect(keysOf(waiting)).toHaveLength(1);
  expect(media.objects.objects.has('uploads/nonsense')).toBe(false);
});

test('of somebody who deleted their account, what nobody carries goes, and all where they wished so', async () => {
  const [ann, bob] = [somebody(), somebody()];
  const group = await media.group(ann, bob);
  const [carried, free] = [await media.ready(ann), await media.ready(ann)];
  await media.send(ann, group, { attachmentIds: [carried] });
  await media.shards.of(ann.userId).db.media.updateMany({ data: { attachedAt: new Date(0) } });
  const { shards, store } = media;
  const erase = (eraseMessages: boolean) =>
    handle(
      [eraseMedia({ shards, store, carried: (ids) => media.links.carried(ids) })],
      [
        {
          ...{ topic: topics.user, key: ann.userId },
          value: JSON.stringify({
            ...{ type: 'UserDeleted', version: 1, id: newUuid(0), at: new Date().toISOString(), traceparent: null },
            ...{ userId: ann.userId, eraseMessages },
          }),
        },
      ],
    );
  await erase(false);
  expect([await media.see(ann, free), await media.see(bob, carried)]).toEqual([
    null,
    expect.objectContaining({ status: 'READY' }),
  ]);
  await erase(true);
  expect(await media.see(bob, carried)).toBeNull();
});

async function runOnce(job: ReturnType<typeof expireUploads>): Promise<void> {
  const { directory } = media.databases;
  const runner = await job.start({ directory, log: silentLog(), owner: 'test' });
  for (;;) {
    const [row] = await directory.$queryRaw<{ done: boolean }[]>`
      select succeeded_at is not null as done from job where name = ${job.name}`;
    if (row?.done) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await runner.stop();
}
