import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where tests/global-setup.mjs has put the data directory of a Parley that has started once; unset where it cannot be copied. */
export const TEMPLATE = 'PARLEY_TEST_TEMPLATE';

/** Makes a data directory as a first start leaves it, with secrets yet to be made; none where there is no template. */
export async function copyTemplate(dataDir: string): Promise<void> {
  const template = process.env[TEMPLATE];
  if (!template) return;
  // Unlike fs.cp, it keeps the owner: where root runs the tests, Postgres runs as somebody else.
  await run('cp', ['-a', template, dataDir]);
}
