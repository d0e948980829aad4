import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../../prisma/directory/client/client.js';
import type { Databases } from './port.js';
import { openTestDatabases } from './testing.js';
import { isUnavailable } from './unavailable.js';

let databases: Databases;
beforeAll(async () => void (databases = await openTestDatabases()));
afterAll(() => databases.close());

const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

test('a server that does not listen', async () => {
  const client = new PrismaClient({ adapter: new PrismaPg({ host: '127.0.0.1', port: 1, user: 'x', database: 'x' }) });
  expect(isUnavailable(await errorOf(client.user.findFirst()))).toBe(true);
  expect(isUnavailable(await errorOf(client.$queryRaw`select 1`))).toBe(true);
  expect(isUnavailable(await errorOf(client.$transaction([client.user.findFirst()])))).toBe(true);
  expect(isUnavailable(await errorOf(client.$transaction((tx) => tx.user.findFirst())))).toBe(true);
  await client.$disconnect();
});

test('a connection that is ended in the middle', async () => {
  const { directory } = databases;
  expect(isUnavailable(await errorOf(directory.$queryRaw`select pg_terminate_backend(pg_backend_pid())`))).toBe(true);
  const inTransaction = directory.$transaction((tx) => tx.$queryRaw`select pg_terminate_backend(pg_backend_pid())`);
  expect(isUnavailable(await errorOf(inTransaction))).toBe(true);
  expect(await directory.$queryRaw`select 1 as one`).toEqual([{ one: 1 }]);
});

test('what SQL refuses is not unavailable', async () => {
  const { directory } = databases;
  const account = { handle: 'ann', displayName: 'Ann', userId: '01890000-0000-7000-8000-000000000000' };
  await directory.user.create({ data: account });
  expect(isUnavailable(await errorOf(directory.user.create({ data: account })))).toBe(false);
  expect(isUnavailable(await errorOf(directory.$queryRaw`select nonsense`))).toBe(false);
  expect(isUnavailable(await errorOf(directory.$queryRaw`select 1/0`))).toBe(false);
  for (const other of [null, undefined, 'text', new Error('connection is a word'), new TypeError('x')])
    expect(isUnavailable(other)).toBe(false);
});
