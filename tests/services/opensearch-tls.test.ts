import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readConfig } from '../../platform/config/config.js';
import { ask, message, written } from '../../platform/search-index/documents.fixture.js';
import { openOpenSearchIndex } from '../../platform/search-index/opensearch.js';
import { createLog } from '../../platform/telemetry/log.js';
import { eventually } from '../wait-for.js';
import { startOpenSearch, type OpenSearchServer } from './servers/opensearch.js';

/** The node has no security of its own: HTTPS and the password are checked in front of it, as a proxy does. */
let opensearch: OpenSearchServer;
let proxy: Server;
let directory: string;
let caFile: string;
const password = 'p@ss:word';

beforeAll(async () => {
  opensearch = await startOpenSearch();
  directory = await mkdtemp(join(tmpdir(), 'parley-opensearch-tls-'));
  caFile = join(directory, 'certificate.pem');
  const keyFile = join(directory, 'key.pem');
  const names = ['-subj', '/CN=parley', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', ['req', '-x509', ...key, ...names, '-keyout', keyFile, '-out', caFile], { stdio: 'pipe' });
  const expected = `Basic ${Buffer.from(`parley:${password}`).toString('base64')}`;
  proxy = createServer({ cert: readFileSync(caFile), key: readFileSync(keyFile) }, (incoming, outgoing) => {
    if (incoming.headers.authorization !== expected) return void outgoing.writeHead(401).end('Unauthorized');
    const { method, headers, url: path } = incoming;
    const onward = request(`${opensearch.url}${path}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
}, 180_000);
afterAll(async () => {
  proxy?.closeAllConnections();
  proxy?.close();
  await opensearch?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function connect(secret: string, more: Record<string, string>) {
  const url = `https://parley:${encodeURIComponent(secret)}@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const lines: string[] = [];
  const log = createLog('trace', { write: (line) => void lines.push(line) });
  const { openSearch } = readConfig({ PARLEY_OPENSEARCH_URL: url, ...more }).search;
  return { index: await openOpenSearchIndex(openSearch!, log), lines };
}

test('signs in over TLS, and tells the log neither a password nor what people write', async () => {
  const right = await connect(password, { PARLEY_OPENSEARCH_CA_FILE: caFile });
  const wrong = await connect('wr0ng', { PARLEY_OPENSEARCH_CA_FILE: caFile });
  const untrusting = await connect(password, {});
  const secret = message('between ourselves');
  await right.index.writeMessages([written(secret)]);
  await eventually(async () => expect((await right.index.searchMessages(ask('ourselves'))).total).toBe(1), 5_000);
  const unavailable = { extensions: { code: 'UNAVAILABLE' } };
  for (const { index } of [wrong, untrusting]) {
    await expect(index.writeMessages([written(secret)])).rejects.toMatchObject(unavailable);
    await expect(index.searchMessages(ask('ourselves'))).rejects.toMatchObject(unavailable);
  }
  const logged = [right, wrong, untrusting].flatMap(({ lines }) => lines).join('');
  expect(logged).toMatch(/401/);
  expect(logged).toMatch(/certificate/);
  expect(logged).not.toMatch(/p@ss|p%40ss|wr0ng|ourselves/);
  await Promise.all([right, wrong, untrusting].map(({ index }) => index.close()));
}, 60_000);
