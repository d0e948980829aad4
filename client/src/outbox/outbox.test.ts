import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { noAnswer, ParleyError, Refused } from '../errors.js';
import type { SendMessageInput } from '../generated/graphql.js';
import { memoryStorage } from '../storage/memory.js';
import { SharedTabs, type OpenTab } from '../testing/shared-tabs.js';
import { webEnvironment } from '../web-environment.js';
import { Outbox } from './outbox.js';

type Fate = 'stored' | 'lostBefore' | 'lostAfter' | 'overloaded' | 'refused' | 'never';

/** Stores each clientMessageId once, whatever happens to the answers. */
class Server {
  readonly stored: SendMessageInput[] = [];
  readonly fates: Fate[] = [];

  mutate = async (_document: unknown, variables: unknown, { signal }: { signal: AbortSignal }): Promise<never> => {
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
  const environment = { ...webEnvironment(), now: () => time++, sleep: turn, random: () => 0 };
  const open = () => {
    const tab = shared.open();
    const deps = {
      storage,
      prefix: 'outbox/',
      requests: server as never,
      environment,
      tabs: tab.tabs,
      onSend: () => () => undefined,
    };
    return { tab, outbox: new Outbox(deps) };
  };
  return { server, open };
}

test('whatever fails, reloads or crashes, each message is stored once, in the order of its conversation', async () => {
  const fate = fc.constantFrom<Fate>('stored', 'lostBefore', 'lostAfter', 'overloaded', 'never');
  const step = fc.oneof(
    { arbitrary: fc.record({ what: fc.constant('send' as const), to: fc.constantFrom('cnv_1', 'cnv_2') }), weight: 4 },
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
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.array(fate, { maxLength: 20 }), async (steps, fates) => {
      const { server, open } = device();
      server.fates.push(...fates);
      let tabs: { tab: OpenTab; outbox: Outbox }[] = [open()];
      const sent: { to: string; body: string }[] = [];
      for (const { what, to } of steps) {
        const [current] = tabs;
        if (what === 'send') {
          const body = `message ${sent.length}`;
          sent.push({ to, body });
          await current!.outbox.send(to, { body });
        } else if (what === 'pause') await turns(3);
        else if (what === 'openTab') tabs.unshift(open());
        else {
          if (what === 'reload') current!.outbox.close();
          current!.tab.crash();
          // Nothing that it still does counts.
          current!.outbox.close();
          tabs = [open(), ...tabs.slice(1)];
        }
      }
      server.fates.length = 0;
      // A request that is never answered ends with the page that waits for it.
      for (const { tab, outbox } of tabs) {
        outbox.close();
        tab.crash();
      }
      const last = open();
      await turns();
      for (const conversation of ['cnv_1', 'cnv_2'])
        expect(
          server.stored.filter(({ conversationId }) => conversationId === conversation).map(({ body }) => body),
        ).toEqual(sent.filter(({ to }) => to === conversation).map(({ body }) => body));
      expect(last.outbox.entries.get()).toEqual([]);
      last.outbox.close();
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
