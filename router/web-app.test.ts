import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { startSmallRouter, type SmallRouter } from './router.fixture.js';
import { readWebApp } from './web-app.js';

const script = 'console.log("hello");'.repeat(20);
let folder: string;
let router: SmallRouter;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-web-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Parley</title>');
  await writeFile(join(folder, 'icon.svg'), '<svg/>');
  await writeFile(join(folder, 'service-worker.js'), 'addEventListener("push", () => undefined);');
  await writeFile(join(folder, 'assets/main-1a2b.js'), script);
  await writeFile(join(folder, 'assets/main-1a2b.js.gz'), gzipSync(script));
  await writeFile(join(folder, 'assets/main-1a2b.js.br'), brotliCompressSync(script));
  router = await startSmallRouter({ webApp: await readWebApp(folder), mediaOrigin: 'https://media.example.org' });
});
afterAll(async () => {
  await router.close();
  await rm(folder, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${router.url}${path}`, { headers });
const asBrowser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

/** fetch decodes what it gets, and hides how it came. */
function encodingOf(
  path: string,
  accepted: string,
): Promise<[encoding: string | undefined, length: string | undefined]> {
  return new Promise((resolve, reject) => {
    request(`${router.url}${path}`, { headers: { 'accept-encoding': accepted } }, (answer) => {
      answer.resume();
      resolve([answer.headers['content-encoding'], answer.headers['content-length']]);
    })
      .once('error', reject)
      .end();
  });
}

test('every address that a browser opens is the page, which is asked for anew each time', async () => {
  for (const path of ['/', '/c/cnv_1', '/invite/abc', '/no/such/place']) {
    const answer = await get(path, asBrowser);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(await answer.text()).toContain('<title>Parley</title>');
  }
  const etag = (await get('/', asBrowser)).headers.get('etag')!;
  expect((await get('/', { ...asBrowser, 'if-none-match': etag })).status).toBe(304);
});

test('the page runs scripts of this router alone, in no frame', async () => {
  const policy = (await get('/', asBrowser)).headers.get('content-security-policy')!;
  expect(policy).toContain("default-src 'none'; script-src 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
  const media = "'self' https://media.example.org";
  for (const each of [`img-src ${media} data: blob:`, `media-src ${media} blob:`, `connect-src ${media}`])
    expect(policy.split('; ')).toContain(each);
});

test('the service worker is asked for anew each time, and reaches this router alone', async () => {
  const { status, headers } = await get('/service-worker.js');
  expect([status, headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
  expect(headers.get('cache-control')).toBe('no-cache');
  expect(headers.get('content-security-policy')).toBe("default-src 'none'; connect-src 'self'; img-src 'self'");
});

test('assets, whose names change with their content, are kept for ever', async () => {
  const answer = await get('/assets/main-1a2b.js');
  expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(await answer.text()).toBe(script);
});

test('they are sent in the smallest form that the browser takes', async () => {
  const { length: gzipped } = gzipSync(script);
  const { length: brotli } = brotliCompressSync(script);
  expect(await encodingOf('/assets/main-1a2b.js', 'gzip, deflate, br')).toEqual(['br', String(brotli)]);
  expect(await encodingOf('/assets/main-1a2b.js', 'gzip, br;q=0')).toEqual(['gzip', String(gzipped)]);
  expect(await encodingOf('/assets/main-1a2b.js', 'identity')).toEqual([undefined, String(script.length)]);
});

test('an asset of another build is not found, nor is what no browser opens', async () => {
  expect((await get('/assets/main-0000.js', asBrowser)).status).toBe(404);
  expect((await get('/elsewhere', { accept: 'application/json' })).status).toBe(404);
  expect((await get('/../package.json', { accept: 'application/json' })).status).toBe(404);
});

test('where there is no web app, the API is there all the same', async () => {
  expect(await readWebApp(join(folder, 'nowhere'))).toBeNull();
});
