import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { packageRoot } from '../config/package-root.js';
import { StartError } from '../config/start-error.js';

/** The advisory lock that Prisma Migrate takes. */
const LOCK = 72707369;

export type Schema = 'directory' | 'shard' | 'search';

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/** The migrations of one kind of database, oldest first. */
export function migrationsOf(schema: Schema): Migration[] {
  const folder = join(packageRoot, 'prisma', schema, 'migrations');
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

/**
 * Brings one database up to date, each migration in a transaction of its own. Safe to run by several processes at once.
 * Keeps Prisma's `_prisma_migrations`, so that `prisma migrate status` agrees. Throws StartError when the database is
 * from a newer Parley, or a migration was changed after it had been applied.
 */
export async function migrate(connectionString: string, schema: Schema): Promise<void> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined); // the query that waits is told, too
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await client.query(`create table if not exists _prisma_migrations (
      id varchar(36) primary key not null, checksum varchar(64) not null, finished_at timestamptz,
      migration_name varchar(255) not null, logs text, rolled_back_at timestamptz,
      started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`);
    const { rows } = await client.query<{ name: string; checksum: string }>(
      'select migration_name as name, checksum from _prisma_migrations where finished_at is not null and rolled_back_at is null',
    );
    const applied = new Map(rows.map((row) => [row.name, row.checksum]));
    const known = migrationsOf(schema);
    refuseUnknown(applied, known);
    for (const migration of known) if (!applied.has(migration.name)) await apply(client, migration);
  } finally {
    await client.end();
  }
}

function refuseUnknown(applied: Map<string, string>, known: Migration[]): void {
  const names = new Set(known.map((migration) => migration.name));
  for (const name of applied.keys())
    if (!names.has(name))
      throw new StartError(
        `The data is from a newer version of Parley (it has the migration ${name}). Start that version, or set PARLEY_DATA_DIR to another directory.`,
      );
  for (const migration of known)
    if (applied.has(migration.name) && applied.get(migration.name) !== migration.checksum)
      throw new StartError(
        `The migration ${migration.name} was changed after it had been applied to this data. Restore the file, or set PARLEY_DATA_DIR to another directory.`,
      );
}

async function apply(client: Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('begin');
  try {
    // Without parameters the text goes as a simple query, which may hold many statements.
    await client.query(sql);
    await client.query(
      `insert into _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) values ($1, $2, $3, now(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}
