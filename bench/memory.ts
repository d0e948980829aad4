import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../tests/wait-for.js';
import { rssOf } from './cpu.js';

/** Flags of a process whose memory is measured. */
export const gcOnSignal = ['--expose-gc', '--import', new URL('./gc-on-signal.js', import.meta.url).href];

/** Where a process with these flags writes what its heap holds. */
export const heapFile = (pid: number): string => join(tmpdir(), `parley-heap-${pid}`);

/** In KB. */
export interface Memory {
  /** With what the allocator keeps for later, which makes it unsteady. */
  resident: number;
  /** Buffers included. */
  heap: number;
}

/** Of a process started with these flags. */
export async function memoryWithoutGarbage(pid: number): Promise<Memory> {
  const file = heapFile(pid);
  let heap = 0;
  for (let i = 0; i < 2; i++) {
    process.kill(pid, 'SIGUSR2');
    await delay(700);
    heap =
      Number(await waitFor('the heap to be told', () => existsSync(file) && readFileSync(file, 'utf8'), 30_000)) / 1024;
    rmSync(file);
  }
  return { resident: rssOf(pid), heap };
}
