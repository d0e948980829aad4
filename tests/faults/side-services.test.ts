import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openKafkaEventLog } from '../../platform/event-log/kafka.js';
import type { ProviderFixture } from '../../platform/push/provider.fixture.js';
import type { PushAddress } from '../../platform/push/port.js';
import { silentLog } from '../../platform/telemetry/log.js';
import { createGroup, cursorOf, openDirect, say, signUp, type ChatMessage } from '../chat.js';
import type { Device } from '../client.js';
import { withDatabase } from '../database.js';
import { databaseIsSound } from '../database-invariants.js';
import { Following } from '../following.js';
import { ackedOnce, comesToHistory, denseSeq } from '../invariants.js';
import { settled, upload } from '../media.js';
import { registerPush } from '../notifications.js';
import { PushProviders } from '../push-providers.js';
import { searchMessages } from '../search.js';
import { Deployment } from '../services/deployment.js';
import { anyMoment, eventually, waitFor } from '../wait-for.js';
import { sideFaults } from './side-faults.js';
import { newFile, SideLoad, type Talker } from './side-load.js';

/*
 * Services beside the way of a message are away, one at a time, while people go on. Nobody may notice it by a send: the
 * ratio of latencies is printed. Then all that was left undone is done, and nothing of it twice.
 */

const isShort = process.env.PARLEY_FAULTS === 'short';
const spans = isShort ? { awayMs: 12_000, before: 100 } : { awayMs: 30_000, before: 500 };

interface Sleeper {
  device: Device;
  provider: ProviderFixture;
  phone: PushAddress;
}

let providers: PushProviders;
let deployment: Deployment;
let [ann, bob] = [] as unknown as [Device, Device];
/** Who is away, each woken through another provider. */
let sleepers: Sleeper[];
/** Everybody, and the two who talk. */
let conversations: { id: string; following: Following }[];
/** Ann and the sleepers. */
let quiet: string;
let talkers: Talker[];

beforeAll(async () => {
  providers = await PushProviders.start();
  deployment = await Deployment.start({
    ...{ routers: 1, instances: 1, workers: 1, shards: 2, openSearch: true, clamd: true },
    environment: { ...providers.environment, PARLEY_PUSH_BURST_SECONDS: '2' },
  });
}, 240_000);
afterAll(async () => {
  await deployment?.remove();
  await providers?.stop();
}, 60_000);

beforeEach(async () => {
  const { url } = deployment;
  [ann, bob] = await Promise.all([signUp(url, 'Ann'), signUp(url, 'Bob')]);
  sleepers = await Promise.all(
    providers.all.map(async (provider) => {
      const [device, phone] = [await signUp(url, 'Sleeper'), provider.newDevice()];
      await registerPush(device, phone);
      return { device, provider, phone };
    }),
  );
  const asleep = sleepers.map(({ device }) => device);
  const ids = [await createGroup(ann, 'All', [bob, ...asleep]), await openDirect(ann, bob)];
  quiet = await createGroup(ann, 'Quiet', asleep);
  conversations = await Promise.all(
    ids.map(async (id) => ({
      id,
      following: await Following.start(bob, id, { after: await cursorOf(bob, id), persists: true }),
    })),
  );
  talkers = await Promise.all(
    [ann, bob].map(async (device) => {
      const { id } = await upload(device, newFile());
      expect((await settled(device, id)).status).toBe('READY');
      return { device, attachmentId: id };
    }),
  );
}, 120_000);
afterEach(() => {
  for (const { following } of conversations ?? []) following.stop();
  for (const device of [ann, bob, ...(sleepers ?? []).map((each) => each.device)]) device?.close();
});

