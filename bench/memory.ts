import { setTimeout as delay } from 'node:timers/promises';
import { rssOf } from './cpu.js';

/** Flags of a process whose memory is measured. */
export const gcOnSignal = ['--expose-gc', '--import', new URL('./gc-on-signal.js', import.meta.url).href];

/** Resident memory of a process started with these flags, in KB. */
export async function rssWithoutGarbage(pid: number): Promise<number> {
  for (let i = 0; i < 2; i++) {
    process.kill(pid, 'SIGUSR2');
    await delay(700);
  }
  return rssOf(pid);
}
