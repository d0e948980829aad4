import { expect } from '@jest/globals';
import sharp from 'sharp';
import type { Chat } from '../../client/src/chat.js';
import type { Conversation } from '../../client/src/conversation.js';
import { memoryStorage, until, type Media, type StoredMessage } from '../../client/src/index.js';
import { fetched } from '../media.js';
import { Network, openClients, signUpWith, untilLive } from '../open-clients.js';
import { storiesOnParley } from '../story.js';
import { waitFor } from '../wait-for.js';

const story = storiesOnParley();
const start = openClients();

/** In two parts, so that no scanner finds this file. */
const eicar = String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*';

async function photo(): Promise<File> {
  const bytes = await sharp({ create: { width: 60, height: 40, channels: 3, background: '#0e6a5b' } })
    .png()
    .toBuffer();
  return new File([new Uint8Array(bytes)], 'sea.png', { type: 'image/png' });
}

const stored = (conversation: Conversation): StoredMessage[] =>
  conversation.view.get().messages.flatMap((message) => (message.isPending ? [] : [message]));
const readsOf = (conversation: Conversation) =>
  stored(conversation).map(({ body, attachments }) => [body, attachments.length]);

/** As somebody who has the message in sight. */
async function ready({ media }: Chat, { id, status }: Media): Promise<Media> {
  const stop = media.watch({ id, status });
  const now = () => media.all.get().get(id);
  const state = await waitFor(
    'it was looked at',
    () => (status === 'READY' ? media.refresh(id) : now()?.status === 'READY' && now()),
    20_000,
    now,
  );
  stop();
  return state;
}

story(
  'a photo goes from one to the other: sent before it was looked at, shown by both when it was',
  async ({ parley }) => {
    const storage = memoryStorage();
    const page = start(parley.url, new Network(), storage);
    const [ann, bob] = await Promise.all([signUpWith(start(parley.url), 'Ann'), signUpWith(page, 'Bob')]);
    const id = await ann.openDirect(bob.userId);
    const [anns, bobs] = [ann.conversation(id), bob.conversation(id)];
    anns.open();
    bobs.open();
    await Promise.all([untilLive(anns), untilLive(bobs)]);
    const upload = ann.uploads.start(await photo(), { width: 60, height: 40 });
    await anns.send({ body: 'the sea', files: [upload.file] });
    const [seen] = await waitFor('Bob has it', () => stored(bobs).length > 0 && stored(bobs));
    expect(seen).toMatchObject({
      body: 'the sea',
      kind: 'MEDIA',
      attachments: [{ filename: 'sea.png', kind: 'IMAGE' }],
    });
    const media = await ready(bob, seen!.attachments[0]!);
    expect(media).toMatchObject({ width: 60, height: 40, blurHash: expect.any(String) });
    expect((await fetched(media.thumbnails[0]!.url)).status).toBe(200);
    await waitFor(
      'Ann is told, too',
      () => upload.state.status === 'READY',
      20_000,
      () => upload.state,
    );

    // What Bob was told of it since is there after a reload, before the server is asked.
    await page.close();
    const cut = new Network();
    cut.cut();
    const chat = await until(start(parley.url, cut, storage).chat, (each) => each !== null);
    const again = chat!.conversation(id);
    again.open();
    const [kept] = await waitFor('it is there', () => stored(again).length > 0 && stored(again));
    expect(kept!.attachments).toMatchObject([{ status: 'READY', blurHash: media.blurHash }]);
  },
);

story('a reload in mid-upload: the files go on, and the messages arrive once, in order', async ({ parley }) => {
  const [network, storage] = [new Network(), memoryStorage()];
  const page = start(parley.url, network, storage);
  const [ann, bob] = await Promise.all([signUpWith(page, 'Ann'), signUpWith(start(parley.url), 'Bob')]);
  const id = await ann.openDirect(bob.userId);
  const bobs = bob.conversation(id);
  bobs.open();
  await untilLive(bobs);
  network.holdUploads();
  const files = [await photo(), new File(['notes'], 'notes.txt', { type: 'text/plain' })];
  const uploads = files.map((file) => ann.uploads.start(file));
  const conversation = ann.conversation(id);
  await conversation.send({ body: 'two files', files: uploads.map(({ file }) => file) });
  await conversation.send({ body: 'and a word' });
  await waitFor('the uploads have begun', () => uploads.every(({ state }) => state.media !== null));
  const begun = uploads.map(({ state }) => state.media!.id);
  await page.close();
  expect(stored(bobs)).toEqual([]);

  start(parley.url, new Network(), storage);
  await waitFor(
    'Bob has both',
    () => stored(bobs).length === 2,
    20_000,
    () => readsOf(bobs),
  );
  expect(readsOf(bobs)).toEqual([
    ['two files', 2],
    ['and a word', 0],
  ]);
  // They are the uploads of before, not other ones.
  expect(stored(bobs)[0]!.attachments.map((media) => media?.id)).toEqual(begun);
  const notes = await ready(bob, stored(bobs)[0]!.attachments[1]!);
  expect((await fetched(notes.url!)).bytes.toString()).toBe('notes');
});

story('what is rejected says so to who sends it, and a message with it fails', async ({ parley }) => {
  const [ann, bob] = await Promise.all([signUpWith(start(parley.url), 'Ann'), signUpWith(start(parley.url), 'Bob')]);
  const conversation = ann.conversation(await ann.openDirect(bob.userId));
  conversation.open();
  await untilLive(conversation);
  const upload = ann.uploads.start(new File([eicar], 'bill.txt', { type: 'text/plain' }));
  await waitFor(
    'it was rejected',
    () => upload.state.status === 'FAILED',
    20_000,
    () => upload.state,
  );
  expect(upload.state).toMatchObject({ error: { code: 'MALWARE' }, media: { rejection: 'MALWARE' } });
  await conversation.send({ files: [upload.file] });
  await waitFor('the message fails', () => conversation.view.get().messages[0]?.progress === 'FAILED');
  await conversation.send({ body: 'never mind' });
  await waitFor('the next one goes', () => stored(conversation).length === 1);
});
