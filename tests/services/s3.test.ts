import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { objectStoreContract } from '../../platform/object-store/contract.js';
import { S3ObjectStore } from '../../platform/object-store/s3.js';
import { startS3, type S3Server } from './servers/s3.js';

let server: S3Server;
beforeAll(async () => {
  server = await startS3();
}, 120_000);
afterAll(() => server.stop(), 30_000);

const open = (change: object = {}) =>
  new S3ObjectStore({ ...server.settings, publicEndpoint: null, checksum: 'content', ...change });

objectStoreContract('S3', () => Promise.resolve({ store: open(), end: () => Promise.resolve() }));

const body = Buffer.from('eleven byte');
const grant = () => ({
  key: 'direct/a',
  contentType: 'image/png',
  size: body.length,
  sha256: createHash('sha256').update(body).digest('hex'),
  expiresAt: new Date(Date.now() + 60_000),
});

test('a browser of an allowed origin may put and get', async () => {
  const store = open();
  const { url, method, headers } = await store.signUpload(grant());
  const origin = 'https://chat.example.org';
  const asked = headers.map(({ name }) => name.toLowerCase()).join(',');
  const preflight = await fetch(url, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': asked },
  });
  expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
  await store.close();
});

test('the checksum that Amazon verifies is signed: a link without it is of no use', async () => {
  const store = open({ checksum: 'checksum' });
  const { url, headers } = await store.signUpload(grant());
  expect(headers).toContainEqual({
    name: 'x-amz-checksum-sha256',
    value: createHash('sha256').update(body).digest('base64'),
  });
  const put = async (given: typeof headers) =>
    (
      await fetch(url, {
        method: 'PUT',
        body,
        headers: given.map(({ name, value }): [string, string] => [name, value]),
      })
    ).status;
  expect(await put(headers)).toBe(200);
  expect(await put(headers.slice(0, 1))).toBe(403);
  await store.close();
});

test('links name the host that people reach', async () => {
  const store = open({ publicEndpoint: 'https://files.example.org' });
  expect((await store.signUpload(grant())).url).toMatch(/^https:\/\/files\.example\.org\/parley\/direct\/a\?/);
  await store.close();
});

test('a bucket or key that is wrong is an outage until somebody mends it', async () => {
  for (const wrong of [{ bucket: 'absent' }, { credentials: { accessKeyId: 'RGWKEY', secretAccessKey: 'x' } }]) {
    const store = open(wrong);
    await expect(store.write('a', Buffer.from('a'), { contentType: 'text/plain', size: 1 })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    await store.close();
  }
});

test('a store that is down is UNAVAILABLE, and links are signed all the same; it works again once it is up', async () => {
  const store = open();
  await store.write('kept', body, { contentType: 'image/png', size: body.length });
  await server.kill();
  const down = { code: 'UNAVAILABLE' };
  await expect(store.head('kept')).rejects.toMatchObject(down);
  await expect(store.read('kept')).rejects.toMatchObject(down);
  await expect(store.write('a', body, { contentType: 'image/png', size: body.length })).rejects.toMatchObject(down);
  await expect(store.delete(['a'])).rejects.toMatchObject(down);
  await expect(store.list('')[Symbol.asyncIterator]().next()).rejects.toMatchObject(down);
  await store.signUpload(grant());
  await server.start();
  expect(await store.head('kept')).toMatchObject({ size: body.length });
  await store.close();
}, 60_000);

test('a store that says nothing is UNAVAILABLE as well', async () => {
  const store = open();
  server.freeze();
  await expect(store.head('kept')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  server.resume();
  expect(await store.head('kept')).not.toBeNull();
  await store.close();
}, 60_000);
