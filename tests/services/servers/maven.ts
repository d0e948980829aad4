import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../../platform/config/package-root.js';

const run = promisify(execFile);
const cache = join(packageRoot, 'node_modules/.cache/parley-servers');

/** The folder with the jars of what a pom.xml depends on, fetched once; `version` names it. */
export async function jarsOf(server: string, version: string, pom: string): Promise<string> {
  const kept = join(cache, version);
  if (existsSync(kept)) return kept;
  await run('mvn', ['-version']).catch((cause: unknown) => {
    throw new Error(
      `These tests run a real ${server}. Maven is needed once, to fetch it (Debian: apt-get install maven).`,
      { cause },
    );
  });
  await mkdir(cache, { recursive: true });
  const fetched = await mkdtemp(join(cache, 'fetch-'));
  await run('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${fetched}`]);
  await rename(fetched, kept).catch(async (error: unknown) => {
    await rm(fetched, { recursive: true, force: true });
    if (!existsSync(kept)) throw error; // else another process was first
  });
  return kept;
}
