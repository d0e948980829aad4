import { Parley } from '../parley.js';
import type { Row } from '../report.js';

/** From spawn to ready on data that exists. */
export async function start(dataDir: string): Promise<Row[]> {
  const parley = await Parley.start(dataDir);
  await parley.stop();
  return [
    {
      name: 'start, warm, until ready',
      unit: 'ms',
      value: parley.startMs,
      baseline: null,
      goal: '< 3 s',
      met: parley.startMs < 3_000,
    },
  ];
}