test.each(sideFaults(isShort))(
  '$name: sends go on, and everything catches up, once',
  async ({ name, begin, mend, provider }) => {
    const scene = { deployment, providers };
    const word = `w${randomBytes(5).toString('hex')}`;
    const load = new SideLoad({ talkers, conversations: conversations.map(({ id }) => id), word });
    const ackedSince = (from: number, count: number) =>
      waitFor('sends are acknowledged', () => load.acked >= from + count, 120_000);
    await ackedSince(0, 200); // until everything is warm
    const warm = performance.now();
    await ackedSince(load.acked, spans.before);

    const began = performance.now();
    try {
      await begin(scene);
      const quietly = await Promise.all(Array.from({ length: 5 }, (_, i) => say(ann, quiet, `${i} of a burst`)));
      const reached = sleepers.filter((sleeper) => sleeper.provider !== provider?.(scene));
      await Promise.all([
        anyMoment(spans.awayMs, spans.awayMs),
        ackedSince(load.acked, spans.before),
        ...reached.map((sleeper) =>
          waitFor('others are told', () => lastTold(sleeper, quiet) === newestOf(quietly).id, 60_000),
        ),
      ]);
    } finally {
      await mend(scene);
    }
    const mended = performance.now();
    await ackedSince(load.acked, 20);
    await load.stop();

    expect(load.sends.every(({ acked }) => acked)).toBe(true);
    const after = async (what: string, catchUp: Promise<unknown>) => {
      await catchUp;
      return `${what} ${((performance.now() - mended) / 1_000).toFixed(1)} s`;
    };
    const caughtUp = await Promise.all([
      after(
        'search',
        eventually(() => eachIsFoundOnce(word, load), 180_000),
      ),
      after('uploads', eachIsReady(load)),
      after('pushes', Promise.all(sleepers.map((sleeper) => isToldOnce(sleeper, load)))),
    ]);
    await ackedOnce(load.sends);
    for (const { id, following } of conversations) {
      await denseSeq(ann, id);
      await comesToHistory(following, 1, 60_000);
    }
    await withDatabase(deployment.dataDir, (database) => databaseIsSound(database, load.sends, 60_000));
    expect(await deadLetters()).toEqual([]);
    expect(providers.complaints).toEqual([]);
    const answers = [...new Set(load.searches)];
    expect(answers.filter((answer) => answer !== 'found' && answer !== 'UNAVAILABLE')).toEqual([]);

    const [before, during] = [load.waitsBetween(warm, began), load.waitsBetween(began, mended)];
    const compared = (share: number) => {
      const [usual, meanwhile] = [at(before, share), at(during, share)];
      return `${usual.toFixed(1)} to ${meanwhile.toFixed(1)} ms (× ${(meanwhile / usual).toFixed(2)})`;
    };
    const unavailable = load.searches.filter((answer) => answer === 'UNAVAILABLE').length;
    const figures = [
      `sends p50 ${compared(0.5)}, p99 ${compared(0.99)}, ${before.length} before and ${during.length} meanwhile`,
      `longest ${Math.max(...during).toFixed(0)} ms`,
      `${load.uploads.length} uploads`,
      `${load.searches.length} searches, ${unavailable} UNAVAILABLE`,
      `away for ${((mended - began) / 1_000).toFixed(0)} s, then caught up: ${caughtUp.join(', ')}`,
    ];
    process.stdout.write(`${name}: ${figures.join('; ')}\n`);
  },
  600_000,
);

/** Of ascending ones. */
const at = (sorted: number[], share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
const newestOf = (messages: ChatMessage[]) => messages.reduce((a, b) => (a.seq > b.seq ? a : b));

async function eachIsFoundOnce(word: string, { sends }: SideLoad): Promise<void> {
  const found: string[] = [];
  for (let after: string | null = null; ;) {
    const { edges, pageInfo } = await searchMessages(ann, word, {}, { first: 100, after });
    found.push(...edges.flatMap(({ node }) => node?.id ?? []));
    if (!pageInfo.hasNextPage) break;
    after = pageInfo.endCursor;
  }
  const missing = new Set(sends.map(({ acked }) => acked!.id));
  for (const id of found)
    if (!missing.delete(id)) throw new Error(`Search finds ${id} twice, or it was never acknowledged.`);
  if (missing.size > 0) throw new Error(`Search does not find ${missing.size} of ${sends.length}.`);
}

async function eachIsReady({ uploads }: SideLoad): Promise<void> {
  for (const { owner, id } of uploads) expect((await settled(owner, id, 180_000)).status).toBe('READY');
}

const toldOf = ({ provider, phone }: Sleeper, conversationId: string): string[] =>
  provider
    .arrivedAt(phone)
    .filter(({ alert, data }) => alert !== null && data.conversationId === conversationId)
    .map(({ data }) => data.messageId!);
const lastTold = (sleeper: Sleeper, conversationId: string) => toldOf(sleeper, conversationId).at(-1);

/** One push of the burst, and of the rest newer and newer ones up to the last. */
async function isToldOnce(sleeper: Sleeper, { sends }: SideLoad): Promise<void> {
  const group = conversations[0]!.id;
  const messages = sends.map(({ acked }) => acked!);
  const seqs = new Map(messages.map(({ id, seq }) => [id, seq]));
  const last = newestOf(sends.filter(({ conversationId }) => conversationId === group).map(({ acked }) => acked!));
  await waitFor(
    'the last message and the burst are told',
    () => lastTold(sleeper, group) === last.id && toldOf(sleeper, quiet).length > 0,
    120_000,
    () => toldOf(sleeper, group).map((id) => seqs.get(id)),
  );
  expect(toldOf(sleeper, quiet)).toHaveLength(1);
  const told = toldOf(sleeper, group).map((id) => seqs.get(id)!);
  expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
}

async function deadLetters(): Promise<string[]> {
  const eventLog = await openKafkaEventLog({
    brokers: deployment.kafka!.brokers,
    partitions: 3,
    log: silentLog(),
  });
  try {
    const topics = await eventLog.kept.topics();
    return topics.filter(({ topic, count }) => topic.endsWith('.dlq') && count > 0).map(({ topic }) => topic);
  } finally {
    await eventLog.close();
  }
}
