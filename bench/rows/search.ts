import { Client } from 'pg';
import { createDatabases } from '../../platform/database/embedded.js';
import { PostgresServer } from '../../platform/database/postgres-server.js';
import { newUuid, randomBucket } from '../../platform/ids/ids.js';
import { isIndexOut } from '../../platform/search-index/held-back.js';
import { openOpenSearchIndex } from '../../platform/search-index/opensearch.js';
import type { IndexChange, MessageDocument, MessageQuery, SearchIndex } from '../../platform/search-index/port.js';
import { openPostgresSearchIndex } from '../../platform/search-index/postgres.js';
import { silentLog } from '../../platform/telemetry/log.js';
import { startOpenSearch } from '../../tests/services/servers/opensearch.js';
import { percentile, round, type Row } from '../report.js';

const CONVERSATIONS = 2_000;
/** Of one who searches. */
const MEMBERSHIPS = 200;
const VOCABULARY = 50_000;
const WORDS = 12;
const BATCH = 500;
const WRITERS = 2;
const WRITE_TRIES = 10;
const QUERIES = 600;
const FIRST = 20;
/** As a small server is run. */
const JVM = ['-Xms4g', '-Xmx4g'];

interface Measured {
  rate: number;
  /** ms, ascending. */
  searches: number[];
}

/** The index of so many messages on Postgres, and on OpenSearch where there is a Java to run it. */
export async function search(dataDir: string, messages: number): Promise<Row[]> {
  const texts = new Texts(messages);
  const server = await PostgresServer.start(dataDir, silentLog());
  const rows: Row[] = [];
  let onPostgres: Measured;
  try {
    await createDatabases(server.url('postgres'), ['parley_search', 'bench_plain']);
    const plainRate = await insertPlainly(server.url('bench_plain'), texts, Math.min(messages, 200_000));
    const connectionString = server.url('parley_search');
    const index = await openPostgresSearchIndex({ connectionString, poolSize: WRITERS + 2, log: silentLog() });
    onPostgres = await measure('Postgres', index, texts, async () => {
      const client = new Client({ connectionString });
      await client.connect();
      await client.query('vacuum analyze message'); // as autovacuum does in time
      await client.end();
    });
    const raw = await searchRaw(connectionString, texts);
    await index.close();
    rows.push(
      ...toRows('Postgres', messages, onPostgres, {
        rate: { name: 'plain inserts, no words', value: plainRate },
        p50: { name: 'GIN alone, 20 of any order', value: percentile(raw, 0.5) },
        p99: { name: 'GIN alone, 20 of any order', value: percentile(raw, 0.99) },
      }),
    );
  } finally {
    await server.stop();
  }
  const node = await startOpenSearch(JVM).catch((error: Error) => void console.log(error.message));
  if (!node) return rows;
  try {
    const index = await openOpenSearchIndex({ nodes: [node.url], credentials: null, caFile: null }, silentLog());
    const refresh = async () => void (await fetch(`${node.url}/parley-messages/_refresh`, { method: 'POST' }));
    const onNode = await measure('OpenSearch', index, texts, refresh);
    await index.close();
    rows.push(
      ...toRows('OpenSearch', messages, onNode, {
        rate: { name: 'Postgres', value: onPostgres.rate },
        p50: { name: 'Postgres', value: percentile(onPostgres.searches, 0.5) },
        p99: { name: 'Postgres', value: percentile(onPostgres.searches, 0.99) },
      }),
    );
  } catch (error) {
    process.exitCode = 1;
    console.error('OpenSearch could not be measured:', error);
  } finally {
    await node.stop();
  }
  return rows;
}

/** Tells what it has, as it goes: with many messages it takes long. */
async function measure(on: string, index: SearchIndex, texts: Texts, settle: () => Promise<void>): Promise<Measured> {
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      while (next < texts.messages) {
        const from = next;
        next += BATCH;
        await write(index, texts.changes(from, Math.min(from + BATCH, texts.messages)));
      }
    }),
  );
  const rate = (texts.messages * 1000) / (performance.now() - startedAt);
  console.log(`${on}: ${round(rate)} messages/s indexed`);
  await settle();
  for (let i = 0; i < 50; i++) await index.searchMessages(texts.query(QUERIES + i));
  const searches: number[] = [];
  for (let i = 0; i < QUERIES; i++) {
    const began = performance.now();
    await index.searchMessages(texts.query(i));
    searches.push(performance.now() - began);
  }
  searches.sort((a, b) => a - b);
  const [p50, p99] = [percentile(searches, 0.5), percentile(searches, 0.99)];
  console.log(`${on}: p50 ${round(p50)} ms, p99 ${round(p99)} ms of ${QUERIES} searches`);
  return { rate, searches };
}

/** As the worker does: again, where the index has too much to do. */
async function write(index: SearchIndex, changes: IndexChange<MessageDocument>[]): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await index.writeMessages(changes);
    } catch (error) {
      if (!isIndexOut(error) || tries === WRITE_TRIES) throw error;
      console.log('the index has too much to do; writing again');
    }
  }
}

