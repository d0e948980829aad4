import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from './wait-for.js';

/** Parley as a story sees it, whether it is one process or many. */
export interface RunningParley {
  /** Of a router, without a path. */
  readonly url: string;
  /** Of all routers. */
  readonly urls: readonly string[];
  /** Holds the Postgres, and the letters that were mailed. */
  readonly dataDir: string;
  /** What it has printed, all starts together; the newest 40,000 characters. */
  output(): string;
  isRunning(): boolean;
  /** Starts it again on the same data and the same port; resolves once it is ready. */
  start(limit?: number): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** kill -9 of Parley alone: its Postgres lives on. */
  kill(): Promise<void>;
  /** kill -9 of the postmaster; its backends end as they notice. Returns the pid that it had. */
  killPostgres(): number;
  /** The pid of its Postgres, while it runs. */
  postmaster(): number | null;
  /** Ends all that it started, and removes the data. */
  remove(): Promise<void>;
}

/** A new directory that an unprivileged user may enter: Postgres runs as one where the tests run as root. */
export async function testDirectory(): Promise<string> {
  const directory = await mkdtemp(join(process.env.PARLEY_TEST_DIR ?? tmpdir(), 'parley-test-'));
  await chmod(directory, 0o755);
  return directory;
}

/** The pid of the Postgres of a data directory, while it runs. */
export function postmasterOf(dataDir: string): number | null {
  try {
    const pid = Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
    return pid > 1 && commandOf(pid).includes(dataDir) ? pid : null;
  } catch {
    return null;
  }
}

/** Returns the pid that it had. */
export function killPostmasterOf(dataDir: string): number {
  const pid = postmasterOf(dataDir);
  if (pid === null) throw new Error('Its Postgres does not run.');
  process.kill(pid, 'SIGKILL');
  return pid;
}

/** Ends a Postgres that was left behind, and removes the directory. */
export async function removeWithPostgres(directory: string, dataDir: string): Promise<void> {
  const orphan = postmasterOf(dataDir);
  if (orphan !== null) {
    process.kill(orphan, 'SIGINT'); // fast shutdown
    await waitFor('the orphaned Postgres has ended', () => postmasterOf(dataDir) === null, 10_000).catch(() =>
      process.kill(orphan, 'SIGKILL'),
    );
  }
  await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

function commandOf(pid: number): string {
  if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
}
