import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Caller, Person } from '../../platform/auth/caller.js';
import { Cursors } from '../../platform/cursors/cursors.js';
import { openTestDatabases } from '../../platform/database/testing.js';
import { newUuid, randomBucket, toPublicId, fromPublicId } from '../../platform/ids/ids.js';
import type { Accepted, Rejected } from '../../platform/media-inspection/port.js';
import { MemoryObjectStore } from '../../platform/object-store/memory.fixture.js';
import { EmbeddedPubSub } from '../../platform/pubsub/embedded.js';
import { EmbeddedRateLimiter } from '../../platform/rate-limit/embedded.js';
import { Limits } from '../../platform/rate-limit/limits.js';
import { Shards } from '../../platform/shards/shards.js';
import { executeOn } from '../../platform/subgraph/execute.js';
import type { Subgraph } from '../../platform/subgraph/subgraph.js';
import { silentLog } from '../../platform/telemetry/log.js';
import type { Verdict } from '../../platform/virus-scan/port.js';
import { createBreaker } from '../../platform/worker/breaker.js';
import type { Worker } from '../../platform/worker/define-worker.js';
import { MemoryEventLog } from '../../platform/worker/memory-event-log.fixture.js';
import { topics } from '../../schema/events.js';
import type { MediaEvent } from '../../schema/media.js';
import { defaultPrivacy } from '../../schema/people.js';
import { processMedia } from '../../workers/process-media.js';
import { settleMedia } from '../../workers/settle-media.js';
import { TempFolders } from '../../workers/temp-folders.js';
import { markFailed } from '../messages/failure-store.js';
import { messagesSubgraph } from '../messages/subgraph.js';
import { LinkStore } from './link-store.js';
import { MediaStore } from './store.js';
import { mediaSubgraph, type MediaSettings } from './subgraph.js';

const plain: Accepted = {
  kind: 'accepted',
  contentType: 'application/octet-stream',
  width: null,
  height: null,
  durationMs: null,
  waveform: null,
  blurHash: null,
  cleaned: null,
  thumbnails: [],
  poster: null,
};

