import { writeFileSync } from 'node:fs';
import { heapFile } from './memory.js';

/** Loaded into a server whose memory is measured (--expose-gc --import): SIGUSR2 collects garbage and tells what is kept. */
process.on('SIGUSR2', () => {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, external } = process.memoryUsage();
  writeFileSync(heapFile(process.pid), String(heapUsed + external));
});
