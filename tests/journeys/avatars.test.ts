import { expect } from '@jest/globals';
import sharp from 'sharp';
import { createGroup } from '../chat.js';
import type { Device } from '../client.js';
import { fetched, settled, upload } from '../media.js';
import { storiesOnParley } from '../story.js';

const story = storiesOnParley();
const errorFields = 'errors { code path message }';

async function picture(owner: Device): Promise<string> {
  const bytes = await sharp({ create: { width: 300, height: 300, channels: 3, background: '#0e6a5b' } })
    .png()
    .toBuffer();
  const { id } = await upload(owner, { filename: 'me.png', contentType: 'image/png', kind: 'IMAGE', bytes });
  await settled(owner, id);
  return id;
}

const choose = (person: Device, avatarMediaId: string | null) =>
  person.mutate(
    `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { viewer { id } ${errorFields} } }`,
    { input: { avatarMediaId } },
  );
const chooseFor = (admin: Device, conversationId: string, avatarMediaId: string | null) =>
  admin.mutate(
    `mutation ($input: UpdateConversationInput!) { updateConversation(input: $input) { conversation { id } ${errorFields} } }`,
    { input: { conversationId, avatarMediaId } },
  );
interface Pictures {
  user: { avatarUrl: string | null; avatar: { filename: string } | null };
  conversation: { avatarUrl: string | null };
}
const seenBy = (viewer: Device, userId: string, conversationId: string) =>
  viewer.query<Pictures>(
    'query ($user: ID!, $group: ID!) { user(id: $user) { avatarUrl avatar { filename } } conversation(id: $group) { avatarUrl } }',
    { user: userId, group: conversationId },
  );

async function sizeAt(url: string | null) {
  const { status, bytes } = await fetched(url!);
  if (status !== 200) return null;
  const { width, height } = await sharp(bytes).metadata();
  return { width, height };
}

story(
  'Ann chooses pictures for herself and her group; others see them until she takes them away',
  async ({ people }) => {
    const [ann, bob] = await people('Ann', 'Bob');
    const group = await createGroup(ann, 'Harbour walk', [bob]);
    const [own, bobs] = [await picture(ann), await picture(bob)];
    await choose(ann, own);
    await chooseFor(ann, group, own);
    const seen = await seenBy(bob, ann.userId, group);
    expect(await sizeAt(seen.user.avatarUrl)).toEqual({ width: 128, height: 128 });
    expect(await sizeAt(seen.conversation.avatarUrl)).toEqual({ width: 128, height: 128 });
    // The upload itself is hers alone.
    expect(seen.user.avatar).toBeNull();
    expect((await seenBy(ann, ann.userId, group)).user.avatar).toEqual({ filename: 'me.png' });

    await expect(choose(ann, bobs)).rejects.toMatchObject({ codes: ['NOT_FOUND'] });
    await expect(chooseFor(bob, group, bobs)).rejects.toMatchObject({ codes: ['FORBIDDEN'] });
    const { id: notes } = await upload(ann, {
      ...{ filename: 'notes.txt', contentType: 'text/plain', kind: 'FILE', bytes: Buffer.from('notes') },
    });
    await settled(ann, notes);
    await expect(choose(ann, notes)).rejects.toMatchObject({ codes: ['NOT_FOUND'] });

    await chooseFor(ann, group, null);
    expect((await seenBy(bob, ann.userId, group)).conversation.avatarUrl).toBeNull();
    await choose(ann, null);
    expect((await seenBy(ann, ann.userId, group)).user.avatarUrl).toBeNull();
  },
);