/** Media and messages on real shards, with stores and inspectors that say what a test has them say. */
export async function openMedia(settings: Partial<MediaSettings> = {}) {
  const databases = await openTestDatabases();
  const shards = await Shards.load(databases.directory, databases.shards);
  const [pubsub, objects, log] = [new EmbeddedPubSub(), new MemoryObjectStore(), silentLog()];
  const cursors = new Cursors(randomBytes(32));
  const limits = new Limits(new EmbeddedRateLimiter(), null, log);
  const tempDir = await mkdtemp(join(tmpdir(), 'parley-test-'));
  let time = 0;
  const subgraph = await mediaSubgraph({
    ...{ shards, objects, pubsub, cursors, limits, log },
    settings: { linkSeconds: 3_600, uploadSeconds: 3_600, quotaBytes: 10_000_000_000, uploadsPerDay: 100, ...settings },
    now: () => Date.now() + time,
  });
  const messages = await messagesSubgraph({
    ...{ shards, pubsub, cursors, log, media: subgraph.attachables },
    eventLog: { append: async () => undefined },
    people: { privacy: async (ids) => new Map(ids.map((id) => [id, defaultPrivacy])) },
  });
  const store = new MediaStore(shards);
  const links = new LinkStore(shards);
  /** What scanner and inspector say next. */
  const says: { verdict: () => Verdict; inspected: () => Accepted | Rejected } = {
    verdict: () => ({ kind: 'clean' }),
    inspected: () => plain,
  };
  const breaker = createBreaker({ name: 'test', isFailure: () => false, log });
  const failing = {
    carriers: (id: string) => links.carriers(id),
    markFailed: (conversationId: string, seq: number) => markFailed({ shards, pubsub }, conversationId, seq),
  };
  const workers: Worker[] = [
    processMedia({
      ...{ store, objects, pubsub, breaker, log, folders: new TempFolders(tempDir) },
      virusScan: {
        scan: async (bytes) => {
          await bytes.toArray();
          return says.verdict();
        },
      },
      inspection: { inspect: async () => says.inspected() },
    }),
    settleMedia({ ...failing, objects, pubsub, breaker }),
  ];
  const executed = async <Data>(
    on: Subgraph,
    caller: Caller,
    query: string,
    variables: Record<string, unknown> = {},
    root?: Record<string, MediaEvent>,
  ) => JSON.parse(JSON.stringify(await executeOn(on, { query, variables }, caller, root))) as Answer<Data>;

  const opened = {
    ...{ databases, shards, objects, pubsub, store, links, says, subgraph, messages, plain, failing, tempDir },
    /** Lets time pass for the subgraph; not for the database. */
    pass(ms: number) {
      time += ms;
    },
    // Tests read answers as they come.
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    ask: <Data = any>(...args: [Caller, string, Record<string, unknown>?, Record<string, MediaEvent>?]) =>
      executed<Data>(subgraph, ...args),
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    askMessages: <Data = any>(...args: [Caller, string, Record<string, unknown>?]) => executed<Data>(messages, ...args),
    async group(...people: Person[]): Promise<string> {
      const [id, [owner, ...others]] = [newUuid(randomBucket()), people];
      await shards.on(
        id,
        ({ db }) => db.$queryRaw`
          select create_conversation(${id}::uuid, 'GROUP', null, 'Group', null, ${owner!.userId}::uuid, null,
            ${others.map(({ userId }) => userId)}::uuid[])::text`,
      );
      return id;
    },
    async create(person: Person, input: Record<string, unknown> = {}) {
      const { data } = await opened.ask<{
        createUpload: Payload & { upload: { url: string; expiresAt: string } | null };
      }>(
        person,
        `mutation ($input: CreateUploadInput!) { createUpload(input: $input) {
          media { id status filename contentType size } upload { method url expiresAt headers { name value } } errors { code path message retryAt } } }`,
        {
          input: {
            ...{ clientMutationId: randomUUID(), filename: 'a.txt', contentType: 'text/plain', size: 5, kind: 'FILE' },
            ...input,
          },
        },
      );
      return data.createUpload;
    },
    change: async (person: Person, name: 'completeUpload' | 'deleteMedia', mediaId: string) => {
      const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
      const { data } = await opened.ask<Record<string, Payload>>(
        person,
        `mutation ($input: ${type}!) { ${name}(input: $input) { media { id status } errors { code path message } } }`,
        { input: { mediaId } },
      );
      return data[name]!;
    },
    /** An upload whose bytes are there, as far as it should be. */
    async uploaded(person: Person, input: Record<string, unknown> = {}, bytes = 'hello'): Promise<string> {
      const { media } = await opened.create(person, { size: bytes.length, ...input });
      objects.put(`uploads/${uuidOf(media!.id)}`, Buffer.from(bytes));
      await opened.change(person, 'completeUpload', media!.id);
      return media!.id;
    },
    async ready(person: Person, input: Record<string, unknown> = {}): Promise<string> {
      const id = await opened.uploaded(person, input);
      await opened.work();
      return id;
    },
    async send(person: Person, conversationId: string, input: Record<string, unknown>) {
      const { data } = await opened.askMessages<{
        sendMessage: { message: SentMessage | null; errors: { code: string; path: string[] }[] };
      }>(
        person,
        `mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
          message { id seq kind body attachments { id } } errors { code path message } } }`,
        {
          input: {
            conversationId: toPublicId('conversation', conversationId),
            clientMessageId: randomUUID(),
            ...input,
          },
        },
      );
      return data.sendMessage;
    },
    /** A media as the caller sees it; null where they may not. */
    see: async (caller: Caller, id: string, fields = 'id status url') => {
      const { data, errors } = await opened.ask<{ media: Record<string, unknown> | null }>(
        caller,
        `query ($id: ID!) { media(id: $id) { ${fields} } }`,
        { id },
      );
      if (errors) throw new Error(JSON.stringify(errors));
      return data.media;
    },
    /** Has all events of media handled, and those that they make. Returns what they were. */
    async work(): Promise<string[]> {
      const told: string[] = [];
      for (;;) {
        const rows = (
          await Promise.all(shards.all.map(({ db }) => db.outbox.findMany({ where: { topic: topics.media } })))
        ).flat();
        if (rows.length === 0) return told;
        for (const { db } of shards.all) await db.outbox.deleteMany({ where: { topic: topics.media } });
        const records = rows.map(({ key, payload }) => ({ topic: topics.media, key, value: payload }));
        told.push(...records.map(({ value }) => (JSON.parse(value) as { type: string }).type));
        await handle(workers, records);
      }
    },
    async close() {
      await messages.stop();
      await databases.close();
      await rm(tempDir, { recursive: true, force: true });
    },
  };
  return opened;
}

/** As the event log hands them to each of the workers, which run until `done`. */
export async function handle(
  workers: Worker[],
  records: { topic: string; key: string; value: string }[],
  done: () => Promise<void> = async () => undefined,
) {
  for (const worker of workers) {
    const log = new MemoryEventLog();
    const consumer = await worker.start({ eventLog: log, log: silentLog() });
    await log.append(records);
    await log.handOver();
    await done();
    await consumer.stop();
  }
}

interface Payload {
  media: { id: string; status: string; filename: string; contentType: string; size: number } | null;
  errors: { code: string; path: string[]; message: string; retryAt?: string | null }[];
}
interface SentMessage {
  id: string;
  seq: number;
  kind: string;
  body: string | null;
  attachments: { id: string }[];
}
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export interface Answer<Data = any> {
  data: Data;
  errors?: { message: string; extensions: { code?: string } }[];
}

/** Somebody new. */
export function somebody(): Person {
  return { kind: 'person', userId: newUuid(randomBucket()), deviceId: newUuid(randomBucket()), startedAt: Date.now() };
}
export const hub = { kind: 'hub', startedAt: Date.now() } as const;
export const uuidOf = (publicId: string) => fromPublicId('media', publicId)!;
export const codes = ({ errors }: { errors: { code: string }[] }) => errors.map(({ code }) => code);
