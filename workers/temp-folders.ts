import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const PREFIX = 'parley-media-';
/** No work takes so long: what is older was left by a process that died. */
const LEFT_MS = 3_600_000;

/** Folders for what is looked at, one at a time for each piece of work, and none of them left behind. */
export class TempFolders {
  private hasTidied = false;

  constructor(private readonly parent: string) {}

  /** Gives the work an empty folder, and removes it whatever comes of the work. */
  async with<T>(work: (folder: string) => Promise<T>): Promise<T> {
    if (!this.hasTidied) await this.tidy();
    const folder = await mkdtemp(join(this.parent, PREFIX));
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Removes what processes that died have left. */
  async tidy(): Promise<void> {
    this.hasTidied = true;
    const now = Date.now();
    for (const name of await readdir(this.parent)) {
      if (!name.startsWith(PREFIX)) continue;
      const path = join(this.parent, name);
      const left = await stat(path).catch(() => null); // another process may tidy as well
      if (left && now - left.mtimeMs > LEFT_MS) await rm(path, { recursive: true, force: true });
    }
  }
}
