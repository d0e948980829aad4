import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  renameSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { Logger } from 'pino';
import { explainFileError, StartError } from '../config/start-error.js';
import { explainInitdb, explainServer } from './explain-postgres.js';
import { type Account } from './postgres-account.js';
import { postgresHome } from './postgres-home.js';
import { findPostgres, type PostgresInstall } from './postgres-install.js';

const START_MS = 60_000;

/** Settings for a laptop. A commit waits for the disk: what was acknowledged survives. */
const settings = [
  'synchronous_commit=on',
  'shared_buffers=128MB',
  'wal_compression=on',
  'max_wal_size=1GB',
  // Buckets move between shards by logical replication.
  'wal_level=logical',
  'max_replication_slots=20',
  'max_wal_senders=20',
  'max_worker_processes=16',
  'max_logical_replication_workers=8',
  'max_sync_workers_per_subscription=4',
  'max_connections=120',
  'jit=off',
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'log_timezone=UTC',
  'timezone=UTC',
];

/** A Postgres server of one data directory, on a free loopback port, started again when it dies. */
export class PostgresServer {
  private child: ChildProcess | null = null;
  private isStopping = false;
  private failures = 0;

  private constructor(
    private readonly directory: string,
    private readonly install: PostgresInstall,
    private readonly account: Account | null,
    private readonly port: number,
    private readonly password: string,
    private readonly log: Logger,
    private readonly more: readonly string[],
  ) {}

  /**
   * Starts the server in `<dataDir>/postgres`, made where it is missing. One that an earlier Parley left behind when it
   * was killed is taken over. `more`: settings, as name=value, that come before those for a laptop. Throws StartError with
   * what to do.
   */
  static async start(dataDir: string, log: Logger, more: readonly string[] = []): Promise<PostgresServer> {
    try {
      const { directory, account } = postgresHome(dataDir);
      const install = await findPostgres(account);
      if (!existsSync(join(directory, 'PG_VERSION'))) await initialise(directory, install, account);
      const password = readFileSync(join(directory, 'parley.password'), 'utf8');
      const running = readPostmaster(directory);
      const server = new PostgresServer(
        directory,
        install,
        account,
        running?.port ?? (await freePort()),
        password,
        log,
        more,
      );
      if (!(running && (await server.takeOver(running.pid)))) await server.spawnPatiently();
      return server;
    } catch (error) {
      throw explainFileError(error, dataDir) ?? error;
    }
  }

  url(database: string): string {
    return `postgresql://parley:${this.password}@127.0.0.1:${this.port}/${database}`;
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    const running = readPostmaster(this.directory);
    if (!running) return;
    signal(running.pid, 'SIGINT'); // fast shutdown: ends sessions, writes a checkpoint
    const limit = Date.now() + 8_000;
    while (isPostgres(running.pid, this.directory)) {
      if (Date.now() > limit) return signal(running.pid, 'SIGQUIT');
      await delay(20);
    }
  }

  /** A server that was left behind: use it when it answers, else end it. */
  private async takeOver(pid: number): Promise<boolean> {
    if (await this.answers(3_000)) {
      this.log.info({ postgresPid: pid }, 'took over the Postgres of an earlier run');
      void this.watchStranger(pid);
      return true;
    }
    signal(pid, 'SIGQUIT');
    const limit = Date.now() + 10_000;
    while (isPostgres(pid, this.directory)) {
      if (Date.now() > limit)
        throw new StartError(
          `A Postgres of an earlier run (process ${pid}) neither answers nor ends. End it with kill -9 ${pid} and start again.`,
        );
      await delay(50);
    }
    return false;
  }

  private async watchStranger(pid: number): Promise<void> {
    while (isPostgres(pid, this.directory)) {
      await delay(200, undefined, { ref: false });
      if (this.isStopping) return;
    }
    if (!this.isStopping) await this.restart();
  }

  /** Sessions of a killed server hold its shared memory until they notice, and Postgres refuses to start beside them. */
  private async spawnPatiently(): Promise<void> {
    for (const limit = Date.now() + 10_000; ; await delay(100))
      try {
        return await this.spawnAndWait();
      } catch (error) {
        if (Date.now() > limit || !(error as Error).message.includes('shared memory block')) throw error;
      }
  }

