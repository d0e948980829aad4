import { afterEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pino } from 'pino';
import { copyTemplate } from '../../tests/data-template.js';
import { testDirectory } from '../../tests/running-parley.js';
import { waitFor } from '../../tests/wait-for.js';
import { packageRoot } from '../config/package-root.js';
import { StartError } from '../config/start-error.js';
import { newUuid } from '../ids/ids.js';
import { databaseContract } from './contract.js';
import { openEmbeddedDatabases } from './embedded.js';
import type { Databases } from './port.js';
import { openTestDatabases } from './testing.js';

const log = pino({ level: 'silent' });
const opened: Databases[] = [];
const children: ChildProcess[] = [];
const directories: string[] = [];

async function newDirectory(): Promise<string> {
  const directory = await testDirectory();
  directories.push(directory);
  return directory;
}

/** As a first start has left it. */
async function startedOnce(): Promise<string> {
  const dataDir = join(await newDirectory(), 'data');
  await copyTemplate(dataDir);
  return dataDir;
}

async function open(dataDir: string): Promise<Databases> {
  const databases = await openEmbeddedDatabases({ dataDir, shardCount: 2, log });
  opened.push(databases);
  return databases;
}

const postmaster = (dataDir: string) =>
  Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);

/** Null while one server's pid file is gone and the next one's is not there yet. */
function serverOf(dataDir: string): number | null {
  try {
    return postmaster(dataDir) || null;
  } catch {
    return null;
  }
}

const handles = async (databases: Databases) =>
  (await databases.directory.user.findMany({ orderBy: { handle: 'asc' } })).map((user) => user.handle);

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const databases of opened.splice(0)) await databases.close();
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

databaseContract('embedded', () => openTestDatabases());

describe('the embedded Postgres', () => {
  it('keeps its data over a restart and migrates only once', async () => {
    const dataDir = await newDirectory();
    const first = await open(dataDir);
    await first.directory.user.create({ data: { userId: newUuid(1), handle: 'ann', displayName: 'Ann' } });
    await first.close();
    const second = await open(dataDir);
    expect(await handles(second)).toEqual(['ann']);
    expect(await second.directory.$queryRaw`select 1 from _prisma_migrations where applied_steps_count <> 1`).toEqual(
      [],
    );
  });

  it('comes back by itself, with what was committed, when it is killed', async () => {
    const dataDir = await startedOnce();
    const databases = await open(dataDir);
    await databases.directory.user.create({ data: { userId: newUuid(1), handle: 'ann', displayName: 'Ann' } });
    for (const name of ['bob', 'cyd']) {
      const killed = postmaster(dataDir);
      process.kill(killed, 'SIGKILL');
      await waitFor('another server', () => serverOf(dataDir) !== killed && serverOf(dataDir), 15_000);
      // As a client would: again, with the same id, until it is answered; a lost answer may have been a commit.
      const user = { userId: newUuid(1), handle: name, displayName: name };
      const store = () => databases.directory.user.upsert({ where: { userId: user.userId }, create: user, update: {} });
      await waitFor('Postgres is back', () => store().catch(() => null), 15_000);
    }
    expect(await handles(databases)).toEqual(['ann', 'bob', 'cyd']);
  }, 60_000); // two crash recoveries: some 8 s each on a busy machine

  it('is taken over by the next start, with what was committed, when its Parley is killed', async () => {
    const dataDir = await startedOnce();
    const child = startChild(dataDir);
    await told(child, 'committed');
    const orphan = postmaster(dataDir);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    process.kill(orphan, 0); // it lives on
    const databases = await open(dataDir);
    expect(await handles(databases)).toEqual(['ann']);
    process.kill(postmaster(dataDir), 'SIGKILL');
    await waitFor(
      'it is restarted too',
      () =>
        handles(databases).then(
          (all) => all.length === 1,
          () => false,
        ),
      15_000,
    );
  });

  it('refuses data from a newer Parley, and leaves no server behind', async () => {
    const dataDir = await startedOnce();
    const databases = await open(dataDir);
    await databases.directory.$executeRaw`
      insert into _prisma_migrations (id, checksum, migration_name, finished_at) values ('x', 'x', '29990101000000_later', now())`;
    await databases.close();
    const refused = openEmbeddedDatabases({ dataDir, shardCount: 2, log });
    await expect(refused).rejects.toThrow(/newer version of Parley/);
    await expect(refused).rejects.toBeInstanceOf(StartError);
    expect(() => postmaster(dataDir)).toThrow('ENOENT');
  });

  it('starts where the pid in its pid file belongs to another program by now', async () => {
    const dataDir = await startedOnce();
    await (await open(dataDir)).close();
    writeFileSync(
      join(dataDir, 'postgres', 'postmaster.pid'),
      `${process.ppid}\n${join(dataDir, 'postgres')}\n1\n1\n\n127.0.0.1\n 1 1\nready\n`,
    );
    expect(await handles(await open(dataDir))).toEqual([]);
  });

  it('works where only its owner may enter the data directory', async () => {
    const dataDir = join(await newDirectory(), 'private', '.parley');
    mkdirSync(dataDir, { recursive: true });
    chmodSync(join(dataDir, '..'), 0o700);
    const databases = await open(dataDir);
    expect(await handles(databases)).toEqual([]);
    directories.push(realpathSync(join(dataDir, 'postgres'))); // root: elsewhere, see postgres-home.ts
  });
});

function startChild(dataDir: string): ChildProcess {
  const from = (file: string) => JSON.stringify(pathToFileURL(join(packageRoot, 'dist/platform', file)).href);
  const script = `
    import { openEmbeddedDatabases } from ${from('database/embedded.js')};
    import { silentLog } from ${from('telemetry/log.js')};
    const { directory } = await openEmbeddedDatabases({ dataDir: ${JSON.stringify(dataDir)}, shardCount: 2, log: silentLog() });
    await directory.user.create({ data: { userId: ${JSON.stringify(newUuid(1))}, handle: 'ann', displayName: 'Ann' } });
    console.log('committed');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return child;
}

function told(child: ChildProcess, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => chunk.toString().includes(line) && resolve());
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
  });
}
