import { describe, expect, it } from '@jest/globals';
import { explainInitdb, explainServer } from './explain-postgres.js';

describe('what Postgres prints', () => {
  it('becomes its last complaint, with where to read more', () => {
    const output = 'LOG:  starting\nFATAL:  could not map anonymous shared memory\nHINT:  reduce it\n';
    expect(explainServer('/data/postgres', output).message).toBe(
      'The embedded Postgres does not start: FATAL:  could not map anonymous shared memory. Its log is /data/postgres/server.log.',
    );
  });

  it('becomes what to do where the disk is full', () => {
    const output = 'initdb: error: could not write file "x": No space left on device';
    for (const explain of [explainServer, explainInitdb])
      expect(explain('/data/postgres', output).message).toMatch(/^The disk that holds \/data\/postgres is full\./);
  });

  it('becomes what to do where the user has no name', () => {
    const output = 'initdb: could not look up effective user ID 54321: user does not exist\n';
    expect(explainInitdb('/data/postgres', output).message).toMatch(/user id 54321 has none here.*\/etc\/passwd/);
  });
});
