import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { waitFor } from '../../tests/wait-for.js';
import { openTestDatabases, type TestDatabases } from '../database/testing.js';
import { newUuid } from '../ids/ids.js';
import { silentLog } from '../telemetry/log.js';
import { defineJob, type Job, type JobRuntime } from './define-job.js';

let databases: TestDatabases;
beforeAll(async () => {
  databases = await openTestDatabases();
});
afterAll(() => databases.close());

const runners: { stop(): Promise<void> }[] = [];
afterEach(() => Promise.all(runners.splice(0).map((runner) => runner.stop())));
async function start(job: Job, runtime: Partial<JobRuntime> = {}) {
  const runner = await job.start({ directory: databases.directory, log: silentLog(), ...runtime });
  runners.push(runner);
  return runner;
}
const newName = () => `job-${newUuid(0)}`;
const rowOf = async (name: string) => {
  const rows = await databases.directory.$queryRaw<{ owner: string | null; succeeded: boolean }[]>`
    select owner, succeeded_at is not null as succeeded from job where name = ${name}`;
  return rows[0];
};
const moment = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('two runners share a job: never at once, and no more often than one would', async () => {
  const name = newName();
  const runs: { by: string; at: number }[] = [];
  let isRunning = false;
  const job = (by: string) =>
    defineJob({
      name,
      everyMs: 100,
      run: async () => {
        expect(isRunning).toBe(false);
        isRunning = true;
        runs.push({ by, at: performance.now() });
        await moment(20);
        isRunning = false;
      },
    });
  const first = await start(job('first'));
  await start(job('second'));
  await waitFor('five runs', () => runs.length >= 5, 10_000);
  for (const [i, { at }] of runs.slice(1).entries()) expect(at - runs[i]!.at).toBeGreaterThan(90);
  await first.stop();
  const before = runs.length;
  await waitFor('the other goes on', () => runs.length >= before + 2);
  expect(runs.slice(before).map(({ by }) => by)).toEqual(runs.slice(before).map(() => 'second'));
});

test('a run that fails is counted and repeated; one that succeeds says when', async () => {
  const registry = new Registry();
  const name = newName();
  let runs = 0;
  await start(
    defineJob({
      name,
      everyMs: 50,
      run: async () => {
        if (++runs < 3) throw new Error('not now');
      },
    }),
    { registry },
  );
  await waitFor('it succeeded', async () => (await rowOf(name))?.succeeded);
  await waitFor('the next look', () => runs > 3);
  const valueOf = async (metric: string) => (await registry.getSingleMetric(metric)!.get()).values[0];
  expect((await valueOf('job_failures_total'))?.value).toBe(2);
  expect((await valueOf('job_runs_total'))?.value).toBeGreaterThanOrEqual(3);
  expect((await valueOf('job_runs_total'))?.labels).toEqual({ job: name });
  expect(Math.abs((await valueOf('job_last_success_timestamp_seconds'))!.value - Date.now() / 1000)).toBeLessThan(10);
});

test('a runner that was killed is followed when its lease ends; the same one goes on at once', async () => {
  const job = (name: string, runs: string[], by: string) =>
    defineJob({ name, everyMs: 60_000, run: async () => void runs.push(by) });
  const names = [newName(), newName()] as const;
  for (const name of names)
    // as a killed process leaves it
    await databases.directory.$executeRaw`
      insert into job (name, owner, leased_until) values (${name}, 'dead', clock_timestamp() + interval '1500 milliseconds')`;
  const runs: string[] = [];
  const began = performance.now();
  await start(job(names[0], runs, 'another'), { owner: 'another' });
  await start(job(names[1], runs, 'the same'), { owner: 'dead' });
  await waitFor('the same runs', () => runs.length === 1);
  await waitFor('the other runs', () => runs.length === 2);
  expect(performance.now() - began).toBeGreaterThan(1_000);
  expect(runs).toEqual(['the same', 'another']);
});

test('a long run keeps its lease, and is told when it has lost it', async () => {
  const name = newName();
  let signal: AbortSignal | undefined;
  let others = 0;
  await start(
    defineJob({
      name,
      everyMs: 20,
      leaseMs: 150,
      run: async (given) => {
        signal = given;
        await new Promise((resolve) => given.addEventListener('abort', resolve));
      },
    }),
  );
  await waitFor('it runs', () => signal);
  await start(defineJob({ name, everyMs: 60_000, leaseMs: 150, run: async () => void others++ }));
  const leasedUntil = async () => {
    const rows = await databases.directory.$queryRaw<{ until: number }[]>`
      select extract(epoch from leased_until)::float8 as until from job where name = ${name}`;
    return rows[0]!.until;
  };
  const first = await leasedUntil();
  await waitFor('it is renewed, and renewed again', async () => (await leasedUntil()) > first + 0.3);
  expect([signal!.aborted, others]).toEqual([false, 0]);
  await databases.directory.$executeRaw`update job set owner = 'thief', leased_until = 'infinity' where name = ${name}`;
  await waitFor('it is told', () => signal!.aborted);
});

test('stop ends the run under way, which is due at once for another', async () => {
  const name = newName();
  let isRunning = false;
  const runner = await start(
    defineJob({
      name,
      everyMs: 60_000,
      run: async (signal) => {
        isRunning = true;
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        isRunning = false;
      },
    }),
  );
  await waitFor('it runs', () => isRunning);
  await runner.stop();
  expect(isRunning).toBe(false);
  expect(await rowOf(name)).toEqual({ owner: null, succeeded: false });
  let isTaken = false;
  await start(defineJob({ name, everyMs: 60_000, run: async () => void (isTaken = true) }));
  await waitFor('another runs it', () => isTaken);
});
