import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { assemble } from '../bin/assemble.js';
import { readConfig } from '../platform/config/config.js';
import { signUp } from './chat.js';
import type { Device } from './client.js';
import { copyTemplate } from './data-template.js';
import { testDirectory } from './running-parley.js';

type Assembled = Awaited<ReturnType<typeof assemble>>;
export type Overrides = NonNullable<Parameters<typeof assemble>[1]>;

/** A whole Parley in this process, with some of its parts replaced. */
export class InProcessParley {
  private readonly devices: Device[] = [];
  private constructor(
    private readonly directory: string,
    private readonly assembled: Assembled,
  ) {}

  static async open(overrides: Overrides = {}, environment: Record<string, string> = {}): Promise<InProcessParley> {
    const directory = await testDirectory();
    await copyTemplate(join(directory, 'data'));
    const config = readConfig({
      PARLEY_PORT: '0',
      PARLEY_ADMIN_PORT: '0',
      PARLEY_DATA_DIR: join(directory, 'data'),
      PARLEY_RATE_LIMITS: 'off',
      PARLEY_LOG_LEVEL: process.env.PARLEY_TEST_LOG_LEVEL ?? 'silent',
      ...environment,
    });
    return new InProcessParley(directory, await assemble(config, overrides));
  }

  get url(): string {
    return this.assembled.url;
  }

  get parts(): Assembled['parts'] {
    return this.assembled.parts;
  }

  people(...names: string[]): Promise<Device[]> {
    return Promise.all(
      names.map(async (name) => {
        const device = await signUp(this.url, name);
        this.devices.push(device);
        return device;
      }),
    );
  }

  async close(): Promise<void> {
    for (const device of this.devices) device.close();
    await this.assembled.close();
    await rm(this.directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
