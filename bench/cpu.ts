import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** USER_HZ: proc(5) counts in 10 ms on every Linux that Node runs on. */
const TICK_US = 10_000;

interface Stat {
  parent: number;
  own: number;
  reapedChildren: number;
}

/** CPU that a process has used, user and system, in us. Linux only: NaN elsewhere. */
export function cpuOf(pid: number): number {
  return (readStat(pid)?.own ?? NaN) * TICK_US;
}

/** CPU of all processes of the Postgres in `<dataDir>/postgres`, in us; those that ended since its start included. */
export function cpuOfPostgres(dataDir: string): number {
  const postmaster = Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
  const main = readStat(postmaster);
  if (!main) return NaN;
  let ticks = main.own + main.reapedChildren;
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readStat(Number(name)) : null;
    if (stat?.parent === postmaster) ticks += stat.own;
  }
  return ticks * TICK_US;
}

/** Resident memory in KB. */
export function rssOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? NaN);
}

/** proc(5), /proc/pid/stat: fields 4 ppid, 14 utime, 15 stime, 16 cutime, 17 cstime. */
function readStat(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [utime, stime, cutime, cstime] = fields.slice(11, 15) as [number, number, number, number];
    return { parent: fields[1]!, own: utime + stime, reapedChildren: cutime + cstime };
  } catch {
    return null;
  }
}
