import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../platform/config/package-root.js';
import { gcOnSignal } from './memory.js';
import { Parley } from './parley.js';
import { signUp } from './people.js';
import { median, round, table, type Row } from './report.js';
import { channel } from './rows/channel.js';
import { sendDistributed } from './rows/distributed.js';
import { gateway } from './rows/gateway.js';
import { idle } from './rows/idle.js';
import { indexLag } from './rows/index-lag.js';
import { fanOut, gather, resume } from './rows/live.js';
import { notify } from './rows/notify.js';
import { sendFunction } from './rows/send-function.js';
import { search } from './rows/search.js';
import { PAIRS, send } from './rows/send.js';
import { start } from './rows/start.js';
import { thumbnails } from './rows/thumbnails.js';
import { web } from './rows/web.js';

const ROW_MS = 8_000;
const usual = [
  'function',
  'gateway',
  'idle',
  'send',
  'lag',
  'channel',
  'fanout',
  'resume',
  'notify',
  'thumbnails',
  'start',
] as const;
/** The last ones only where they are asked for: they need Redis and Kafka, a browser, or minutes. */
const names = [...usual, 'distributed', 'web', 'search'] as const;
type Name = (typeof names)[number];

const options = optionsOf(process.argv.slice(2));
const { wanted } = options;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130)); // ends Parley as well

const results = join(packageRoot, 'bench', 'results');
mkdirSync(results, { recursive: true });
const directory = await mkdtemp(join(tmpdir(), 'parley-bench-'));
await chmod(directory, 0o755); // Postgres runs as another user where this is root
const startedAt = performance.now();
const rows: Row[] = [];
const dataDirOf = (name: string) => {
  const path = join(directory, name);
  mkdirSync(path);
  return path;
};

try {
  const fsyncMs = measureFsync(directory);
  const load = loadavg()[0]!;
  console.log(
    `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, an fsync takes ${round(fsyncMs)} ms here`,
  );
  if (load > 0.5) console.log(`something else is at work (load ${round(load)}): the figures will be too low`);
  if (wanted.has('function')) await run('function', () => sendFunction(dataDirOf('function'), 6_000));
  if (wanted.has('gateway')) await run('gateway', () => gateway(ROW_MS));
  const dataDir = dataDirOf('parley');
  if (wanted.has('idle')) await run('idle', () => idle(dataDir));
  if (['send', 'lag', 'channel', 'fanout', 'resume'].some((name) => wanted.has(name as Name))) await runParley(dataDir);
  if (wanted.has('notify')) await run('notify', () => notify(dataDirOf('notify')));
  if (wanted.has('thumbnails')) await run('thumbnails', () => thumbnails(dataDirOf('thumbnails')));
  if (wanted.has('distributed')) await run('distributed', () => sendDistributed(ROW_MS));
  if (wanted.has('web')) await run('web', () => web(dataDirOf('web')));
  if (wanted.has('search')) await run('search', () => search(dataDirOf('search'), options.messages));
  if (wanted.has('start')) await run('start', () => start(dataDir));
  const report = {
    at: new Date().toISOString(),
    cpus: cpus().map(({ model }) => model),
    node: process.version,
    fsyncMs,
    loadBefore: load,
    rows: rows.map((row) => ({ ...row, ratio: row.baseline && row.value / row.baseline.value })),
  };
  const file = join(results, 'latest.json');
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`\n${table(rows)}\n\n${round((performance.now() - startedAt) / 1000)} s, ${file}`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** Ends with a sentence where it was called wrongly. */
function optionsOf(args: string[]): { wanted: Set<Name>; profile: boolean; messages: number } {
  try {
    const { values } = parseArgs({
      args,
      options: {
        only: { type: 'string' },
        profile: { type: 'boolean', default: false },
        messages: { type: 'string', default: '1000000' },
      },
    });
    const wanted = new Set<Name>(values.only ? (values.only.split(',') as Name[]) : usual);
    if (![...wanted].every((name) => names.includes(name))) throw new Error(`--only takes ${names.join(',')}`);
    const messages = Number(values.messages);
    if (!Number.isInteger(messages) || messages < 1) throw new Error('--messages takes how many the index is to hold');
    return { wanted, profile: values.profile, messages };
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}

async function runParley(dataDir: string): Promise<void> {
  const parley = await Parley.start(dataDir, [
    ...gcOnSignal,
    ...(options.profile ? ['--cpu-prof', `--cpu-prof-dir=${results}`] : []),
  ]);
  try {
    if (wanted.has('send') || wanted.has('lag')) {
      const people = await signUp(parley.url, 2 * PAIRS);
      if (wanted.has('send')) await run('send', () => send(parley, dataDir, people, ROW_MS));
      if (wanted.has('lag')) await run('lag', () => indexLag(parley, people, ROW_MS));
    }
    if (wanted.has('channel')) await run('channel', () => channel(parley, dataDir));
    if (!wanted.has('fanout') && !wanted.has('resume')) return;
    const audience = await gather(parley);
    if (wanted.has('fanout')) await run('fanout', () => fanOut(parley, dataDir, audience, ROW_MS));
    if (wanted.has('resume')) await run('resume', () => resume(parley, dataDir, audience));
  } finally {
    await parley.stop();
  }
}

/** A row that fails is told and leaves the others their turn. */
async function run(name: Name, measure: () => Promise<Row[]>): Promise<void> {
  const began = performance.now();
  try {
    rows.push(...(await measure()));
  } catch (error) {
    process.exitCode = 1;
    console.error(`${name} could not be measured:`, error);
  }
  console.log(`${name}: ${round((performance.now() - began) / 1000)} s`);
}

/** What every durable commit waits for: the median time to bring 8 KB to the disk. */
function measureFsync(folder: string): number {
  const path = join(folder, 'fsync');
  const file = openSync(path, 'w');
  const block = Buffer.alloc(8192, 1);
  const times = Array.from({ length: 100 }, () => {
    const before = performance.now();
    writeSync(file, block);
    fsyncSync(file);
    return performance.now() - before;
  });
  closeSync(file);
  unlinkSync(path);
  return median(times);
}
