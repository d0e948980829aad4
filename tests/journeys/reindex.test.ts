import { expect, test } from '@jest/globals';
import { fromPublicId } from '../../platform/ids/ids.js';
import { createGroup, draft, openDirect, postUntilAcked, say, type Send } from '../chat.js';
import { withDatabase } from '../database.js';
import { parleyTool } from '../operator.js';
import { searchConverges } from '../search-invariants.js';
import { finds, findsMessages, soon } from '../search.js';
import { isDeployed, storiesOnParley } from '../story.js';

/* On the index of the data directory, which the tool finds by itself: nothing of it is in an environment. */
if (isDeployed) test.skip('a deployment is told by its environment where its index is', () => undefined);
else tellStories();

function tellStories(): void {
  const story = storiesOnParley({}, 'alone');

  story(
    'an operator builds the index anew while people talk: nothing is lost, and what was wrong in it is right again',
    async ({ parley, people }) => {
      const [ann, bob] = await people('Ann', 'Bob');
      const [group, direct] = [await createGroup(ann, 'Harbour', [bob]), await openDirect(ann, bob)];
      const [first, second] = [await say(ann, group, 'anchor one'), await say(ann, group, 'anchor two')];
      await say(bob, direct, 'anchor three');
      await soon(async () => expect(await findsMessages(bob, 'anchor')).toHaveLength(3));
      // Somebody changed a row by hand: the index knows nothing of it.
      await withDatabase(parley.dataDir, (database) =>
        database.everywhere("update message set body = 'buoy', version = version + 1 where id = $1::uuid", [
          fromPublicId('message', first.id),
        ]),
      );
      expect(await findsMessages(bob, 'buoy')).toEqual([]);

      const sends: Send[] = [];
      let isDone = false;
      const talking = (async () => {
        while (!isDone && sends.length < 1_000) {
          const send = draft(ann, group, `anchor again ${sends.length}`);
          sends.push(send);
          await postUntilAcked(send);
        }
      })();
      const { code, printed } = await parleyTool(parley.dataDir, 'search', 'reindex');
      isDone = true;
      await talking;
      expect([code, printed]).toEqual([
        0,
        expect.stringMatching(
          /^messages: the new index is in place\. \d+ read, 0 of them gone, in [\d.]+ s\.\npeople: .*\nconversations: .*\n$/,
        ),
      ]);
      expect(sends.length).toBeGreaterThan(5);
      expect(await findsMessages(bob, 'buoy')).toEqual([first.id]);
      expect(await findsMessages(bob, 'anchor two')).toEqual([second.id]);
      expect(await finds(bob, 'searchUsers', ann.person.handle)).toEqual([ann.userId]);
      expect(await finds(bob, 'searchConversations', 'harbour')).toEqual([group]);
      await searchConverges(bob, group, { count: 40, limit: 30_000 });
      expect(await parleyTool(parley.dataDir, 'search', 'reindex', 'people')).toMatchObject({ code: 0 });
      await say(bob, direct, 'after all of it');
      await searchConverges(ann, direct);
    },
    120_000,
  );

  story('the tool says how it is used, and what there is to build anew', async ({ parley }) => {
    const tool = (...args: string[]) => parleyTool(parley.dataDir, 'search', 'reindex', ...args);
    const { code, printed } = await tool('--help');
    expect([code, printed.split('\n')[0]]).toEqual([0, expect.stringContaining('Search: builds the index anew')]);
    expect(await tool('letters')).toEqual({
      code: 1,
      printed: 'There is no index of letters; there are messages, people, conversations.\n',
    });
    expect(await tool('people', 'messages')).toMatchObject({ code: 1 });
  });
}
