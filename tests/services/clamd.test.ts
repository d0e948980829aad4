import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ClamdVirusScan } from '../../platform/virus-scan/clamd.js';
import { virusScanContract } from '../../platform/virus-scan/contract.js';
import { startClamd, type ClamdServer } from './servers/clamd.js';

let server: ClamdServer;
beforeAll(async () => {
  server = await startClamd({ largest: 20 });
}, 60_000);
afterAll(() => server.stop());

virusScanContract('clamd', () => Promise.resolve(new ClamdVirusScan(server.address)));

const bytes = (megabytes: number) => Readable.from(Array.from({ length: megabytes }, () => Buffer.alloc(1 << 20, 'a')));

test('what is larger than it takes is neither clean nor an outage', async () => {
  const scanner = new ClamdVirusScan(server.address);
  expect(await scanner.scan(bytes(40))).toEqual({ kind: 'tooLarge' });
  expect(await scanner.scan(bytes(1))).toEqual({ kind: 'clean' });
  await scanner.close();
});

test('one that is down is UNAVAILABLE, one that ends on the way too, and works again once it is up', async () => {
  const scanner = new ClamdVirusScan(server.address);
  await server.kill();
  await expect(scanner.scan(bytes(1))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await server.start();
  const cut = new Readable({ read: () => undefined });
  cut.push('abc');
  const scanning = expect(scanner.scan(cut)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await server.kill();
  cut.push(Buffer.alloc(5 << 20));
  await scanning;
  await server.start();
  expect(await scanner.scan(bytes(1))).toEqual({ kind: 'clean' });
  await scanner.close();
});

test('one that says nothing is UNAVAILABLE, and so is what is under way at the end', async () => {
  const scanner = new ClamdVirusScan(server.address);
  server.freeze();
  const silent = expect(scanner.scan(bytes(15))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  const waiting = expect(scanner.scan(new Readable({ read: () => undefined }))).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
  await silent;
  await scanner.close();
  await waiting;
  server.resume();
}, 30_000);
