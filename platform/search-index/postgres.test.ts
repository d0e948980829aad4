import { expect, test } from '@jest/globals';
import { openTestSearchDatabase } from '../database/testing.js';
import { silentLog } from '../telemetry/log.js';
import { searchIndexContract } from './contract.js';
import { ask, message, written } from './documents.fixture.js';
import { openPostgresSearchIndex } from './postgres.js';

const connect = (connectionString: string) =>
  openPostgresSearchIndex({ connectionString, poolSize: 4, log: silentLog() });

searchIndexContract('Postgres', async () => {
  const database = await openTestSearchDatabase();
  return { connect: () => connect(database.url), settle: () => Promise.resolve(), remove: () => database.close() };
});

test('says UNAVAILABLE where there is no database', async () => {
  const index = await connect('postgresql://x@127.0.0.1:1/x');
  const unavailable = { extensions: { code: 'UNAVAILABLE' } };
  await expect(index.searchMessages(ask('word'))).rejects.toMatchObject(unavailable);
  await expect(index.searchPeople({ text: 'word', first: 5 })).rejects.toMatchObject(unavailable);
  await expect(index.writeMessages([written(message('word'))])).rejects.toMatchObject(unavailable);
  await expect(index.rebuild('people')).rejects.toMatchObject(unavailable);
  await index.close();
});
