import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { VirusScan } from './port.js';

/** https://www.eicar.org, in two parts, so that no scanner finds this file. */
export const eicar = String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*';

/** What every adapter of the port does. */
export function virusScanContract(name: string, open: () => Promise<VirusScan>): void {
  describe(`virus-scan, ${name}`, () => {
    let scanner: VirusScan;
    beforeAll(async () => {
      scanner = await open();
    }, 60_000);
    afterAll(() => scanner.close());

    const scan = (...pieces: Buffer[]) => scanner.scan(Readable.from(pieces));
    const malware = { kind: 'malware', name: expect.stringMatching(/eicar/i) };
    const virus = Buffer.from(eicar);

    test('bytes that nothing is known of are clean, and none at all', async () => {
      expect(await scan(Buffer.from('hello'))).toEqual({ kind: 'clean' });
      expect(await scan()).toEqual({ kind: 'clean' });
      expect(await scan(Buffer.alloc(0), Buffer.from('a'))).toEqual({ kind: 'clean' });
    });

    test('the test file is found', async () => {
      expect(await scan(virus)).toEqual(malware);
    });

    test('it is found wherever a stream is cut', async () => {
      for (const at of [1, 10, 33, 67]) expect(await scan(virus.subarray(0, at), virus.subarray(at))).toEqual(malware);
      expect(await scan(...[...virus].map((byte) => Buffer.from([byte])))).toEqual(malware);
    });

    test('a large stream is scanned to its end', async () => {
      const pieces = Array.from({ length: 40 }, () => Buffer.alloc(300_000, 'a'));
      expect(await scan(...pieces)).toEqual({ kind: 'clean' });
      expect(await scan(...pieces, virus)).toEqual(malware);
    });

    test('many scans at once are told apart', async () => {
      const verdicts = await Promise.all(
        Array.from({ length: 12 }, (_, i) => scan(i % 3 ? Buffer.alloc(50_000, 'b') : virus)),
      );
      expect(verdicts.map(({ kind }) => kind)).toEqual(verdicts.map((_, i) => (i % 3 ? 'clean' : 'malware')));
    });

    test('a source that breaks is its own error', async () => {
      const broken = Readable.from(
        (function* () {
          yield Buffer.from('abc');
          throw new Error('the source broke');
        })(),
      );
      await expect(scanner.scan(broken)).rejects.toThrow('the source broke');
    });
  });
}
