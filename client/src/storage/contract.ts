import { describe, expect, test } from '@jest/globals';
import type { Storage } from './port.js';

/** What every storage promises. `open` opens the same content anew each time, as a reload does, until `wipe`. */
export function storageContract(name: string, open: () => Storage): void {
  describe(`storage: ${name}`, () => {
    test('what was set is there after a reload, until it is deleted', async () => {
      await open().set('a', { deep: [1, { two: new Date(2) }], none: null });
      expect(await open().get('a')).toEqual({ deep: [1, { two: new Date(2) }], none: null });
      await open().delete('a');
      expect(await open().get('a')).toBeUndefined();
    });

    test('the bytes of a file are there after a reload', async () => {
      await open().set('file', { blob: new Blob(['some ', 'bytes'], { type: 'text/plain' }) });
      const { blob } = (await open().get('file')) as { blob: Blob };
      expect([await blob.text(), blob.type]).toEqual(['some bytes', 'text/plain']);
    });

    test('a key that was never set is undefined, and deleting it is fine', async () => {
      await open().delete('never');
      expect(await open().get('never')).toBeUndefined();
    });

    test('entries are those with the prefix, in the order of their keys', async () => {
      const storage = open();
      await Promise.all(['box/2', 'box/10', 'box', 'bax/1', 'box/1'].map((key) => storage.set(key, `of ${key}`)));
      expect(await open().entries('box/')).toEqual([
        ['box/1', 'of box/1'],
        ['box/10', 'of box/10'],
        ['box/2', 'of box/2'],
      ]);
    });

    test('what was given and what is got are apart from what is kept', async () => {
      const value = { list: [1] };
      const storage = open();
      await storage.set('apart', value);
      value.list.push(2);
      const got = (await storage.get('apart')) as typeof value;
      got.list.push(3);
      expect(await storage.get('apart')).toEqual({ list: [1] });
    });

    test('the last of two writes to one key stays', async () => {
      const storage = open();
      await Promise.all([storage.set('last', 1), storage.set('last', 2)]);
      expect(await open().get('last')).toBe(2);
    });
  });
}
