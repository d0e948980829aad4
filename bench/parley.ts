import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const START_MS = 60_000;

/** `parley all` as a stranger runs it: a process of its own, embedded Postgres, durable settings. */
export class Parley {
  private constructor(
    private readonly child: ChildProcess,
    /** Of GraphQL over HTTP. */
    readonly url: string,
    readonly metricsUrl: string,
    /** From spawn to the line `ready`, ms. */
    readonly startMs: number,
  ) {}

  static async start(
    dataDir: string,
    nodeFlags: string[] = [],
    environment: Record<string, string> = {},
  ): Promise<Parley> {
    const startedAt = performance.now();
    const child = spawn(
      process.execPath,
      [...nodeFlags, fileURLToPath(new URL('../bundle/main.js', import.meta.url)), 'all'],
      {
        env: {
          ...process.env,
          PARLEY_PORT: '0',
          PARLEY_ADMIN_PORT: '0',
          PARLEY_DATA_DIR: dataDir,
          PARLEY_LOG_LEVEL: 'warn',
          PARLEY_RATE_LIMITS: 'off',
          ...environment,
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    process.on('exit', () => child.kill('SIGTERM'));
    let metricsUrl = '';
    const url = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('Parley did not get ready')), START_MS);
      child.once('exit', (code) => reject(new Error(`Parley ended with ${code}`)));
      createInterface(child.stdout).on('line', (line) => {
        metricsUrl ||= /metrics (\S+)/.exec(line)?.[1] ?? '';
        const ready = /^ready (\S+)/.exec(line)?.[1];
        if (!ready) return;
        clearTimeout(timer);
        resolve(ready);
      });
    });
    return new Parley(child, `${url.replace(/\/$/, '')}/graphql`, metricsUrl, performance.now() - startedAt);
  }

  get socketUrl(): string {
    return this.url.replace(/^http/, 'ws');
  }

  /** Of a database on the Postgres that Parley has started in this data directory. */
  databaseUrl(dataDir: string, database: string): string {
    const read = (name: string) => readFileSync(join(dataDir, 'postgres', name), 'utf8');
    const port = read('postmaster.pid').split('\n')[3];
    return `postgresql://parley:${read('parley.password')}@127.0.0.1:${port}/${database}`;
  }

  get pid(): number {
    return this.child.pid!;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
  }
}