type Baselines = Record<'rate' | 'p50' | 'p99', { name: string; value: number }>;

function toRows(on: string, messages: number, { rate, searches }: Measured, baselines: Baselines): Row[] {
  const size = `${messages.toLocaleString('en')} messages`;
  const common = { goal: '', met: true };
  return [
    { name: `index on ${on}, ${size}`, unit: 'messages/s', value: rate, baseline: baselines.rate, ...common },
    ...([50, 99] as const).map((share) => ({
      name: `search on ${on}, ${size}, p${share}`,
      unit: 'ms',
      value: percentile(searches, share / 100),
      baseline: baselines[`p${share}`],
      ...common,
    })),
  ];
}

/** The same rows into a table with a primary key. */
async function insertPlainly(connectionString: string, texts: Texts, count: number): Promise<number> {
  const client = new Client({ connectionString });
  await client.connect();
  await client.query(
    'create table plain (id uuid primary key, conversation_id uuid, seq int, sent_at bigint, body text)',
  );
  const startedAt = performance.now();
  for (let from = 0; from < count; from += BATCH) {
    const documents = texts.changes(from, Math.min(from + BATCH, count)).map(({ document }) => document!);
    await client.query({
      name: 'plain',
      text: 'insert into plain select * from unnest($1::uuid[], $2::uuid[], $3::int[], $4::bigint[], $5::text[])',
      values: [
        documents.map(({ id }) => id),
        documents.map(({ conversationId }) => conversationId),
        documents.map(({ seq }) => seq),
        documents.map(({ sentAt }) => sentAt),
        documents.map(({ body }) => body),
      ],
    });
  }
  const rate = (count * 1000) / (performance.now() - startedAt);
  await client.end();
  return rate;
}

/** The same words in the same conversations, neither ranked nor counted nor marked. */
async function searchRaw(connectionString: string, texts: Texts): Promise<number[]> {
  const client = new Client({ connectionString });
  await client.connect();
  const times: number[] = [];
  for (let i = 0; i < QUERIES; i++) {
    const { text, scopes } = texts.query(i);
    const began = performance.now();
    await client.query(
      `select id, body from message where slot = 0 and terms @@ $1::tsquery and conversation_id = any($2::uuid[]) limit ${FIRST}`,
      [text.split(' ').join(' & '), scopes.map(({ conversationId }) => conversationId)],
    );
    times.push(performance.now() - began);
  }
  await client.end();
  return times.sort((a, b) => a - b);
}

/** Words occur as they do in a language: the n-th one 1/n times as often as the first (Zipf). The same at each run. */
class Texts {
  private readonly conversations = Array.from({ length: CONVERSATIONS }, () => newUuid(randomBucket()));
  private readonly senders = Array.from({ length: 1_000 }, () => newUuid(randomBucket()));
  private readonly ids: string[];

  constructor(readonly messages: number) {
    this.ids = Array.from({ length: messages }, () => newUuid(0));
  }

  changes(from: number, to: number): IndexChange<MessageDocument>[] {
    return this.ids.slice(from, to).map((id, offset) => {
      const index = from + offset;
      const random = generator(index + 1);
      const body = Array.from({ length: WORDS }, () => wordAt(zipf(random()))).join(' ');
      const conversationId = this.conversations[index % CONVERSATIONS]!;
      const seq = Math.floor(index / CONVERSATIONS) + 1;
      const senderId = this.senders[index % this.senders.length]!;
      const document = { id, conversationId, senderId, seq, sentAt: index, body, mediaKinds: [], mentionedIds: [] };
      return { id, version: 1, document };
    });
  }

  /** One word or two, frequent and rare ones, by somebody who joined some of their conversations late. */
  query(number: number): MessageQuery {
    const random = generator(1_000_003 + number);
    const words = Array.from({ length: 1 + (number % 2) }, () => wordAt(zipf(random())));
    const start = Math.floor(random() * (CONVERSATIONS - MEMBERSHIPS));
    const scopes = this.conversations
      .slice(start, start + MEMBERSHIPS)
      .map((conversationId, i) => ({ conversationId, spans: [{ fromSeq: i % 2 ? 1 : 10, toSeq: null }] }));
    return { text: words.join(' '), scopes, first: FIRST };
  }
}

const zipf = (random: number) => Math.floor(VOCABULARY ** random);

/** Six letters and more. */
function wordAt(rank: number): string {
  const random = generator(rank * 7_919);
  const length = 3 + Math.floor(random() * 5);
  const letters = Array.from({ length }, () => 'etaoinshrdlucmfw'[Math.floor(random() * 16)]!);
  return `${letters.join('')}${rank.toString(36)}z`.replace(/\d/g, (digit) => 'bgjkpqvxyz'[Number(digit)]!);
}

/** mulberry32: the same numbers for the same seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
