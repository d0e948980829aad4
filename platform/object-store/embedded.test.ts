import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, request as ask, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { waitFor } from '../../tests/wait-for.js';
import { objectStoreContract } from './contract.js';
import { EmbeddedObjectStore } from './embedded.js';
import { serveObjects } from './serve-objects.js';

async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'parley-objects-'));
  let url = '';
  const secret = Buffer.from('a secret of the test, as long as it should be');
  const store = await EmbeddedObjectStore.open({ folder: join(folder, 'objects'), secret, origin: () => url });
  const serve = serveObjects(store);
  const server: Server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const end = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true, force: true });
  };
  return { store, folder, end };
}

objectStoreContract('embedded', open);

const grant = (key: string, size: number) => ({
  key,
  contentType: 'image/png',
  size,
  sha256: null,
  expiresAt: new Date(Date.now() + 60_000),
});

test('a download is sealed against browsers', async () => {
  const { store, end } = await open();
  await store.write('a', Buffer.from('x'), { contentType: 'image/png', size: 1 });
  const url = await store.signDownload({ ...grant('a', 1), disposition: 'inline', filename: 'a.png' });
  const { headers } = await fetch(url);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
  const head = await fetch(url, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '1']);
  await end();
});

test('an upload that breaks off leaves nothing, and what a process that died left is removed', async () => {
  const { store, folder, end } = await open();
  const { url } = await store.signUpload(grant('broken', 1_000_000));
  const parts = () => readdir(join(folder, 'objects/~parts'));
  const request = ask(url, { method: 'PUT', headers: { 'content-type': 'image/png', 'content-length': 1_000_000 } });
  request.on('error', () => undefined);
  request.write(Buffer.alloc(300_000));
  await waitFor('a part is being written', async () => (await parts()).length === 1);
  request.destroy();
  await waitFor('the part is removed', async () => (await parts()).length === 0);
  expect(await store.head('broken')).toBeNull();
  await end();
});

test('what a process that died had not finished is removed at the next start', async () => {
  const { store, folder, end } = await open();
  await store.write('kept', Buffer.from('x'), { contentType: 'image/png', size: 1 });
  await writeFile(join(folder, 'objects/~parts/left'), 'half');
  await EmbeddedObjectStore.open({ folder: join(folder, 'objects'), secret: Buffer.from('x'), origin: () => '' });
  expect(await readdir(join(folder, 'objects/~parts'))).toEqual([]);
  expect(await store.head('kept')).toMatchObject({ size: 1 });
  await end();
});

test('a link says what is wrong with how it is used', async () => {
  const { store, end } = await open();
  const { url } = await store.signUpload(grant('a', 3));
  const put = async (headers: Record<string, string>, body: string, method = 'PUT') => {
    const response = await fetch(url, { method, headers, body });
    return [response.status, ((await response.json()) as { message: string }).message];
  };
  expect(await put({ 'content-type': 'text/html' }, 'abc')).toEqual([400, expect.stringContaining('image/png')]);
  expect(await put({ 'content-type': 'image/png' }, 'abcd')).toEqual([413, 'This link takes 3 bytes.']);
  expect(await put({ 'content-type': 'image/png' }, 'ab')).toEqual([400, 'This link takes 3 bytes.']);
  expect(await put({ 'content-type': 'image/png' }, 'abc', 'DELETE')).toEqual([405, expect.any(String)]);
  await end();
});

test('a refusal of a large upload is read by whoever sends it', async () => {
  const { store, end } = await open();
  const { url } = await store.signUpload(grant('a', 3));
  const response = await fetch(url, {
    method: 'PUT',
    headers: { 'content-type': 'image/png' },
    body: Buffer.alloc(5_000_000),
  });
  expect(response.status).toBe(413);
  await end();
});
