import { Counter, type Registry } from 'prom-client';
import type { DirectoryClient, ShardClient } from './port.js';

interface Written {
  /** 'directory', 'shard0', … */
  name: string;
  db: DirectoryClient | ShardClient;
}

/**
 * db_writes_total, one series a database: rows that Postgres itself has counted as written, by every process together. So
 * one process exports it, the one that relays the outbox. A database that does not answer keeps its last figure.
 */
export function countWrites(databases: () => readonly Written[], registry: Registry): void {
  const known = new Map<string, number>();
  new Counter({
    name: 'db_writes_total',
    help: 'Rows inserted, updated and deleted in a database',
    labelNames: ['database'],
    registers: [registry],
    async collect() {
      await Promise.all(
        databases().map(async ({ name: database, db }) => {
          const rows = await db.$queryRaw<{ written: number }[]>`
            select (tup_inserted + tup_updated + tup_deleted)::float8 as written
            from pg_stat_database where datname = current_database()`.catch(() => []);
          const written = rows[0]?.written;
          if (written === undefined) return;
          // Statistics that were reset begin anew, and so does a counter of Prometheus.
          const before = known.get(database) ?? 0;
          if (written < before) this.remove({ database });
          this.inc({ database }, written < before ? written : written - before);
          known.set(database, written);
        }),
      );
    },
  });
}
