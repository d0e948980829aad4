import { afterAll, beforeAll, test } from '@jest/globals';
import { Failed, type Device } from './client.js';
import { signUp } from './chat.js';
import { askForBook } from './on-demand.js';
import { ParleyProcess } from './parley-process.js';
import type { RunningParley } from './running-parley.js';
import { Deployment } from './services/deployment.js';
import { SharedParley, sharedEnvironment } from './shared-parley.js';

export interface Stage {
  parley: RunningParley;
  /** A new person on their first device, each at the next router; all devices are closed when the story ends. */
  person: (name: string) => Promise<Device>;
  /** Several at once. */
  people: <Names extends string[]>(...names: Names) => Promise<{ [Index in keyof Names]: Device }>;
  /** Has this device closed, too, when the story ends. */
  closing: <T extends { close(): void }>(device: T) => T;
}

export type Story = (name: string, tell: (stage: Stage) => Promise<void>, limit?: number) => void;

/** Whether stories are told on a deployment: Kafka, Redis, shards, and processes apart. */
export const isDeployed = process.env.PARLEY_TEST_DEPLOYMENT === 'services';

/**
 * Who else uses the Parley of a file. 'alone': nobody, for stories that end its processes or change what all have in common.
 * 'shared': all other such files, some at the same time; each story has people of its own.
 */
export type Company = 'shared' | 'alone';

/** The one that the run starts for all, or one of its own: one process, or a small deployment. */
export async function startParley(
  environment: Record<string, string> = {},
  company: Company = 'shared',
): Promise<RunningParley> {
  const shared = process.env.PARLEY_TEST_SHARED;
  const isShared = Object.entries(environment).every(([name, value]) => sharedEnvironment[name] === value);
  if (shared && isShared && company === 'shared') return new SharedParley(await askForBook(shared));
  if (!isDeployed) return ParleyProcess.start(environment);
  return Deployment.start({ environment, routers: 1, instances: 1 });
}

/** One running Parley for all stories of a file. A story that fails shows what the server printed. */
export function storiesOnParley(environment: Record<string, string> = {}, company: Company = 'shared'): Story {
  let parley: RunningParley;
  beforeAll(async () => {
    parley = await startParley(environment, company);
  }, 180_000);
  afterAll(async () => {
    await parley?.remove();
  }, 60_000);
  return (name, tell, limit = 30_000) =>
    test(
      name,
      async () => {
        const open: { close(): void }[] = [];
        const closing: Stage['closing'] = (device) => {
          open.push(device);
          return device;
        };
        let arrived = 0;
        const router = () => parley.urls[arrived++ % parley.urls.length]!;
        const person = async (called: string) => closing(await joining(() => signUp(router(), called)));
        const people = ((...names: string[]) => Promise.all(names.map(person))) as Stage['people'];
        try {
          await tell({ parley, person, people, closing });
        } catch (error) {
          if (error instanceof Error) error.message += `\n\nThe server printed:\n${parley.output().slice(-6_000)}`;
          throw error;
        } finally {
          for (const device of open) device.close();
        }
      },
      limit,
    );
}

/** A story begins once its people are there: where Parley is too busy to answer, they try again, as people do. */
async function joining(signsUp: () => Promise<Device>, tries = 4): Promise<Device> {
  try {
    return await signsUp();
  } catch (error) {
    const isBusy = error instanceof Failed && error.errors.some(({ extensions }) => extensions?.retryable);
    if (!isBusy || tries === 1) throw error;
    return joining(signsUp, tries - 1);
  }
}
