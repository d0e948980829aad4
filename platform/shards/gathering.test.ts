import { expect, test } from '@jest/globals';
import { Gathering } from './gathering.js';

/** Calls that end when they are told to. */
function calls() {
  const seen: number[][] = [];
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const gathering = new Gathering<number>((items) => {
    seen.push([...items]);
    return new Promise((resolve, reject) => ends.push({ resolve, reject }));
  });
  return { gathering, seen, ends };
}
const settled = () => new Promise(setImmediate);

test('what comes while a call is under way goes together in the next', async () => {
  const { gathering, seen, ends } = calls();
  const first = gathering.add([1]);
  await settled();
  const later = [gathering.add([2, 3]), gathering.add([4])];
  await settled();
  expect(seen).toEqual([[1]]);
  ends[0]!.resolve();
  await first;
  await settled();
  expect(seen).toEqual([[1], [2, 3, 4]]);
  ends[1]!.resolve();
  await Promise.all(later);
});

test('a call that fails fails all that it carried, and no other', async () => {
  const { gathering, seen, ends } = calls();
  const failing = [gathering.add([1]), gathering.add([2])].map((each) => each.then(() => 'done', String));
  await settled();
  const next = gathering.add([3]);
  ends[0]!.reject(new Error('no'));
  expect(await Promise.all(failing)).toEqual(['Error: no', 'Error: no']);
  await settled();
  expect(seen).toEqual([[1, 2], [3]]);
  ends[1]!.resolve();
  await next;
});
