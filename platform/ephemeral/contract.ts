import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Ephemeral } from './port.js';

/**
 * What every adapter of the port does. `pass` lets so many ms go by, really or by a fake clock. `short` is a time to live
 * that a few calls fit into.
 */
export function ephemeralContract(
  name: string,
  open: () => Promise<Ephemeral>,
  pass: (ms: number) => Promise<void>,
  short = 40,
): void {
  describe(`ephemeral, ${name}`, () => {
    let store: Ephemeral;
    const long = 60_000;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    test('keeps a value until it expires', async () => {
      await store.set('a', '1', short);
      expect(await store.get('a')).toBe('1');
      await pass(1.5 * short);
      expect(await store.get('a')).toBeNull();
      expect(await store.get('never')).toBeNull();
    });

    test('a new value replaces the old one and its expiry', async () => {
      await store.set('a', '1', short);
      await store.set('a', '2', long);
      await pass(1.5 * short);
      expect(await store.get('a')).toBe('2');
    });

    test('gives many values in the order asked', async () => {
      await store.set('a', '1', long);
      await store.set('b', '', long);
      expect(await store.getMany(['b', 'none', 'a', 'b'])).toEqual(['', null, '1', '']);
      expect(await store.getMany([])).toEqual([]);
    });

    test('sets what is absent for one of many who try, and again once it expired', async () => {
      const wins = await Promise.all(Array.from({ length: 20 }, (_, i) => store.setIfAbsent('a', String(i), short)));
      expect(wins.filter(Boolean)).toHaveLength(1);
      await pass(1.5 * short);
      expect(await store.setIfAbsent('a', 'next', long)).toBe(true);
      expect(await store.get('a')).toBe('next');
    });

    test('deletes values and sets', async () => {
      await store.set('a', '1', long);
      await store.addMember('s', 'x', long);
      await store.delete('a', 's', 'none');
      expect(await store.get('a')).toBeNull();
      expect(await store.members(['s'])).toEqual([[]]);
    });

    test('each member of a set expires by itself, unless renewed', async () => {
      await store.addMember('s', 'short', short);
      await store.addMember('s', 'renewed', short);
      await store.addMember('s', 'long', long);
      await store.addMember('s', 'renewed', long);
      await store.addMember('t', 'other', long);
      const sets = async () => (await store.members(['t', 's', 'none'])).map((set) => set.sort());
      expect(await sets()).toEqual([['other'], ['long', 'renewed', 'short'], []]);
      await pass(1.5 * short);
      expect(await sets()).toEqual([['other'], ['long', 'renewed'], []]);
      expect(await store.removeMember('s', 'long')).toBe(true);
      expect(await store.removeMember('none', 'x')).toBe(false);
      expect(await sets()).toEqual([['other'], ['renewed'], []]);
    });

    test('says who is new in a set, and how long each stays', async () => {
      expect(await store.addMember('s', 'a', short)).toBe(true);
      expect(await store.addMember('s', 'b', long)).toBe(true);
      expect(await store.addMember('s', 'b', long)).toBe(false);
      const [a, b] = ['a', 'b'].map((member) => async () => (await store.lifetimes('s')).get(member));
      expect(await a?.()).toBeGreaterThan(0);
      expect(await a?.()).toBeLessThanOrEqual(short);
      await pass(1.5 * short);
      expect(await a?.()).toBeUndefined();
      expect(await b?.()).toBeGreaterThan(long / 2);
      expect(await store.removeMember('s', 'a')).toBe(false);
      expect(await store.addMember('s', 'a', long)).toBe(true);
      expect(await store.lifetimes('none')).toEqual(new Map());
    });
  });
}
