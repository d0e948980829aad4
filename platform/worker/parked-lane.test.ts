import { expect, test } from '@jest/globals';
import { MemoryKeptTopics } from '../event-log/memory-kept-topics.fixture.js';
import { silentLog } from '../telemetry/log.js';
import { workOff, type Lane, type LaneRun } from './parked-lane.js';
import { workerMetrics } from './worker-metrics.js';

/** A run whose reads find nothing; `onRead` happens while one is under way. */
async function runEmpty(onRead: (lane: Lane, reads: number) => void) {
  const lane: Lane = { key: 'k', first: 0n, wakeAt: 0, isRunning: true, adding: 0, additions: 0 };
  let [reads, left] = [0, 0];
  const kept = new MemoryKeptTopics();
  kept.read = async () => {
    onRead(lane, ++reads);
    return [];
  };
  const run: LaneRun = {
    isOrdered: true,
    batchSize: 1,
    pausesMs: [],
    attempt: async () => null,
    onDead: null,
    metrics: workerMetrics('w', undefined),
    log: silentLog(),
    kept,
    holding: { partition: 'memory' },
    topics: ['t.w.retry'],
    goesOn: () => true,
    leave: () => void left++,
    changeCount: () => undefined,
  };
  await workOff(lane, run);
  return { reads, left };
}

test('a key is left once nothing of it is found', async () => {
  expect(await runEmpty(() => undefined)).toEqual({ reads: 1, left: 1 });
});

test('what was added while it was looked for is looked for again', async () => {
  expect(await runEmpty((lane, reads) => void (reads === 1 && lane.additions++))).toEqual({ reads: 2, left: 1 });
});

test('a key is not left while something is being added', async () => {
  expect(await runEmpty((lane) => void (lane.adding = 1))).toEqual({ reads: 1, left: 0 });
});
