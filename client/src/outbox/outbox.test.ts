import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { noAnswer, ParleyError, Refused } from '../errors.js';
import { SendMessageDocument, type SendMessageInput } from '../generated/graphql.js';
import { MediaStates } from '../media/media-states.js';
import { memoryStorage } from '../storage/memory.js';
import { ModelUploads, type UploadFate } from '../testing/model-uploads.js';
import { SharedTabs, type OpenTab } from '../testing/shared-tabs.js';
import { fileToSend } from '../uploads/file.js';
import { Uploads } from '../uploads/uploads.js';
import { webEnvironment } from '../web-environment.js';
import { Outbox } from './outbox.js';

type Fate = 'stored' | 'lostBefore' | 'lostAfter' | 'overloaded' | 'refused' | 'never';

/** Stores each clientMessageId once, whatever happens to the answers; and only with files that are there. */
class Server {
  readonly stored: SendMessageInput[] = [];
  readonly fates: Fate[] = [];
  readonly uploads = new ModelUploads();

  mutate = async (document: unknown, variables: unknown, options?: { signal: AbortSignal }): Promise<never> => {
    if (document !== SendMessageDocument)
      return (await this.uploads.answer(document, variables, options?.signal)) as never;
    const { signal } = options!;
    const { input } = variables as { input: SendMessageInput };
    await turn();
    const fate = this.fates.shift() ?? 'stored';
    signal.throwIfAborted();
    if (fate === 'never')
      return new Promise<never>((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
      );
    if (fate === 'lostBefore') throw noAnswer('lost');
    if (fate === 'overloaded') throw new ParleyError('OVERLOADED', 'Later.', true);
    if (fate === 'refused')
      throw new Refused([{ code: 'BLOCKED', message: 'No.', path: ['conversationId'], retryAt: null }]);
    for (const id of input.attachmentIds ?? [])
      if (this.uploads.media.get(id)?.status !== 'PROCESSING') throw new ParleyError('BAD_USER_INPUT', id, false);
    const isNew = !this.stored.some(({ clientMessageId }) => clientMessageId === input.clientMessageId);
    if (isNew) this.stored.push(input);
    if (fate === 'lostAfter') throw noAnswer('lost');
    return { message: null } as never;
  };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
async function turns(count = 40): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}

function device(server = new Server()) {
  const storage = memoryStorage('outbox');
  const shared = new SharedTabs();
  let time = 1_000;
  const environment = { ...webEnvironment(), now: () => time++, sleep: turn, random: () => 0, put: server.uploads.put };
  const open = () => {
    const tab = shared.open();
    const live = { subscribe: () => () => undefined };
    const states = new MediaStates(live, {} as never, environment);
    const uploads = new Uploads({ requests: server as never, environment, states });
    const deps = {
      storage,
      prefix: 'outbox/',
      requests: server as never,
      uploads,
      environment,
      tabs: tab.tabs,
      onSend: () => () => undefined,
    };
    const outbox = new Outbox(deps);
    const close = () => {
      outbox.close();
      uploads.close();
    };
    return { tab, outbox, uploads, close };
  };
  return { server, open };
}

const fates = <T>(fate: fc.Arbitrary<T>) => fc.array(fate, { maxLength: 20 });
const fileOf = (body: string) =>
  fileToSend(crypto.randomUUID(), new File([`file of ${body}`], 'notes.txt', { type: 'text/plain' }), {});

test('whatever fails, reloads or crashes, each message is stored once, in the order of its conversation', async () => {
  const fate = fc.constantFrom<Fate>('stored', 'lostBefore', 'lostAfter', 'overloaded', 'never');
  const uploadFate = fc.constantFrom<UploadFate>('done', 'lostBefore', 'lostAfter', 'never');
  const step = fc.oneof(
    { arbitrary: fc.record({ what: fc.constant('send' as const), to: fc.constantFrom('cnv_1', 'cnv_2') }), weight: 4 },
    { arbitrary: fc.record({ what: fc.constant('attach' as const), to: fc.constant('cnv_1') }), weight: 2 },
    { arbitrary: fc.record({ what: fc.constant('pause' as const), to: fc.constant('') }), weight: 2 },
    {
      arbitrary: fc.record({
        what: fc.constantFrom('reload' as const, 'crash' as const, 'openTab' as const),
        to: fc.constant(''),
      }),
      weight: 1,
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), fates(fate), fates(uploadFate), async (steps, some, others) => {
      const { server, open } = device();
      server.fates.push(...some);
      server.uploads.fates.push(...others);
      let tabs: { tab: OpenTab; outbox: Outbox; close: () => void }[] = [open()];
      const sent: { to: string; body: string }[] = [];
      for (const { what, to } of steps) {
        const [current] = tabs;
        if (what === 'send' || what === 'attach') {
          const body = `message ${sent.length}`;
          sent.push({ to, body });
          const files = what === 'attach' ? [fileOf(body)] : [];
          await current!.outbox.send(to, { body, files });
        } else if (what === 'pause') await turns(3);
        else if (what === 'openTab') tabs.unshift(open());
        else {
          if (what === 'reload') current!.close();
          current!.tab.crash();
          // Nothing that it still does counts.
          current!.close();
          tabs = [open(), ...tabs.slice(1)];
        }
      }
      server.fates.length = 0;
      server.uploads.fates.length = 0;
      // A request that is never answered ends with the page that waits for it.
      for (const { tab, close } of tabs) {
        close();
        tab.crash();
      }
      const last = open();
      await turns(150);
      for (const conversation of ['cnv_1', 'cnv_2'])
        expect(
          server.stored.filter(({ conversationId }) => conversationId === conversation).map(({ body }) => body),
        ).toEqual(sent.filter(({ to }) => to === conversation).map(({ body }) => body));
      expect(last.outbox.entries.get()).toEqual([]);
      // Each file was stored as one upload, whole, and goes with its own message.
      for (const { body, attachmentIds = [] } of server.stored)
        expect(attachmentIds.map((id) => server.uploads.bytes.get(id))).toEqual(
          attachmentIds.map(() => `file of ${body}`),
        );
      expect(server.uploads.media.size).toBe(server.stored.flatMap(({ attachmentIds }) => attachmentIds).length);
      last.close();
    }),
    { numRuns: 100 },
  );
});

