import { randomUUID } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { explainFileError, StartError } from './start-error.js';

export interface DataDirectory {
  /** Absolute. */
  path: string;
  /** Lets another Parley have it. */
  release(): void;
}

/**
 * Makes the data directory where it is missing and takes it for this process; a lock that a dead process left is taken
 * over. Throws StartError when another live Parley uses it, when it cannot be made or written, or when the disk is full.
 */
export function openDataDirectory(directory: string): DataDirectory {
  const path = resolve(directory);
  try {
    makeDirectory(path);
    return { path, release: takeLock(path) };
  } catch (error) {
    throw explainFileError(error, path) ?? cannotBeMade(error, path) ?? error;
  }
}

/** Node's `recursive` tries for ever where a directory exists and yet nothing can be made in it, as in /proc. */
function makeDirectory(path: string): void {
  const parent = dirname(path);
  if (parent !== path && !existsSync(parent)) makeDirectory(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
    if (!isThere || !statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

/** What else the file system may answer: a file system without files (/proc), a name too long, a loop of links. */
function cannotBeMade(error: unknown, path: string): StartError | null {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (!code || !syscall) return null;
  return new StartError(
    `The data directory ${path} cannot be made or written (${code}). Set PARLEY_DATA_DIR to another directory.`,
    { cause: error },
  );
}

function takeLock(directory: string): () => void {
  const lock = join(directory, 'parley.lock');
  const mine = `${process.pid} ${startOf(process.pid) ?? ''} ${randomUUID()}\n`;
  const draft = `${lock}.${randomUUID()}`;
  writeFileSync(draft, mine);
  try {
    for (;;) {
      try {
        linkSync(draft, lock); // fails where the lock exists: only one process can win
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        removeStale(directory, lock);
      }
    }
  } finally {
    rmSync(draft, { force: true });
  }
  const release = () => {
    process.off('exit', release);
    if (read(lock) === mine) rmSync(lock, { force: true });
  };
  process.on('exit', release);
  return release;
}

function removeStale(directory: string, lock: string): void {
  const held = read(lock);
  if (held === null) return;
  const [pid = '', start = ''] = held.split(' ');
  // Pids are used again, after a reboot or in a container soon: only the same start time is the same process.
  if (/^\d+$/.test(pid) && startOf(Number(pid)) === start && start !== '')
    throw new StartError(
      `Another Parley (process ${pid}) uses the data directory ${directory}. Stop it, or set PARLEY_DATA_DIR to another directory.`,
    );
  const aside = `${lock}.${randomUUID()}`;
  try {
    renameSync(lock, aside);
    // Somebody replaced the stale lock with a live one between the two lines: give it back.
    if (read(aside) !== held) linkSync(aside, lock);
    unlinkSync(aside);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** When the process started, in a form that only serves to compare; null when it does not run. */
export function startOf(pid: number): string | null {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      return fields[0] === 'Z' ? null : `${boot}/${fields[19]}`;
    }
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return started.trim().replaceAll(/\s+/g, '-') || null;
  } catch {
    return null;
  }
}
