import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decode, encode } from './wire.js';

describe('values between processes', () => {
  test('keep what JSON lacks', () => {
    const value = {
      map: new Map<unknown, unknown>([['a', new Set([1n, 2n])]]),
      date: new Date(0),
      list: [new Map(), null, { nested: new Set() }],
    };
    expect(decode(encode(value))).toEqual(value);
    expect(decode(encode(undefined))).toBeUndefined();
  });

  test('are told from objects that look like a mark', () => {
    for (const value of [{ $map: [] }, { $object: { $set: [1] } }, { $unknown: 1 }, [{ $date: 'x' }]])
      expect(decode(encode(value))).toEqual(value);
  });

  test('come back as they were, whatever they are', () => {
    const tree = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.bigInt(),
        fc.date({ noInvalidDate: true }),
        fc.array(tie('value')),
        fc.array(fc.tuple(fc.string(), tie('value'))).map((entries) => new Map(entries)),
        fc.array(fc.string()).map((each) => new Set(each)),
        fc.dictionary(
          fc.oneof(fc.string(), fc.constantFrom('$map', '$set', '$object')).filter((key) => key !== '__proto__'),
          tie('value'),
        ),
      ),
    })).value;
    fc.assert(
      fc.property(tree, (value) => {
        expect(decode(encode(value))).toEqual(value);
      }),
    );
  });
});
