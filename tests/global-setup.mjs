import { mkdtemp } from 'node:fs/promises';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { startTemplateServer } from '../dist/platform/database/template-server.js';

/**
 * One Postgres for the whole run, with migrated databases that each test copies; and, where stories are told on a
 * deployment, that.
 */
export default async function globalSetup() {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-test-'));
  await chmod(dataDir, 0o755);
  const server = await startTemplateServer(dataDir);
  process.env.PARLEY_TEST_SERVER = server.url;
  globalThis.parleyTestServer = { dataDir, stop: server.stop };
  if (process.env.PARLEY_TEST_DEPLOYMENT !== 'services') return;
  const { startSharedDeployment } = await import('../dist/tests/services/shared-deployment.js');
  globalThis.parleyTestDeployment = await startSharedDeployment();
  process.env.PARLEY_TEST_SHARED_DEPLOYMENT = globalThis.parleyTestDeployment.book;
}
