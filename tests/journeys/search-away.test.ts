import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Fault } from '../../platform/errors/errors.js';
import type { SearchIndex } from '../../platform/search-index/port.js';
import { createGroup, history, say } from '../chat.js';
import type { Device } from '../client.js';
import { Following } from '../following.js';
import { InProcessParley } from '../in-process.js';
import { comesToHistory } from '../invariants.js';
import { searchConverges } from '../search-invariants.js';
import { findsMessages, searchMessagesDocument, soon } from '../search.js';

/*
 * Takes the search index away within the process, and so has all of Parley in this one; a real index that is away is a matter
 * of the tests of its adapter.
 */

let isAway = false;
let parley: InProcessParley;
beforeAll(async () => {
  parley = await InProcessParley.open({ searchIndex: (inner) => withOutages(inner) });
}, 180_000);
afterAll(() => parley?.close(), 30_000);

function withOutages(inner: SearchIndex): SearchIndex {
  return new Proxy(inner, {
    get(target, name) {
      const method = Reflect.get(target, name) as unknown;
      if (typeof method !== 'function' || name === 'close') return method;
      return (...args: unknown[]) =>
        isAway
          ? Promise.reject(new Fault('UNAVAILABLE', 'Search cannot be reached right now. Try again.'))
          : (method as (...args: unknown[]) => unknown).apply(target, args);
    },
  });
}

test('while the index is away search alone is UNAVAILABLE, chat goes on, and then all of it is found', async () => {
  const [ann, bob] = (await parley.people('Ann', 'Bob')) as [Device, Device];
  const group = await createGroup(ann, 'Group', [bob]);
  const following = await Following.start(bob, group);
  const before = await say(ann, group, 'kept before');
  await soon(async () => expect(await findsMessages(bob, 'kept')).toEqual([before.id]));

  isAway = true;
  for (let i = 0; i < 20; i++) await say(ann, group, `kept meanwhile ${i}`);
  await comesToHistory(following, before.seq);
  const { data, errors } = await bob.ask(searchMessagesDocument, { query: 'kept' });
  expect(data ?? null).toBeNull();
  expect(errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE', retryable: true } }]);
  const rest = await bob.ask('query ($id: ID!) { conversation(id: $id) { title } viewer { unreadCount } }', {
    id: group,
  });
  expect(rest.errors).toEqual([]);

  isAway = false;
  expect(await history(bob, group)).toHaveLength(22);
  await searchConverges(bob, group, { limit: 20_000 });
}, 60_000);
