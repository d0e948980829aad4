import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { hotSettings } from '../../platform/database/hot-pool.js';
import { migrate } from '../../platform/database/migrate.js';
import { PostgresServer } from '../../platform/database/postgres-server.js';
import { newUuid, randomBucket } from '../../platform/ids/ids.js';
import { silentLog } from '../../platform/telemetry/log.js';
import { bodyOf } from '../documents.js';
import { median, type Row } from '../report.js';

const BATCH = 50;
const DATABASE = 'bench';
/** As many as there are shards with npm start: each has one batch under way. */
const CONNECTIONS = 2;
/** The two take turns, so that a noisy neighbour hits both. */
const ROUNDS = 3;

/** The same call with arguments that the server makes up itself. :client_id picks conversations that nobody else uses. */
const sameSql = (clientId: string) => `select f.* from (
    select array_agg(conversation_id) as conversations, array_agg(user_id) as senders, array_agg(uuidv7()) as ids,
      array_agg(uuidv7()::text) as keys, array_agg(rpad(uuidv7()::text, 100, ' lorem ipsum dolor sit amet')) as bodies
    from bench_sender where client_id = ${clientId}
  ) a, lateral send_messages(false, a.conversations, a.senders, a.ids, a.keys, a.bodies) f`;

/** Batches of 50 sends from Node, against the same SQL from pgbench. No relay, no router: the database's part alone. */
export async function sendFunction(dataDir: string, ms: number): Promise<Row[]> {
  const server = await PostgresServer.start(dataDir, silentLog());
  try {
    const senders = await prepare((database) => server.url(database), BATCH);
    const url = server.url(DATABASE);
    const slice = ms / ROUNDS;
    const fromNode = () => inLoops(url, slice, BATCH, (client, index) => sendBatch(client, senders[index]!));
    await fromNode();
    const node: number[] = [];
    const other: { name: string; value: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      node.push(await fromNode());
      other.push(await byPgbench(url, slice, dataDir));
    }
    const value = median(node);
    const baseline = { name: other[0]!.name, value: median(other.map((each) => each.value)) };
    return [
      {
        name: `send function alone, batches of ${BATCH}`,
        unit: 'messages/s',
        value,
        baseline,
        goal: '≥ 0.8 of pgbench',
        met: value >= 0.8 * baseline.value,
      },
    ];
  } finally {
    await server.stop();
  }
}

/**
 * Messages a second of the send function alone, in batches of `batch`, in a database of its own on a server that runs; `around`
 * is called before and after, with how many there were.
 */
export async function sendFunctionAlone(
  urlOf: (database: string) => string,
  batch: number,
  ms: number,
  around: (messages: number) => void,
): Promise<number> {
  const senders = await prepare(urlOf, batch);
  const run = (part: number) =>
    inLoops(urlOf(DATABASE), part, batch, (client, index) => sendBatch(client, senders[index]!));
  await run(ms / 3);
  around(0);
  const rate = await run(ms);
  around((rate * ms) / 1000);
  return rate;
}

interface Sender {
  conversationId: string;
  userId: string;
}

async function prepare(urlOf: (database: string) => string, batch: number): Promise<Sender[][]> {
  const admin = new Client({ connectionString: urlOf('postgres') });
  await admin.connect();
  await admin.query(`create database ${DATABASE}`);
  // Those of Parley's own connections for this call, so that pgbench has them too.
  for (const setting of hotSettings) await admin.query(`alter database ${DATABASE} set ${setting}`);
  await admin.end();
  await migrate(urlOf(DATABASE), 'shard');
  const client = new Client({ connectionString: urlOf(DATABASE) });
  await client.connect();
  await client.query('insert into bucket_owner (bucket) select generate_series(0, 4095)');
  await client.query('create table bench_sender (client_id int, conversation_id uuid, user_id uuid)');
  const all: Sender[][] = [];
  for (let clientId = 0; clientId < CONNECTIONS; clientId++) {
    const senders = Array.from({ length: batch }, () => ({
      conversationId: newUuid(randomBucket()),
      userId: newUuid(randomBucket()),
    }));
    await client.query(
      `with s as (
         insert into bench_sender select $1, * from unnest($2::uuid[], $3::uuid[]) returning conversation_id, user_id
       ), c as (
         insert into conversation (conversation_id, kind, created_by, created_at, version, changed_at)
         select conversation_id, 'DIRECT', user_id, now(), 1, now() from s
       ), h as (insert into conversation_head (conversation_id, member_count) select conversation_id, 2 from s)
       insert into member (conversation_id, user_id, role, joined_at, version, changed_at)
       select conversation_id, user_id, 'MEMBER', now(), 1, now() from s
       union all select conversation_id, uuidv7(), 'MEMBER', now(), 1, now() from s`,
      [clientId, senders.map((sender) => sender.conversationId), senders.map((sender) => sender.userId)],
    );
    all.push(senders);
  }
  await client.end();
  return all;
}

async function sendBatch(client: Client, senders: Sender[]): Promise<void> {
  const keys = senders.map(({ conversationId }) => newUuid(0) + conversationId.slice(0, 8));
  const { rows } = await client.query<{ outcome: string }>({
    name: 'send',
    text: 'select * from send_messages(false, $1, $2, $3, $4, $5)',
    values: [
      senders.map(({ conversationId }) => conversationId),
      senders.map(({ userId }) => userId),
      senders.map(() => newUuid(0)),
      keys,
      keys.map(bodyOf),
    ],
  });
  if (rows.length !== senders.length || rows.some(({ outcome }) => outcome !== 'stored'))
    throw new Error('a send was not stored');
}

/** Messages a second. */
async function inLoops(
  url: string,
  ms: number,
  size: number,
  batch: (client: Client, index: number) => Promise<void>,
): Promise<number> {
  const clients = Array.from({ length: CONNECTIONS }, () => new Client({ connectionString: url }));
  await Promise.all(clients.map((client) => client.connect()));
  try {
    let batches = 0;
    const startedAt = performance.now();
    await Promise.all(
      clients.map(async (client, index) => {
        for (; performance.now() < startedAt + ms; batches++) await batch(client, index);
      }),
    );
    return (batches * size * 1000) / (performance.now() - startedAt);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

/** Where pgbench is not installed: the same text from Node, which then has next to nothing to do either. */
async function byPgbench(url: string, ms: number, directory: string): Promise<{ name: string; value: number }> {
  const script = join(directory, 'send.sql');
  await writeFile(script, `${sameSql(':client_id')};\n`);
  const flags = [
    '-n',
    '-M',
    'prepared',
    '-c',
    `${CONNECTIONS}`,
    '-j',
    '1',
    '-T',
    `${Math.ceil(ms / 1000)}`,
    '-f',
    script,
    url,
  ];
  try {
    const { stdout } = await promisify(execFile)('pgbench', flags);
    return { name: 'pgbench', value: Number(/^tps = ([\d.]+)/m.exec(stdout)?.[1]) * BATCH };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const value = await inLoops(url, ms, BATCH, async (client, index) => {
      await client.query({ name: 'same', text: sameSql(String(index)) });
    });
    return { name: 'the same SQL by pg, no pgbench here', value };
  }
}
