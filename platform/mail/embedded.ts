import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../telemetry/log.js';
import { compose } from './compose.js';
import type { Letter, Mail } from './port.js';

/**
 * Letters as .eml files in a folder, for whoever runs Parley on their own machine; the log tells the file and the link or
 * code in it. The files are readable for this user alone, and a file that is there is whole.
 */
export class EmbeddedMail implements Mail {
  private readonly underWay = new Set<Promise<void>>();

  constructor(private readonly options: { folder: string; from: string; log: Log }) {}

  send(letter: Letter): Promise<void> {
    const writing = this.write(letter).finally(() => this.underWay.delete(writing));
    this.underWay.add(writing);
    return writing;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.underWay);
  }

  private async write(letter: Letter): Promise<void> {
    const { folder, from, log } = this.options;
    const { raw } = await compose(letter, from);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Sorted by name they are in the order of sending.
    const file = join(folder, `${new Date().toISOString().replaceAll(':', '-')}-${randomUUID().slice(0, 8)}.eml`);
    await writeFile(`${file}.part`, raw, { mode: 0o600 });
    await rename(`${file}.part`, file);
    log.info({ file, action: letter.action }, `mail: ${letter.subject}`);
  }
}
