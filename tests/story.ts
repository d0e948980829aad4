import { afterAll, beforeAll, test } from '@jest/globals';
import type { Device } from './client.js';
import { signUp } from './chat.js';
import { ParleyProcess } from './parley-process.js';
import type { RunningParley } from './running-parley.js';
import { Deployment } from './services/deployment.js';

export interface Stage {
  parley: RunningParley;
  /** A new person on their first device; all devices are closed when the story ends. */
  person: (name: string) => Promise<Device>;
  /** Several at once. */
  people: <Names extends string[]>(...names: Names) => Promise<{ [Index in keyof Names]: Device }>;
  /** Has this device closed, too, when the story ends. */
  closing: <T extends { close(): void }>(device: T) => T;
}

export type Story = (name: string, tell: (stage: Stage) => Promise<void>, limit?: number) => void;

/** One process, or, with PARLEY_TEST_DEPLOYMENT=services, a deployment on real servers. */
export function startParley(environment: Record<string, string> = {}): Promise<RunningParley> {
  return process.env.PARLEY_TEST_DEPLOYMENT === 'services'
    ? Deployment.start({ environment })
    : ParleyProcess.start(environment);
}

/** One running Parley for all stories of a file. A story that fails shows what the server printed. */
export function storiesOnParley(environment: Record<string, string> = {}): Story {
  let parley: RunningParley;
  beforeAll(async () => {
    parley = await startParley(environment);
  }, 90_000);
  afterAll(async () => {
    await parley?.remove();
  }, 30_000);
  return (name, tell, limit = 30_000) =>
    test(
      name,
      async () => {
        const open: { close(): void }[] = [];
        const closing: Stage['closing'] = (device) => {
          open.push(device);
          return device;
        };
        const person = async (called: string) => closing(await signUp(parley.url, called));
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
