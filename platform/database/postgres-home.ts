import { randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, readlinkSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { canReach, postgresAccount, type Account } from './postgres-account.js';

export interface PostgresHome {
  /** Where the cluster is, or is to be made. */
  directory: string;
  /** Who runs it; null: this very user. */
  account: Account | null;
}

/**
 * The embedded Postgres lives in `<dataDir>/postgres`. Where root runs Parley in a place that only root may enter (/root,
 * a private temporary directory), it lives in /var/lib/parley instead, and `<dataDir>/postgres` is a symlink to it.
 */
export function postgresHome(dataDir: string): PostgresHome {
  const link = join(dataDir, 'postgres');
  const account = postgresAccount();
  const found = lstatSync(link, { throwIfNoEntry: false });
  if (found?.isSymbolicLink()) return { directory: readlinkSync(link), account: account && ownerOf(link, account) };
  if (found) return { directory: link, account: account && ownerOf(link, account) };
  if (!account || canReach(dataDir, account)) return { directory: link, account };
  const directory = `/var/lib/parley/${randomUUID()}`;
  mkdirSync(dirname(directory), { recursive: true, mode: 0o755 });
  symlinkSync(directory, link);
  return { directory, account };
}

/** An ordinary user's cluster that root starts goes on as that user's. */
function ownerOf(directory: string, otherwise: Account): Account {
  const owner = statSync(directory, { throwIfNoEntry: false });
  return owner && owner.uid !== 0 ? { name: `uid ${owner.uid}`, uid: owner.uid, gid: owner.gid } : otherwise;
}