  private async spawnAndWait(): Promise<void> {
    disownPidFile(this.directory);
    const logFile = join(this.directory, 'server.log');
    const output = openSync(logFile, 'w', 0o644);
    const flags = [`port=${this.port}`, ...settings, ...this.more].flatMap((setting) => ['-c', setting]);
    const child = spawn(this.install.postgres, ['-D', this.directory, ...flags], {
      // Of its own group: an interrupt at the terminal reaches Parley alone, which drains first.
      detached: true,
      stdio: ['ignore', output, output],
      cwd: this.directory,
      ...(this.account ? { uid: this.account.uid, gid: this.account.gid } : {}),
    });
    closeSync(output);
    this.child = child;
    let ended = false;
    child.once('error', () => (ended = true));
    child.once('exit', () => {
      ended = true;
    });
    const limit = Date.now() + START_MS;
    // A server that died right after its answer has not started: nobody would notice its end later.
    while (!(await this.answers(1_000)) || ended) {
      if (ended || Date.now() > limit) throw explainServer(this.directory, readFileSync(logFile, 'utf8'));
      await delay(25);
    }
    child.unref();
    child.once('exit', () => {
      if (!this.isStopping) void this.restart();
    });
  }

  /** Backs off from 0.1 s to 5 s, for as long as Parley runs: clients are told UNAVAILABLE meanwhile. */
  private async restart(): Promise<void> {
    this.log.error('Postgres ended; starting it again');
    for (this.failures = 0; !this.isStopping; this.failures++) {
      await delay(Math.min(5_000, 100 * 2 ** this.failures));
      try {
        await this.spawnAndWait();
        this.log.info('Postgres is back');
        return;
      } catch (error) {
        this.log.error({ err: error }, 'Postgres does not start');
      }
    }
  }

  private async answers(timeoutMs: number): Promise<boolean> {
    const client = new Client({ connectionString: this.url('postgres'), connectionTimeoutMillis: timeoutMs });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('select 1');
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** How to reach the server of a data directory that runs already, by the name of a database; null where none does. */
export function runningServer(dataDir: string): ((database: string) => string) | null {
  const { directory } = postgresHome(dataDir);
  const running = readPostmaster(directory);
  if (!running) return null;
  const password = readFileSync(join(directory, 'parley.password'), 'utf8');
  return (database) => `postgresql://parley:${password}@127.0.0.1:${running.port}/${database}`;
}

async function initialise(directory: string, install: PostgresInstall, account: Account | null): Promise<void> {
  const draft = `${directory}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  const password = randomBytes(24).toString('hex');
  const passwordFile = `${draft}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account) for (const path of [draft, passwordFile]) chownSync(path, account.uid, account.gid);
  const flags = [
    '-D',
    draft,
    '-U',
    'parley',
    '-A',
    'scram-sha-256',
    '--pwfile',
    passwordFile,
    '-E',
    'UTF8',
    '--locale=C',
    // The password is random: nobody guesses it faster where connections do not hash it 4,096 times, at both ends.
    '-c',
    'scram_iterations=1',
  ];
  const child = spawn(install.initdb, flags, {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: draft,
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw explainInitdb(directory, output);
  renameSync(passwordFile, join(draft, 'parley.password'));
  chmodSync(join(draft, 'parley.password'), 0o600);
  renameSync(draft, directory);
}

function readPostmaster(directory: string): { pid: number; port: number } | null {
  try {
    const lines = readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n');
    const [pid, port] = [Number(lines[0]), Number(lines[3])];
    return isPostgres(pid, directory) ? { pid, port } : null;
  } catch {
    return null;
  }
}

/**
 * A pid file whose pid belongs to another program by now (after a reboot, in a container soon) would stop Postgres. With
 * its parent's pid in it, Postgres takes the file for stale, and still checks that no session of the old server lives.
 */
function disownPidFile(directory: string): void {
  const file = join(directory, 'postmaster.pid');
  if (!existsSync(file) || readPostmaster(directory)) return;
  const [, ...rest] = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, [process.pid, ...rest].join('\n'));
}

/** Whether the process is the postmaster of this directory: pids are used again. */
function isPostgres(pid: number, directory: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(directory);
  } catch {
    return false;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended already.
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
