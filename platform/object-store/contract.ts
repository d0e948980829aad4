import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DownloadGrant, ObjectStore, SignedUpload, UploadGrant } from './port.js';

export interface ObjectStoreUnderTest {
  store: ObjectStore;
  /** Ends what the store talks to, or what serves it. */
  end: () => Promise<void>;
}

const soon = () => new Date(Date.now() + 60_000);
const past = () => new Date(Date.now() - 5_000);
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const pdf = { contentType: 'application/pdf' };
/** Not the same at every place. */
const bytesOf = (size: number) => Buffer.from(Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8)) % 251));

/** What every adapter of the port does. It keeps all that is made until the end. */
export function objectStoreContract(name: string, open: () => Promise<ObjectStoreUnderTest>): void {
  describe(`object-store, ${name}`, () => {
    let under: ObjectStoreUnderTest;
    let store: ObjectStore;
    let made = 0;
    const newKey = () => `contract/${++made}`;
    beforeAll(async () => {
      under = await open();
      store = under.store;
    }, 120_000);
    afterAll(async () => {
      await store.close();
      await under.end();
    });

    const put = (upload: SignedUpload, body: Buffer, change: { method?: string; url?: string; type?: string } = {}) =>
      fetch(change.url ?? upload.url, {
        method: change.method ?? upload.method,
        headers: upload.headers.map(({ name, value }): [string, string] => [
          name,
          name === 'Content-Type' ? (change.type ?? value) : value,
        ]),
        body: new Uint8Array(body),
      });
    const grant = (body: Buffer, change: Partial<UploadGrant> = {}): UploadGrant => ({
      key: newKey(),
      contentType: 'image/png',
      size: body.length,
      sha256: sha256(body),
      expiresAt: soon(),
      ...change,
    });
    const stored = async (body: Buffer, contentType = 'image/png') => {
      const key = newKey();
      await store.write(key, body, { contentType, size: body.length });
      return key;
    };
    const link = (key: string, change: Partial<DownloadGrant> = {}) =>
      store.signDownload({
        key,
        contentType: 'image/png',
        disposition: 'inline',
        filename: 'a.png',
        expiresAt: soon(),
        ...change,
      });
    const readAll = async (key: string, range?: { start: number; end: number }) => {
      const stream = await store.read(key, range);
      return stream && buffer(stream);
    };

    describe('on the server side', () => {
      test('what was written is there, with its size and type', async () => {
        const body = bytesOf(100_000);
        const key = await stored(body, 'application/pdf');
        expect((await readAll(key))?.equals(body)).toBe(true);
        expect(await store.head(key)).toMatchObject({ key, size: 100_000, contentType: 'application/pdf' });
        expect(Math.abs(Date.now() - (await store.head(key))!.modifiedAt.getTime())).toBeLessThan(60_000);
      });

      test('a stream is written as a buffer is, and replaces what was there', async () => {
        const [key, body] = [await stored(bytesOf(10)), bytesOf(3_000_000)];
        const pieces = [body.subarray(0, 1), body.subarray(1, 2_000_000), body.subarray(2_000_000)];
        await store.write(key, Readable.from(pieces), { ...pdf, size: body.length });
        expect((await readAll(key))?.equals(body)).toBe(true);
      });

      test('an empty object is an object', async () => {
        const key = await stored(Buffer.alloc(0));
        expect(await store.head(key)).toMatchObject({ size: 0 });
        expect(await readAll(key)).toEqual(Buffer.alloc(0));
      });

      test('a part can be read', async () => {
        const key = await stored(bytesOf(1_000));
        expect(await readAll(key, { start: 10, end: 19 })).toEqual(bytesOf(1_000).subarray(10, 20));
        expect(await readAll(key, { start: 990, end: 5_000 })).toEqual(bytesOf(1_000).subarray(990));
      });

      test('what is not there is null, and can be deleted', async () => {
        expect(await store.head('contract/absent')).toBeNull();
        expect(await store.read('contract/absent')).toBeNull();
        const key = await stored(bytesOf(10));
        await store.delete([key, 'contract/absent']);
        await store.delete([key]);
        expect(await store.head(key)).toBeNull();
      });

      test('a write that fails on its way leaves what was there', async () => {
        const key = await stored(bytesOf(10));
        const failing = Readable.from(
          (function* () {
            yield bytesOf(500_000);
            throw new Error('the source broke');
          })(),
        );
        await expect(store.write(key, failing, { ...pdf, size: 1_000_000 })).rejects.toThrow('the source broke');
        expect(await readAll(key)).toEqual(bytesOf(10));
      });

      test.each([5, 20])('a write of 10 bytes that was to be one of %d leaves what was there', async (size) => {
        const key = await stored(bytesOf(3));
        await expect(store.write(key, Readable.from([bytesOf(10)]), { ...pdf, size })).rejects.toThrow();
        await expect(store.write(key, bytesOf(10), { ...pdf, size })).rejects.toThrow();
        expect(await readAll(key)).toEqual(bytesOf(3));
      });

      test('readers see one whole object or the other, never a mixture', async () => {
        const key = newKey();
        const versions = [1, 2].map((value) => Buffer.alloc(2_000_000, value));
        await store.write(key, versions[0]!, { ...pdf, size: 2_000_000 });
        const writing = (async () => {
          for (let i = 0; i < 6; i++) await store.write(key, versions[i % 2]!, { ...pdf, size: 2_000_000 });
        })();
        const seen = [];
        for (let i = 0; i < 12; i++) seen.push((await readAll(key))!);
        await writing;
        for (const body of seen) expect(versions.some((version) => version.equals(body))).toBe(true);
      });

      test('a list has all whose keys begin so, in the order of their keys', async () => {
        const keys = ['a', 'a-b', 'a.b', 'a/b', 'a/b/c', 'a=b', 'aB', 'ab', 'b'].map((key) => `contract/list/${key}`);
        for (const key of [...keys].reverse()) await store.write(key, bytesOf(3), { ...pdf, size: 3 });
        const listed = async (prefix: string) => {
          const found = [];
          for await (const each of store.list(prefix)) found.push(each);
          return found;
        };
        expect((await listed('contract/list/')).map(({ key }) => key)).toEqual(keys);
        expect((await listed('contract/list/a/')).map(({ key }) => key)).toEqual(keys.slice(3, 5));
        expect((await listed('contract/list/a')).map(({ size }) => size)).toEqual(Array(8).fill(3));
        expect(await listed('contract/list/absent')).toEqual([]);
      });

      test.each(['', '/a', 'a/', 'a//b', '../a', 'a/../b', 'a/.', 'ä', 'a b', 'a\n', 'a'.repeat(600)])(
        '%j is no key',
        async (key) => {
          await expect(store.write(key, bytesOf(1), { ...pdf, size: 1 })).rejects.toThrow('not a key');
          await expect(store.read(key)).rejects.toThrow('not a key');
          await expect(async () => store.signUpload({ ...grant(bytesOf(1)), key })).rejects.toThrow('not a key');
        },
      );
    });

    describe('an upload by its link', () => {
      test('is taken as it was granted', async () => {
        const body = bytesOf(70_000);
        const given = grant(body);
        const response = await put(await store.signUpload(given), body);
        expect(response.status).toBe(200);
        expect(await store.head(given.key)).toMatchObject({ size: 70_000, contentType: 'image/png' });
        expect((await readAll(given.key))?.equals(body)).toBe(true);
      });

      test('may come again', async () => {
        const body = bytesOf(100);
        const upload = await store.signUpload(grant(body));
        expect([(await put(upload, body)).status, (await put(upload, body)).status]).toEqual([200, 200]);
      });

      const refusals: [string, (upload: SignedUpload, body: Buffer) => Promise<Response>][] = [
        ['of another type', (upload, body) => put(upload, body, { type: 'text/html' })],
        ['of no type', (upload, body) => put(upload, body, { type: '' })],
        ['that is shorter', (upload, body) => put(upload, body.subarray(1))],
        ['that is longer', (upload, body) => put(upload, Buffer.concat([body, body]))],
        ['of other bytes', (upload, body) => put(upload, Buffer.from(body).fill(1, 3, 9))],
        ['by another method', (upload, body) => put(upload, body, { method: 'POST' })],
        [
          'under another key',
          (upload, body) => put(upload, body, { url: upload.url.replace('/contract/', '/other/') }),
        ],
        ['with more in its address', (upload, body) => put(upload, body, { url: `${upload.url}&size=1` })],
        [
          'without a signature',
          (upload, body) => put(upload, body, { url: upload.url.replace(/signature=[^&]+/i, 'signature=') }),
        ],
        ['with nothing signed', (upload, body) => put(upload, body, { url: upload.url.split('?')[0]! })],
      ];
      test.each(refusals)('%s is refused, and leaves what was there', async (_what, attempt) => {
        const body = bytesOf(5_000);
        const given = grant(body);
        await store.write(given.key, bytesOf(2), { ...pdf, size: 2 });
        const response = await attempt(await store.signUpload(given), body);
        expect(response.status).toBeGreaterThanOrEqual(400);
        expect(await response.text()).not.toBe('');
        expect(await store.head(given.key)).toMatchObject({ size: 2 });
      });

      test('is refused once its link has expired', async () => {
        const given = grant(bytesOf(10), { expiresAt: past() });
        expect((await put(await store.signUpload(given), bytesOf(10))).status).toBe(403);
        expect(await store.head(given.key)).toBeNull();
      });

      test('reads nothing, whatever is there', async () => {
        const given = grant(bytesOf(10));
        await store.write(given.key, bytesOf(10), { ...pdf, size: 10 });
        const { url } = await store.signUpload(given);
        expect((await fetch(url)).status).toBe(403);
        expect((await fetch(url, { method: 'HEAD' })).status).toBe(403);
        expect((await fetch(url, { method: 'DELETE' })).status).not.toBe(200);
        expect(await store.head(given.key)).not.toBeNull();
      });
    });

    describe('a download by its link', () => {
      test('brings the object, as what it is', async () => {
        const body = bytesOf(300_000);
        const response = await fetch(await link(await stored(body)));
        expect(response.status).toBe(200);
        expect(response.headers.get('content-type')).toBe('image/png');
        expect(response.headers.get('content-length')).toBe('300000');
        expect(response.headers.get('content-disposition')).toMatch(/^inline;/);
        expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
      });

      test('brings a range', async () => {
        const body = bytesOf(1_000);
        const url = await link(await stored(body));
        for (const [range, start, end] of [
          ['bytes=100-199', 100, 200],
          ['bytes=900-', 900, 1_000],
          ['bytes=-50', 950, 1_000],
          ['bytes=990-2000', 990, 1_000],
        ] as const) {
          const response = await fetch(url, { headers: { range } });
          expect([response.status, response.headers.get('content-range')]).toEqual([
            206,
            `bytes ${start}-${end - 1}/1000`,
          ]);
          expect(Buffer.from(await response.arrayBuffer())).toEqual(body.subarray(start, end));
        }
        expect((await fetch(url, { headers: { range: 'bytes=2000-' } })).status).toBe(416);
      });

      test('is refused for what is not there, with another method, once expired, or when it was changed', async () => {
        const key = await stored(bytesOf(100));
        const url = await link(key);
        expect((await fetch(await link('contract/absent'))).status).toBe(404);
        expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(403);
        expect((await fetch(await link(key, { expiresAt: past() }))).status).toBe(403);
        expect((await fetch(url.replace('/contract/', '/contract/1'))).status).toBe(403);
        expect((await fetch(url.replace('inline', 'attachment'))).status).toBe(403);
        expect((await fetch(url.replace('image%2Fpng', 'text%2Fhtml'))).status).toBe(403);
        expect((await fetch(`${url}&x=1`)).status).toBe(403);
        expect((await fetch(url)).status).toBe(200);
      });

      test.each([
        'text/html',
        'image/svg+xml',
        'application/xhtml+xml',
        'text/javascript',
        'application/pdf',
        'text/xml',
      ])('%s is an attachment of no type, whatever is asked for', async (contentType) => {
        const page = Buffer.from('<script>alert(1)</script>');
        const response = await fetch(await link(await stored(page, contentType), { contentType }));
        expect(response.headers.get('content-type')).toBe('application/octet-stream');
        expect(response.headers.get('content-disposition')).toMatch(/^attachment;/);
      });

      test.each([
        ['photo.jpg', 'photo.jpg'],
        ['Grüße aus Köln.png', 'Grüße aus Köln.png'],
        ['写真 📷.png', '写真 📷.png'],
        ['a"; filename="evil.exe', 'a_; filename=_evil.exe'],
        ['a\r\nset-cookie: a=b\r\n\r\n<html>.txt', 'aset-cookie_ a=b_html_.txt'],
        ['report\u202Egpj.exe', 'reportgpj.exe'],
        ['../../etc/passwd', '_.._etc_passwd'],
        ['C:\\autoexec.bat', 'C__autoexec.bat'],
        ['100%25 sure.txt', '100%25 sure.txt'],
        [`${'x'.repeat(300)}.jpeg`, `${'x'.repeat(195)}.jpeg`],
        [`${'é'.repeat(300)}.png`, `${'é'.repeat(98)}.png`],
        ['\u0000\u2066', 'file'],
        ['\ud800.png', '\ufffd.png'],
      ])('the name %j arrives as %j', async (filename, expected) => {
        const response = await fetch(await link(await stored(bytesOf(10)), { filename, disposition: 'attachment' }));
        expect(response.status).toBe(200);
        expect(response.headers.get('set-cookie')).toBeNull();
        const disposition = response.headers.get('content-disposition') ?? '';
        const [, ascii, utf8] =
          /^attachment; filename="([^"\\]*)"; filename\*=UTF-8''([^ ;]*)$/.exec(disposition) ?? [];
        expect(decodeURIComponent(utf8!)).toBe(expected);
        expect(ascii).toMatch(/^[ -~]+$/);
      });
    });
  });
}
