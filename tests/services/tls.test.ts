import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { testDirectory } from '../running-parley.js';
import { Deployment } from './deployment.js';

let directory: string;
let ca: string;
let deployment: Deployment;
beforeAll(async () => {
  directory = await testDirectory();
  const tls = { certificateFile: join(directory, 'certificate.pem'), keyFile: join(directory, 'key.pem') };
  const names = ['-subj', '/CN=parley', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', ['req', '-x509', ...key, ...names, '-keyout', tls.keyFile, '-out', tls.certificateFile], {
    stdio: 'pipe',
  });
  ca = readFileSync(tls.certificateFile, 'utf8');
  deployment = await Deployment.start({ routers: 1, instances: 1, shards: 1, kafka: false, tls });
}, 180_000);
afterAll(async () => {
  await deployment?.remove();
  await rm(directory, { recursive: true, force: true });
}, 60_000);

async function ask(url: string, document: string, variables: object, token?: string) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const sending = request(`${url}/graphql`, { method: 'POST', ca, headers });
  sending.end(JSON.stringify({ query: document, variables }));
  const response = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
    sending.once('response', resolve).once('error', reject),
  );
  return JSON.parse(await text(response)) as { data: Record<string, Record<string, unknown>> };
}

const person = {
  handle: 'ann_over_tls',
  displayName: 'Ann',
  email: 'ann@example.org',
  password: 'correct horse battery',
  device: { name: 'first', platform: 'WEB' },
};

test('routers and subgraphs speak TLS alone, to each other and to people', async () => {
  const { url } = deployment;
  expect(url).toMatch(/^https:/);
  const { data } = await ask(
    url,
    'mutation ($input: SignUpInput!) { signUp(input: $input) { session { accessToken } errors { message } } }',
    { input: person },
  );
  const { accessToken } = data.signUp!.session as { accessToken: string };
  const asked = await ask(url, '{ viewer { user { handle } inbox(first: 1) { edges { cursor } } } }', {}, accessToken);
  expect(asked).toMatchObject({ data: { viewer: { user: { handle: person.handle }, inbox: { edges: [] } } } });

  class TrustingSocket extends WebSocket {
    constructor(address: string, protocols?: string | string[]) {
      super(address, protocols, { ca });
    }
  }
  const client = createClient({
    url: `${url.replace('https', 'wss')}/graphql`,
    webSocketImpl: TrustingSocket,
    connectionParams: { authorization: `Bearer ${accessToken}` },
    retryAttempts: 0,
  });
  const events = client.iterate({ query: 'subscription { inboxEvents { __typename } }' });
  expect(await events.next()).toMatchObject({ value: { data: { inboxEvents: { __typename: 'InboxCaughtUp' } } } });
  await events.return?.();
  await client.dispose();

  for (const each of [url, deployment.process('users-1').url!])
    await expect(fetch(`${each.replace('https', 'http')}/graphql?query={__typename}`)).rejects.toThrow();
  const { process } = deployment.process('router-1');
  expect(await process.end('SIGTERM')).toBe(0);
}, 60_000);
