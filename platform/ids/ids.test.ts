import { describe, expect, test } from '@jest/globals';
import { bucketFrom, bucketOf, fromPairId, fromPublicId, newUuid, randomBucket, toPairId, toPublicId } from './ids.js';

describe('ids', () => {
  test('carry their bucket and their time, and sort by time', () => {
    const id = newUuid(4095, 1_700_000_000_000);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7fff-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(bucketOf(id)).toBe(4095);
    expect(parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(1_700_000_000_000);
    expect(newUuid(0, 1_700_000_000_001) > id).toBe(true);
  });

  test('never repeat', () => {
    const ids = new Set(Array.from({ length: 20_000 }, () => newUuid(7)));
    expect(ids.size).toBe(20_000);
  });

  test('come back from their public form, for every bucket', () => {
    for (const bucket of [0, 1, 2048, 4095, randomBucket()]) {
      const id = newUuid(bucket);
      expect(fromPublicId('message', toPublicId('message', id))).toBe(id);
    }
  });

  test.each([
    '',
    'msg_',
    'usr_01h455vb4pex5vsknk084sn02q',
    'msg_01h455vb4pex5vsknk084sn02',
    'msg_zzzzzzzzzzzzzzzzzzzzzzzzzz',
    'msg_01H455VB4PEX5VSKNK084SN02Q',
    'msg_00000000000000000000000000',
    "msg_01h455vb4pex5vsknk084sn0'q",
    '\u0000'.repeat(30),
  ])('refuse %j as a message id', (text) => {
    expect(fromPublicId('message', text)).toBeNull();
  });

  test('of pairs come back, and only whole', () => {
    const [first, second] = [newUuid(1), newUuid(2)];
    const pair = toPairId('inb', first, second);
    expect(fromPairId('inb', pair)).toEqual([first, second]);
    expect(fromPairId('mbr', pair)).toBeNull();
    expect(fromPairId('inb', pair.slice(0, -1))).toBeNull();
  });

  test('draw the same bucket from the same parts', () => {
    expect(bucketFrom('a', 'b')).toBe(bucketFrom('a', 'b'));
    expect(bucketFrom('a', 'b')).not.toBe(bucketFrom('ab', ''));
  });
});
