import { expect } from '@jest/globals';
import { createGroup, removeMembers } from '../chat.js';
import {
  completeUpload,
  createUpload,
  fetched,
  mediaOf,
  put,
  sendMedia,
  settled,
  upload,
  type UploadDraft,
} from '../media.js';
import { storiesOnParley } from '../story.js';
import { waitFor } from '../wait-for.js';

const story = storiesOnParley({ PARLEY_MEDIA_LINK_SECONDS: '6', PARLEY_MEDIA_UPLOAD_SECONDS: '6' });
const file = (text: string): UploadDraft => ({
  ...{ filename: 'notes.txt', contentType: 'text/plain', kind: 'FILE' },
  bytes: Buffer.from(text),
});

story(
  'who was removed may use a link until it ends, and gets no new one',
  async ({ people }) => {
    const [ann, bob] = await people('Ann', 'Bob');
    const group = await createGroup(ann, 'Secrets', [bob]);
    const { id } = await upload(ann, file('secret'));
    await sendMedia(ann, group, [id]);
    const { url } = await settled(bob, id);
    await removeMembers(ann, group, [bob]);
    expect((await fetched(url!)).bytes.toString()).toBe('secret');
    expect(await mediaOf(bob, id)).toBeNull();
    await waitFor('the link has ended', async () => (await fetched(url!)).status >= 400, 20_000);
    expect((await fetched((await mediaOf(ann, id))!.url!)).status).toBe(200);
  },
  60_000,
);

story(
  'an upload that nobody completes ends, and its request with it',
  async ({ people }) => {
    const [ann] = await people('Ann');
    const begun = await createUpload(ann, file('late'));
    await waitFor('its request has ended', () => Date.now() > Date.parse(begun.upload!.expiresAt) + 1_500, 20_000);
    expect(await put(begun.upload!, Buffer.from('late'))).toBeGreaterThanOrEqual(400);
    expect(await settled(ann, begun.media.id, 90_000)).toMatchObject({
      status: 'REJECTED',
      rejection: 'UPLOAD_EXPIRED',
    });
    expect(await completeUpload(ann, begun.media.id)).toMatchObject({ status: 'REJECTED', url: null });
  },
  120_000,
);
