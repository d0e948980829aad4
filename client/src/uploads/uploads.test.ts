import { expect, test } from '@jest/globals';
import { MediaStates } from '../media/media-states.js';
import { ModelUploads } from '../testing/model-uploads.js';
import type { LiveSink } from '../transport/live.js';
import { webEnvironment } from '../web-environment.js';
import { kindOf } from './file.js';
import { Uploads } from './uploads.js';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
async function turns(count = 30): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}

function device(model = new ModelUploads()) {
  const sinks = new Map<string, LiveSink<unknown>>();
  const live = {
    subscribe: (_document: unknown, variables: unknown, sink: LiveSink<never>) => {
      const { id } = variables as { id: string };
      sinks.set(id, sink);
      return () => void sinks.delete(id);
    },
  };
  const requests = {
    mutate: (document: unknown, variables: unknown, options?: { signal?: AbortSignal }) =>
      model.answer(document, variables, options?.signal),
  };
  const environment = { ...webEnvironment(), put: model.put, sleep: turn, random: () => 0 };
  const states = new MediaStates(live as never, {} as never, environment);
  const uploads = new Uploads({ requests: requests as never, environment, states });
  /** The server has looked at it, and says so. */
  const settle = (id: string, rejection: Parameters<ModelUploads['settle']>[1] = null) =>
    sinks.get(id)?.next({ mediaChanged: model.settle(id, rejection) });
  return { model, uploads, states, sinks, settle };
}

const text = (content: string, name = 'notes.txt') => new File([content], name, { type: 'text/plain' });

test('a file goes to the store, can be carried when it is there, and is READY when the server has looked', async () => {
  const { model, uploads, settle, sinks } = device();
  const seen: (string | number | undefined)[] = [];
  const upload = uploads.start(text('hello'));
  uploads.all.subscribe(() => {
    const state = uploads.all.get().get(upload.file.uploadId);
    seen.push(state?.status, state?.sent);
  });
  const id = await upload.mediaId();
  expect(model.bytes.get(id)).toBe('hello');
  expect(model.media.get(id)).toMatchObject({
    filename: 'notes.txt',
    contentType: 'text/plain',
    kind: 'FILE',
    size: 5,
  });
  await turns();
  expect(upload.state.status).toBe('PROCESSING');
  settle(id);
  await turns();
  expect(upload.state).toMatchObject({ status: 'READY', sent: 5, error: null });
  expect(seen).toEqual(expect.arrayContaining(['UPLOADING', 2, 5, 'PROCESSING', 'READY']));
  expect(sinks.size).toBe(0);
  expect(await uploads.fileOf(id)?.blob.text()).toBe('hello');
});

test('what is lost on the way is sent again, as the same upload', async () => {
  const { model, uploads } = device();
  model.fates.push('lostBefore', 'lostAfter', 'lostBefore', 'done', 'lostAfter', 'lostAfter', 'done', 'lostAfter');
  const upload = uploads.start(text('again and again'));
  const id = await upload.mediaId();
  expect([...model.media.keys()]).toEqual([id]);
  expect(model.bytes.get(id)).toBe('again and again');
});

test('what the server refuses fails, with its reason, and goes again when the person says so', async () => {
  const { model, uploads } = device();
  model.fates.push('refused');
  const upload = uploads.start(text('large'));
  await expect(upload.mediaId()).rejects.toMatchObject({ code: 'TOO_LARGE', message: 'Too large.' });
  expect(upload.state).toMatchObject({ status: 'FAILED', error: { code: 'TOO_LARGE' } });
  upload.start();
  expect(model.bytes.get(await upload.mediaId())).toBe('large');
});

test('what is rejected when it was looked at says why, and starting it again does not send it again', async () => {
  const { model, uploads, settle } = device();
  const upload = uploads.start(text('bad'));
  settle(await upload.mediaId(), 'MALWARE');
  await turns();
  expect(upload.state).toMatchObject({ status: 'FAILED', error: { code: 'MALWARE' }, media: { status: 'REJECTED' } });
  upload.start();
  await expect(upload.mediaId()).rejects.toMatchObject({ code: 'MALWARE' });
  expect(model.puts).toBe(1);
});

test('one whose time was over before its bytes were up is begun anew', async () => {
  const { model, uploads } = device();
  model.fates.push('done', 'lostBefore');
  const upload = uploads.start(text('late'));
  while (model.media.size === 0) await turn();
  const [first] = model.media.keys();
  model.settle(first!, 'UPLOAD_EXPIRED');
  const id = await upload.mediaId();
  expect(id).not.toBe(first);
  expect(model.bytes.get(id)).toBe('late');
});

test('what is cancelled ends, is shown no more, and gives its room back', async () => {
  const { model, uploads } = device();
  model.fates.push('done', 'never');
  const upload = uploads.start(text('unwanted'));
  while (model.puts === 0) await turn();
  uploads.cancel(upload.file.uploadId);
  await expect(upload.mediaId()).rejects.toMatchObject({ code: 'CANCELLED' });
  await turns();
  expect([uploads.all.get().size, model.media.size]).toEqual([0, 0]);
});

test('two go at a time; the others wait for their turn', async () => {
  const { model, uploads } = device();
  const started = ['a', 'b', 'c', 'd'].map((content) => uploads.start(text(content)));
  model.fates.push('done', 'done', 'never', 'never');
  await turns();
  expect(model.puts).toBe(2);
  uploads.cancel(started[0]!.file.uploadId);
  await Promise.all([started[2]!.mediaId(), started[3]!.mediaId()]);
  expect([...model.bytes.values()]).toEqual(['c', 'd']);
  uploads.close();
});

test('a subscription that is lost is made anew, until the server has told', async () => {
  const { uploads, sinks, settle } = device();
  const upload = uploads.start(text('followed'));
  const id = await upload.mediaId();
  await turns();
  sinks.get(id)!.end({ kind: 'lost' });
  expect(sinks.has(id)).toBe(true);
  settle(id);
  await turns();
  expect(upload.state.status).toBe('READY');
});

test('the kind follows from the content type', () => {
  expect(
    ['image/jpeg', 'image/svg+xml', 'video/mp4', 'audio/ogg; codecs=opus', 'application/pdf', ''].map(kindOf),
  ).toEqual(['IMAGE', 'FILE', 'VIDEO', 'AUDIO', 'FILE', 'FILE']);
});
