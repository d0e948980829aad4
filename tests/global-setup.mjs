import { mkdtemp } from 'node:fs/promises';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { startTemplateServer } from '../dist/platform/database/template-server.js';

/** One Postgres for the whole run, with migrated databases that each test copies. */
export default async function globalSetup() {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-test-'));
  await chmod(dataDir, 0o755);
  const server = await startTemplateServer(dataDir);
  process.env.PARLEY_TEST_SERVER = server.url;
  globalThis.parleyTestServer = { dataDir, stop: server.stop };
}
