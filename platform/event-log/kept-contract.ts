import { describe, expect, test } from '@jest/globals';
import { newUuid } from '../ids/ids.js';
import type { KeptRecord, KeptTopics } from './port.js';

/** What the kept topics of every adapter do. `open` gives those of a log that has `partition`. */
export function keptTopicsContract(name: string, partition: string, open: () => Promise<KeptTopics>): void {
  describe(`kept topics, ${name}`, () => {
    const newTopic = () => `source.${newUuid(0)}.dlq`;
    const record = (topic: string, position: number, more: Partial<KeptRecord> = {}): KeptRecord => ({
      topic,
      partition,
      position: BigInt(position),
      key: newUuid(0),
      value: String(position),
      dueAt: 1_800_000_000_000 + position,
      ...more,
    });
    const valuesOf = (records: KeptRecord[]) => records.map(({ value }) => value);

    test('keeps records whole, in the order of positions, whatever the order they came in', async () => {
      const [kept, topic] = [await open(), newTopic()];
      const records = [record(topic, 7, { value: '„\\u0000“ {}' }), record(topic, 3), record(topic, 5)];
      await kept.change(partition, { add: records.slice(0, 2) });
      await kept.change(partition, { add: records.slice(2) });
      expect(await kept.read({ partition, topics: [topic], limit: 10 })).toEqual([records[1], records[2], records[0]]);
      expect(await kept.read({ partition, topics: [newTopic()], limit: 10 })).toEqual([]);
    });

    test('an added record leaves one that is there; one that replaces it does not; a removed one is gone', async () => {
      const [kept, topic] = [await open(), newTopic()];
      await kept.change(partition, { add: [record(topic, 1, { value: 'first' })] });
      await kept.change(partition, { add: [record(topic, 1, { value: 'again' }), record(topic, 2)] });
      const read = () => kept.read({ partition, topics: [topic], limit: 10 });
      expect(valuesOf(await read())).toEqual(['first', '2']);
      const replaced = record(topic, 1, { key: (await read())[0]!.key, value: 'new', dueAt: 5_000 });
      await kept.change(partition, { replace: [replaced] });
      expect((await read())[0]).toEqual(replaced);
      await kept.change(partition, { remove: [{ topic, position: 1n }] });
      await kept.change(partition, { remove: [{ topic, position: 1n }] });
      expect(valuesOf(await read())).toEqual(['2']);
    });

    test('tells those who ask at once of their own topics each', async () => {
      const [kept, one, two] = [await open(), newTopic(), newTopic()];
      const records = [record(one, 1), record(two, 2), record(two, 3)];
      await kept.change(partition, { add: records });
      const counts = async (topics: string[]) =>
        Object.fromEntries(
          (await kept.keys(partition, topics)).map(({ key, count, position }) => [key, [count, position]]),
        );
      const [ofOne, ofNone, ofBoth] = await Promise.all([counts([one]), counts([newTopic()]), counts([one, two])]);
      const told = (some: KeptRecord[]) => Object.fromEntries(some.map(({ key, position }) => [key, [1, position]]));
      expect([ofOne, ofNone, ofBoth]).toEqual([told([records[0]!]), {}, told(records)]);
    });

    test('moves a record from one topic to another', async () => {
      const [kept, from, to] = [await open(), newTopic(), newTopic()];
      const first = record(from, 1);
      await kept.change(partition, { add: [first] });
      await kept.change(partition, { add: [{ ...first, topic: to }], remove: [first] });
      expect(await kept.read({ partition, topics: [from], limit: 10 })).toEqual([]);
      expect(await kept.read({ partition, topics: [to, from], limit: 10 })).toEqual([{ ...first, topic: to }]);
    });

    test('pages, over several topics and by key', async () => {
      const [kept, one, two] = [await open(), newTopic(), newTopic()];
      const key = newUuid(0);
      const records = Array.from({ length: 9 }, (_, i) =>
        record(i % 2 ? one : two, i + 1, i % 3 === 0 ? { key } : undefined),
      );
      await kept.change(partition, { add: records });
      const topics = [one, two];
      expect(valuesOf(await kept.read({ partition, topics, limit: 4 }))).toEqual(['1', '2', '3', '4']);
      expect(valuesOf(await kept.read({ partition, topics, after: 4n, limit: 4 }))).toEqual(['5', '6', '7', '8']);
      expect(valuesOf(await kept.read({ partition, topics, key, limit: 10 }))).toEqual(['1', '4', '7']);
      expect(valuesOf(await kept.read({ partition, topics, key, after: 4n, limit: 10 }))).toEqual(['7']);
    });

    test('tells of each key what is first and what is due first, and what there is of each topic', async () => {
      const [kept, topic] = [await open(), newTopic()];
      const [a, b] = [newUuid(0), newUuid(0)];
      await kept.change(partition, {
        add: [
          record(topic, 2, { key: a, dueAt: 9_000 }),
          record(topic, 4, { key: a, dueAt: 7_000 }),
          record(topic, 3, { key: b, dueAt: 8_000 }),
        ],
      });
      const keys = await kept.keys(partition, [topic]);
      expect(keys.sort((x, y) => Number(x.position - y.position))).toEqual([
        { key: a, count: 2, position: 2n, dueAt: 9_000, earliestDueAt: 7_000 },
        { key: b, count: 1, position: 3n, dueAt: 8_000, earliestDueAt: 8_000 },
      ]);
      expect((await kept.topics()).filter((each) => each.topic === topic)).toEqual([{ topic, partition, count: 3 }]);
    });
  });
}
