import { join } from 'node:path';
import { copyTemplate } from './data-template.js';
import { NodeProcess } from './node-process.js';
import {
  killPostmasterOf,
  postmasterOf,
  removeWithPostgres,
  testDirectory,
  type RunningParley,
} from './running-parley.js';

/** Parley as people run it: a process of its own on a data directory of its own. */
export class ParleyProcess implements RunningParley {
  private readonly process: NodeProcess;
  /** 0 until the first start has found a free one; later starts take the same. */
  private port = 0;
  url = '';

  private constructor(
    private readonly directory: string,
    environment: Record<string, string>,
  ) {
    const settings = () => ({
      PARLEY_LOG_LEVEL: 'info',
      // Stories sign up dozens of people from one address.
      PARLEY_RATE_LIMITS: 'off',
      ...environment,
      PARLEY_PORT: String(this.port),
      PARLEY_ADMIN_PORT: '0',
      PARLEY_DATA_DIR: this.dataDir,
    });
    this.process = new NodeProcess(['all'], directory, settings, join(directory, 'parley.log'));
  }

  /** Starts on data of its own, which nobody has used; resolves once it is ready. */
  static async start(environment: Record<string, string> = {}): Promise<ParleyProcess> {
    return ParleyProcess.startOn(copyTemplate, environment);
  }

  /** The same where there is nothing yet: a first start. */
  static async startEmpty(environment: Record<string, string> = {}): Promise<ParleyProcess> {
    return ParleyProcess.startOn(async () => undefined, environment);
  }

  /** The same on what `prepare` puts into the data directory, which is not there yet. */
  static async startOn(
    prepare: (dataDir: string) => Promise<void>,
    environment: Record<string, string> = {},
  ): Promise<ParleyProcess> {
    const parley = new ParleyProcess(await testDirectory(), environment);
    try {
      await prepare(parley.dataDir);
      await parley.start();
    } catch (error) {
      await parley.remove();
      throw error;
    }
    return parley;
  }

  get urls(): string[] {
    return [this.url];
  }

  get dataDir(): string {
    return join(this.directory, 'data');
  }

  /** Holds what it prints. */
  get logDir(): string {
    return this.directory;
  }

  output(): string {
    return this.process.output();
  }

  isRunning(): boolean {
    return this.process.isRunning();
  }

  async start(limit = 60_000): Promise<void> {
    const started = await this.process.start(limit);
    this.url = /^ready (\S+)$/m.exec(started)?.[1] ?? '';
    this.port = Number(new URL(this.url).port);
  }

  stop(): Promise<number | null> {
    return this.process.end('SIGTERM');
  }

  async kill(): Promise<void> {
    await this.process.end('SIGKILL');
  }

  killPostgres(): number {
    return killPostmasterOf(this.dataDir);
  }

  postmaster(): number | null {
    return postmasterOf(this.dataDir);
  }

  async remove(): Promise<void> {
    if (this.isRunning()) await this.stop();
    await removeWithPostgres(this.directory, this.dataDir);
  }
}
