import { spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../platform/config/package-root.js';
import { waitFor } from './wait-for.js';

const OUTPUT_LIMIT = 40_000;

/** Parley as people run it: a process of its own on a data directory of its own. */
export class ParleyProcess {
  private child: ChildProcess | null = null;
  private kept = '';
  /** 0 until the first start has found a free one; later starts take the same. */
  private port = 0;
  url = '';

  private constructor(
    private readonly directory: string,
    private readonly environment: Record<string, string>,
  ) {}

  /** Starts on a fresh data directory; resolves once it is ready. */
  static async start(environment: Record<string, string> = {}): Promise<ParleyProcess> {
    const parley = new ParleyProcess(await testDirectory(), environment);
    try {
      await parley.start();
    } catch (error) {
      await parley.remove();
      throw error;
    }
    return parley;
  }

  get dataDir(): string {
    return join(this.directory, 'data');
  }

  /** What it has printed, all starts together; the newest 40,000 characters. */
  output(): string {
    return this.kept;
  }

  isRunning(): boolean {
    return this.child !== null && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Starts it again on the same data and the same port; resolves once it is ready. */
  async start(limit = 60_000): Promise<void> {
    if (this.isRunning()) throw new Error('It runs already.');
    const main = join(packageRoot, 'dist/bin/main.js');
    if (!existsSync(main)) throw new Error(`${main} is missing: run \`npm run setup\` first.`);
    const child = spawn(process.execPath, [main, 'all'], {
      cwd: this.directory,
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        PARLEY_LOG_LEVEL: 'info',
        // Stories sign up dozens of people from one address.
        PARLEY_RATE_LIMITS: 'off',
        ...this.environment,
        PARLEY_PORT: String(this.port),
        PARLEY_ADMIN_PORT: '0',
        PARLEY_DATA_DIR: this.dataDir,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    let started = '';
    const keep = (chunk: Buffer) => {
      const text = chunk.toString();
      started = (started + text).slice(-OUTPUT_LIMIT);
      this.kept = (this.kept + text).slice(-OUTPUT_LIMIT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const url = await waitFor(
      'Parley is ready',
      () => {
        if (!this.isRunning())
          throw new Error(`Parley ended (${child.exitCode ?? child.signalCode}) instead of starting:\n${started}`);
        return /^ready (\S+)$/m.exec(started)?.[1];
      },
      limit,
      () => started,
    );
    this.url = url;
    this.port = Number(new URL(url).port);
  }

  /** SIGTERM; resolves with the exit code. */
  async stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  /** kill -9 of the Node process alone: its Postgres lives on as an orphan. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** kill -9 of the postmaster; its backends end as they notice. Returns the pid that it had. */
  killPostgres(): number {
    const pid = this.postmaster();
    if (pid === null) throw new Error('Its Postgres does not run.');
    process.kill(pid, 'SIGKILL');
    return pid;
  }

  /** The pid of the Postgres of this data directory, while it runs. */
  postmaster(): number | null {
    try {
      const pid = Number(readFileSync(join(this.dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
      return pid > 1 && commandOf(pid).includes(this.directory) ? pid : null;
    } catch {
      return null;
    }
  }

  /** Ends all that it started, an orphaned Postgres too, and removes the data. */
  async remove(): Promise<void> {
    if (this.isRunning()) await this.end('SIGTERM');
    const orphan = this.postmaster();
    if (orphan !== null) {
      process.kill(orphan, 'SIGINT'); // fast shutdown
      await waitFor('the orphaned Postgres has ended', () => this.postmaster() === null, 10_000).catch(() =>
        process.kill(orphan, 'SIGKILL'),
      );
    }
    await rm(this.directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.child;
    if (!child || !this.isRunning()) throw new Error('It does not run.');
    const exit = once(child, 'exit');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await exit;
    clearTimeout(timer);
    return child.exitCode;
  }
}

/** A new directory that an unprivileged user may enter: Postgres runs as one where the tests run as root. */
export async function testDirectory(): Promise<string> {
  const directory = await mkdtemp(join(process.env.PARLEY_TEST_DIR ?? tmpdir(), 'parley-test-'));
  await chmod(directory, 0o755);
  return directory;
}

function commandOf(pid: number): string {
  if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
}
