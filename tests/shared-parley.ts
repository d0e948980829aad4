import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Started } from './on-demand.js';
import { ParleyProcess } from './parley-process.js';
import { postmasterOf, type RunningParley } from './running-parley.js';
import { Deployment } from './services/deployment.js';

/** What the shared Parley is told: what some stories need and no other notices. */
export const sharedEnvironment: Record<string, string> = {
  PARLEY_ADMINS: 'chief_of_all@example.org, chief_1, chief_2, chief_3',
  PARLEY_WEBHOOK_PRIVATE_ADDRESSES: 'on',
  PARLEY_WEBHOOK_RETRY_SECONDS: '0.2,0.3',
};

/** Started by the test run, for all stories that kill nothing; `book` tells them where it is. */
export async function startSharedParley(isDeployed: boolean): Promise<Started> {
  const parley = await (isDeployed
    ? Deployment.start({ environment: sharedEnvironment, openSearch: true, clamd: true })
    : ParleyProcess.startEmpty(sharedEnvironment));
  const { urls, dataDir, logDir } = parley;
  return { book: JSON.stringify({ urls, dataDir, logDir }), stop: () => parley.remove() };
}

/** The Parley of the whole run, as a test file sees it: to be used, not to be ended. */
export class SharedParley implements RunningParley {
  readonly urls: string[];
  readonly dataDir: string;
  private readonly logDir: string;

  constructor(book: string) {
    const { urls, dataDir, logDir } = JSON.parse(book) as { urls: string[]; dataDir: string; logDir: string };
    [this.urls, this.dataDir, this.logDir] = [urls, dataDir, logDir];
  }

  get url(): string {
    return this.urls[0]!;
  }

  output(): string {
    return readdirSync(this.logDir)
      .filter((file) => file.endsWith('.log'))
      .map((file) => `--- ${file}\n${readFileSync(join(this.logDir, file), 'utf8').slice(-2_000)}`)
      .join('\n');
  }

  isRunning(): boolean {
    return true;
  }

  postmaster(): number | null {
    return postmasterOf(this.dataDir);
  }

  /** It goes on for the next file. */
  remove(): Promise<void> {
    return Promise.resolve();
  }

  start(): Promise<void> {
    return this.refuse();
  }

  stop(): Promise<never> {
    return this.refuse();
  }

  kill(): Promise<never> {
    return this.refuse();
  }

  killPostgres(): never {
    throw new Error(refusal);
  }

  private refuse(): Promise<never> {
    return Promise.reject(new Error(refusal));
  }
}

const refusal = "Other stories use this Parley, too: a story that ends processes is told with 'alone'.";
