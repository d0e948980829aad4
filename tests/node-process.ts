import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../platform/config/package-root.js';
import { waitFor } from './wait-for.js';

const OUTPUT_LIMIT = 40_000;

/** `parley <process…>` as a Node process of its own, started again as often as a test likes. */
export class NodeProcess {
  private child: ChildProcess | null = null;
  private kept = '';

  /** `environment`: read at each start. `logFile`: where all that it prints is kept, too. */
  constructor(
    private readonly names: readonly string[],
    private readonly directory: string,
    private readonly environment: () => Record<string, string>,
    private readonly logFile: string | null = null,
  ) {}

  /** What it has printed, all starts together; the newest 40,000 characters. */
  output(): string {
    return this.kept;
  }

  /** While it runs. */
  get pid(): number | undefined {
    return this.isRunning() ? this.child?.pid : undefined;
  }

  isRunning(): boolean {
    return this.child !== null && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resolves once it is ready, with what it has printed since. */
  async start(limit = 60_000): Promise<string> {
    if (this.isRunning()) throw new Error('It runs already.');
    const main = join(packageRoot, 'dist/bundle/main.js');
    if (!existsSync(main)) throw new Error(`${main} is missing: run \`npm run setup\` first.`);
    const child = spawn(process.execPath, [main, ...this.names], {
      cwd: this.directory,
      env: { ...process.env, NODE_OPTIONS: '', ...this.environment() },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    let started = '';
    const keep = (chunk: Buffer) => {
      const text = chunk.toString();
      started = (started + text).slice(-OUTPUT_LIMIT);
      this.kept = (this.kept + text).slice(-OUTPUT_LIMIT);
      if (this.logFile) appendFileSync(this.logFile, text);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    await waitFor(
      `${this.names.join(' ')} is ready`,
      () => {
        if (!this.isRunning())
          throw new Error(
            `parley ${this.names.join(' ')} ended (${child.exitCode ?? child.signalCode}) instead of starting:\n${started}`,
          );
        return /^ready \S+/m.test(started);
      },
      limit,
      () => started,
    );
    return started;
  }

  signal(name: NodeJS.Signals): void {
    this.child?.kill(name);
  }

  /** Sends the signal and resolves with the exit code; with null where it had to be killed. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
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
