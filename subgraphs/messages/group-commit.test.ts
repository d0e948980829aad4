import { expect, test } from '@jest/globals';
import { BUSY, GroupCommit, type GroupCommitOptions } from './group-commit.js';

class NotNow extends Error {}
type Commit = GroupCommitOptions<number, string>['commit'];

function group(commit: Commit, options: Partial<GroupCommitOptions<number, string>> = {}) {
  return new GroupCommit<number, string>({ commit, isUnavailable: (error) => error instanceof NotNow, ...options });
}
const done = (batch: number[]) => batch.map((n) => `did ${n}`);

/** Something to wait for, and the way to make it happen. */
function signal() {
  let fire = () => undefined as void;
  const fired = new Promise<void>((resolve) => (fire = resolve));
  return { fired, fire };
}

test('requests gather while a batch commits, and go together', async () => {
  const batches: number[][] = [];
  const first = signal();
  const commits = group(async (batch) => {
    batches.push(batch);
    if (batches.length === 1) await first.fired;
    return done(batch);
  });
  const one = commits.run(1);
  await new Promise(setImmediate);
  const rest = [2, 3, 4].map((n) => commits.run(n));
  first.fire();
  await expect(Promise.all([one, ...rest])).resolves.toEqual(['did 1', 'did 2', 'did 3', 'did 4']);
  expect(batches).toEqual([[1], [2, 3, 4]]);
});

test('a batch has an upper size, and the first to come go first', async () => {
  const batches: number[][] = [];
  const commits = group(async (batch) => (batches.push(batch), done(batch)), { maxBatch: 2 });
  await Promise.all([1, 2, 3, 4, 5].map((n) => commits.run(n)));
  expect(batches).toEqual([[1, 2], [3, 4], [5]]);
});

test('busy requests go into the next batch before all others, and alone they wait instead of spinning', async () => {
  const calls: [number[], boolean][] = [];
  const commits = group(
    async (batch, wait) => {
      calls.push([batch, wait]);
      return batch.map((n) => (n < 3 && !wait ? BUSY : `did ${n}`));
    },
    { maxBatch: 3 },
  );
  await expect(Promise.all([1, 2, 3, 4].map((n) => commits.run(n)))).resolves.toEqual([
    'did 1',
    'did 2',
    'did 3',
    'did 4',
  ]);
  expect(calls).toEqual([
    [[1, 2, 3], false],
    [[1, 2, 4], false],
    [[1, 2], true],
  ]);
});

test('one bad request of a batch fails alone', async () => {
  const commits = group(async (batch) => {
    if (batch.includes(2)) throw new Error('bad');
    return done(batch);
  });
  const results = await Promise.allSettled([1, 2, 3].map((n) => commits.run(n)));
  expect(results).toMatchObject([{ value: 'did 1' }, { reason: { message: 'bad' } }, { value: 'did 3' }]);
});

test('a batch that finds the database gone is tried again as a whole', async () => {
  const batches: number[][] = [];
  const commits = group(async (batch) => {
    batches.push(batch);
    if (batches.length < 3) throw new NotNow();
    return done(batch);
  });
  await expect(Promise.all([commits.run(1), commits.run(2)])).resolves.toEqual(['did 1', 'did 2']);
  expect(batches).toEqual([
    [1, 2],
    [1, 2],
    [1, 2],
  ]);
});

test('past its deadline a request fails as UNAVAILABLE, also behind a commit that never ends', async () => {
  let calls = 0;
  const commits = group((batch) => (++calls === 1 ? new Promise(() => undefined) : Promise.resolve(done(batch))), {
    deadlineMs: 60,
  });
  const began = Date.now();
  const stuck = commits.run(1);
  await new Promise(setImmediate);
  const results = await Promise.allSettled([stuck, commits.run(2)]);
  expect(Date.now() - began).toBeLessThan(2_000);
  for (const result of results) {
    if (result.status === 'fulfilled') expect(result.value).toBe('did 2');
    else expect(result.reason).toMatchObject({ code: 'UNAVAILABLE', extensions: { retryable: true } });
  }
  expect(results[0].status).toBe('rejected');
  await expect(commits.run(3)).resolves.toBe('did 3');
});

test('a database that stays away fails everybody at their deadline', async () => {
  const commits = group(() => Promise.reject(new NotNow()), { deadlineMs: 80 });
  const results = await Promise.allSettled([1, 2, 3].map((n) => commits.run(n)));
  expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'rejected']);
});

test('stop answers those that were taken and refuses the rest', async () => {
  const commits = group(async (batch) => done(batch));
  const taken = commits.run(1);
  const stopped = commits.stop();
  await expect(commits.run(2)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await stopped;
  await expect(taken).resolves.toBe('did 1');
});
