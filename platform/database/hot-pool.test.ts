import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { HotPool } from './hot-pool.js';
import { openTestDatabases, type TestDatabases } from './testing.js';
import { isMoved, isUnavailable } from './unavailable.js';

let databases: TestDatabases;
let pool: HotPool;
beforeAll(async () => {
  databases = await openTestDatabases();
  pool = new HotPool({ connectionString: databases.url('shard0'), size: 2 });
});
afterAll(async () => {
  await pool.close();
  await databases.close();
});

const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

test('takes arrays, and gives bigint as number, also in arrays with nulls', async () => {
  const statement = {
    name: 'shapes',
    text: 'select $1::text[] as texts, $2::bigint[] as numbers, $3::bigint as number, array[]::bigint[] as nothing',
  };
  const texts = ['', 'a "quoted", {braced} \\ text', 'null', null, '\n„ü“ 👩‍👩‍👧'];
  for (let again = 0; again < 2; again++)
    expect(await pool.query(statement, [texts, [1, null, 2 ** 52], 2 ** 52])).toEqual([
      { texts, numbers: [1, null, 2 ** 52], number: 2 ** 52, nothing: [] },
    ]);
});

test('plans once a connection, and only with indices', async () => {
  const show = (setting: string) =>
    pool.query<{ value: string }>({ name: 'show', text: 'select current_setting($1) as value' }, [setting]);
  expect(await show('plan_cache_mode')).toEqual([{ value: 'force_generic_plan' }]);
  expect(await show('enable_seqscan')).toEqual([{ value: 'off' }]);
  expect(await show('synchronous_commit')).toEqual([{ value: 'on' }]);
});

test('its errors say whether to try again, and goes on after a connection was cut', async () => {
  const cut = { name: 'cut', text: 'select pg_terminate_backend(pg_backend_pid())' };
  expect(isUnavailable(await errorOf(pool.query(cut, [])))).toBe(true);
  expect(await pool.query({ name: 'one', text: 'select 1 as one' }, [])).toEqual([{ one: 1 }]);
  const refused = await errorOf(pool.query({ name: 'zero', text: 'select 1 / $1::int' }, [0]));
  expect([isUnavailable(refused), isMoved(refused)]).toEqual([false, false]);
  const nowhere = new HotPool({ connectionString: 'postgresql://x@127.0.0.1:1/x', size: 1 });
  expect(isUnavailable(await errorOf(nowhere.query(cut, [])))).toBe(true);
  await nowhere.close();
  await nowhere.close();
});

test('says when a bucket is not here', async () => {
  const statement = { name: 'hold', text: 'select hold_buckets($1::uuid[])' };
  const elsewhere = '01890000-0000-7fff-8000-000000000000'; // bucket 4095
  const error = await errorOf(pool.query(statement, [[elsewhere]]));
  expect([isMoved(error), isUnavailable(error)]).toEqual([true, true]);
});