test('what the server refuses fails, lets the next ones pass, and goes again or away as the person decides', async () => {
  const { server, open } = device();
  const { outbox } = open();
  server.fates.push('refused');
  const refused = await outbox.send('cnv_1', { body: 'refused' });
  await outbox.send('cnv_1', { body: 'next' });
  await turns();
  expect(server.stored.map(({ body }) => body)).toEqual(['next']);
  expect(outbox.entries.get()).toMatchObject([
    { draft: { body: 'refused' }, failure: { code: 'BLOCKED', message: 'No.' } },
  ]);
  await outbox.retry(refused);
  await turns();
  expect(server.stored.map(({ clientMessageId, body }) => [clientMessageId, body])[1]).toEqual([refused, 'refused']);
  expect(outbox.entries.get()).toEqual([]);

  server.fates.push('refused');
  const unwanted = await outbox.send('cnv_1', { body: 'unwanted' });
  await turns();
  await outbox.discard(unwanted);
  outbox.close();
  const again = open().outbox;
  await turns();
  expect(again.entries.get()).toEqual([]);
  expect(server.stored).toHaveLength(2);
  again.close();
});

test('a failed message is still there after a reload, and is not sent by itself', async () => {
  const { server, open } = device();
  const { outbox } = open();
  server.fates.push('refused');
  await outbox.send('cnv_1', { body: 'refused' });
  await turns();
  outbox.close();
  const again = open().outbox;
  await turns();
  expect(again.entries.get()).toMatchObject([{ failure: { code: 'BLOCKED' } }]);
  expect(server.stored).toEqual([]);
  again.close();
});

test('a message whose sending ends with its page is sent by the next one', async () => {
  const { server, open } = device();
  const { outbox } = open();
  server.fates.push('never');
  await outbox.send('cnv_1', { body: 'in mid-send' });
  await turns();
  outbox.close();
  await turns();
  const again = open().outbox;
  await turns();
  expect(server.stored.map(({ body }) => body)).toEqual(['in mid-send']);
  again.close();
});

test('a message whose file is refused fails, lets the next ones pass, and goes with its file when it is sent again', async () => {
  const { server, open } = device();
  const { outbox, close } = open();
  server.uploads.fates.push('refused');
  const refused = await outbox.send('cnv_1', { files: [fileOf('refused')] });
  await outbox.send('cnv_1', { body: 'next' });
  await turns();
  expect(server.stored.map(({ body }) => body)).toEqual(['next']);
  expect(outbox.entries.get()).toMatchObject([{ failure: { code: 'TOO_LARGE', message: 'Too large.' } }]);
  await outbox.retry(refused);
  await turns();
  expect(server.stored[1]?.attachmentIds).toEqual([...server.uploads.media.keys()]);
  expect(outbox.entries.get()).toEqual([]);
  close();
});

test('discarding a message in mid-upload, in whichever tab, ends the upload, and the next one is sent', async () => {
  const { server, open } = device();
  const [sender, other] = [open(), open()];
  for (const tab of [sender, other]) {
    server.uploads.fates.push('done', 'never');
    const unwanted = await sender.outbox.send('cnv_1', { files: [fileOf('unwanted')] });
    await sender.outbox.send('cnv_1', { body: 'next' });
    await turns();
    expect(server.stored).toEqual([]);
    await tab.outbox.discard(unwanted);
    await turns();
    expect(server.stored.splice(0).map(({ body, attachmentIds }) => [body, attachmentIds])).toEqual([['next', []]]);
    expect(sender.outbox.entries.get()).toEqual([]);
    expect(server.uploads.media.size).toBe(0);
  }
  sender.close();
  other.close();
});

test('where storage takes no more, nothing is shown as on its way', async () => {
  const { open } = device();
  const { outbox, close } = open();
  await outbox.loaded;
  // A function cannot be cloned, so no storage takes it.
  await expect(outbox.send('cnv_1', { body: (() => '') as never })).rejects.toThrow();
  expect(outbox.entries.get()).toEqual([]);
  close();
});
