import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ask, gone, message, nextId, written, type TestedIndex } from './documents.fixture.js';
import type { SearchIndex } from './port.js';

/** A fresh index beside the live one. */
export function rebuildContract(open: () => Promise<TestedIndex>): void {
  describe('rebuilt', () => {
    let tested: TestedIndex;
    let index: SearchIndex;
    /** As in another process, which is not told. */
    let other: SearchIndex;
    beforeEach(async () => {
      tested = await open();
      [index, other] = [await tested.connect(), await tested.connect()];
    });
    afterEach(async () => {
      await Promise.all([index.close(), other.close()]);
      await tested.remove();
    });
    const found = async (text: string) => {
      await tested.settle();
      return (await other.searchMessages(ask(text))).hits.map(({ id }) => id);
    };

    test('has what was put into the fresh one, and what anybody wrote meanwhile', async () => {
      const [stale, kept, edited, late, removed] = ['stale', 'kept', 'edited', 'late', 'removed'].map((body) =>
        message(`${body} word`),
      ) as [ReturnType<typeof message>, ...ReturnType<typeof message>[]] & { length: 5 };
      await index.writeMessages([stale, kept!, edited!, removed!].map((document) => written(document)));
      const rebuild = await index.rebuild('messages');
      await other.writeMessages([written(late!), written({ ...edited!, body: 'changed word' }, 2), gone(removed!, 2)]);
      // Read before the changes, written after.
      await rebuild.writeMessages([written(kept!), written(edited!), written(removed!)]);
      expect((await found('word')).sort()).toEqual([stale, kept!, edited!, late!].map(({ id }) => id).sort());
      await rebuild.swap();
      expect((await found('word')).sort()).toEqual([kept!, edited!, late!].map(({ id }) => id).sort());
      expect(await found('changed')).toEqual([edited!.id]);
      const after = message('after word');
      await other.writeMessages([written(after)]);
      expect(await found('after')).toEqual([after.id]);
    });

    test('loses nothing and finds everything at each moment, under writes and searches', async () => {
      const first = message('steady word');
      await index.writeMessages([written(first)]);
      await tested.settle();
      const source = new Map([[first.id, written(first)]]);
      let isOver = false;
      const write = async (writer: SearchIndex) => {
        for (let i = 0; !isOver; i++) {
          const document = message(`steady word ${i}`);
          source.set(document.id, written(document));
          await writer.writeMessages([written(document)]);
        }
      };
      const misses: number[] = [];
      const search = async () => {
        while (!isOver) {
          const { total } = await other.searchMessages(ask('steady', { first: 1 }));
          if (total === 0) misses.push(total);
        }
      };
      const work = [write(index), write(other), search()];
      for (let round = 0; round < 3; round++) {
        const rebuild = await index.rebuild('messages');
        await rebuild.writeMessages([...source.values()]);
        await rebuild.swap();
      }
      isOver = true;
      await Promise.all(work);
      await tested.settle();
      const { total } = await index.searchMessages(ask('steady', { first: 1 }));
      expect([misses, total]).toEqual([[], source.size]);
    }, 60_000);

    test('is dropped by the next one, and can do no harm then', async () => {
      const [live, fresh] = [message('live word'), message('fresh word')];
      await index.writeMessages([written(live)]);
      const first = await index.rebuild('messages');
      const second = await other.rebuild('messages');
      await expect(first.writeMessages([written(live)])).rejects.toThrow(/another one has begun/);
      await expect(first.swap()).rejects.toThrow(/has begun/);
      await first.drop();
      await second.writeMessages([written(fresh)]);
      expect(await found('word')).toEqual([live.id]);
      await second.swap();
      expect(await found('word')).toEqual([fresh.id]);
      await expect(second.writeMessages([written(live)])).rejects.toThrow(/ended/);
    });

    test('leaves the live one as it is when it is dropped', async () => {
      const live = message('live word');
      await index.writeMessages([written(live)]);
      const rebuild = await index.rebuild('messages');
      await rebuild.writeMessages([written(message('fresh word'))]);
      await rebuild.drop();
      expect(await found('word')).toEqual([live.id]);
      await other.writeMessages([written({ ...live, body: 'newer word' }, 2)]);
      expect(await found('newer')).toEqual([live.id]);
      // What a dropped one left behind is not in the next.
      const next = await index.rebuild('messages');
      await next.swap();
      expect(await found('word')).toEqual([]);
    });

    test('is of one kind alone', async () => {
      const person = { id: nextId(), handle: 'ann', displayName: 'Ann' };
      const room = { id: nextId(), title: 'Room', description: '', isPublic: true };
      await index.writePeople([written(person)]);
      await index.writeConversations([written(room)]);
      await index.writeMessages([written(message('word'))]);
      const rebuild = await index.rebuild('people');
      await rebuild.writePeople([written({ ...person, displayName: 'Zoe' })]);
      await rebuild.swap();
      const rooms = await index.rebuild('conversations');
      await rooms.writeConversations([written({ ...room, title: 'Garden' })]);
      await rooms.swap();
      expect(await found('word')).toHaveLength(1);
      expect((await index.searchPeople({ text: 'zoe', first: 5 })).hits).toHaveLength(1);
      const conversations = await index.searchConversations({ text: 'garden', memberOf: [], first: 5 });
      expect(conversations.hits).toHaveLength(1);
    });
  });
}
