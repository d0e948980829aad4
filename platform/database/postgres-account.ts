import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartError } from '../config/start-error.js';

/** The user that Postgres runs as where Parley runs as root, whom Postgres refuses. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/** Null for an ordinary user, who runs Postgres as themselves. */
export function postgresAccount(): Account | null {
  if (process.getuid?.() !== 0) return null;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
  for (const name of ['postgres', 'parley', 'nobody']) {
    const account = accounts.find((each) => each.name === name && each.uid > 0);
    if (account) return account;
  }
  throw new StartError(
    'Postgres refuses to run as root, and there is no user "postgres" or "nobody". Start Parley as an ordinary user.',
  );
}

/** Whether the account may enter a directory and all above it. */
export function canReach(directory: string, { uid, gid }: Account): boolean {
  const { mode, uid: owner, gid: group } = statSync(directory);
  const enter = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
  if ((mode & enter) === 0) return false;
  const parent = dirname(directory);
  return parent === directory || canReach(parent, { name: '', uid, gid });
}
