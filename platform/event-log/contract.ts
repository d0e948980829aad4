import { afterEach, describe, expect, test } from '@jest/globals';
import { topics } from '../../schema/events.js';
import { newUuid, randomBucket } from '../ids/ids.js';
import { eventually } from '../../tests/wait-for.js';
import type { EventLog, LogRecord, StoredRecord } from './port.js';

const both = [topics.conversation, topics.user];

/**
 * What every adapter of the port does. `open` gives a new client, as another process would have, of one and the same log.
 * The log may hold records of earlier tests: each looks at keys of its own.
 */
export function eventLogContract(name: string, open: () => Promise<EventLog>): void {
  describe(`event log, ${name}`, () => {
    const opened: EventLog[] = [];
    const openLog = async () => {
      const log = await open();
      opened.push(log);
      return log;
    };
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((log) => log.close()));
    });

    const newGroup = () => `group-${newUuid(0)}`;
    const newKeys = (count: number) => Array.from({ length: count }, () => newUuid(randomBucket()));
    const record = (key: string, value: string | number, topic: string = topics.conversation): LogRecord => ({
      topic,
      key,
      value: String(value),
    });

    /** Takes what concerns these keys into `seen`, by key. */
    function collect(
      log: EventLog,
      group: string,
      keys: string[],
      options: { maxBatch?: number; topics?: string[]; before?: (records: StoredRecord[]) => Promise<void> } = {},
    ) {
      const seen = new Map<string, string[]>(keys.map((key) => [key, []]));
      const consumer = log.consume({
        group,
        topics: options.topics ?? both,
        maxBatch: options.maxBatch ?? 50,
        handle: async (records) => {
          await options.before?.(records);
          for (const each of records) seen.get(each.key)?.push(each.value);
        },
      });
      return { seen, consumer, count: () => [...seen.values()].flat().length };
    }

    test('hands over the records of each key in the order appended, of all topics asked for', async () => {
      const log = await openLog();
      const keys = newKeys(6);
      const { seen, consumer, count } = collect(log, newGroup(), keys, { maxBatch: 7 });
      await consumer;
      for (let i = 0; i < 20; i++) await log.append(keys.map((key, k) => record(key, i, both[k % 2])));
      await eventually(async () => expect(count()).toBe(120));
      for (const values of seen.values()) expect(values).toEqual(Array.from({ length: 20 }, (_, i) => String(i)));
    });

    test('keeps records whole: topic, key, any text, and positions that grow', async () => {
      const log = await openLog();
      const [key = ''] = newKeys(1);
      const texts = ['{"a":"\\u0000"}', '„ünïcödé“ 👩‍👩‍👧 \\ " \' {} ,', '', 'x'.repeat(300_000)];
      const stored: StoredRecord[] = [];
      await log.consume({
        group: newGroup(),
        topics: both,
        maxBatch: 2,
        handle: async (records) => void stored.push(...records.filter((each) => each.key === key)),
      });
      await log.append(texts.map((text) => record(key, text)));
      await eventually(async () => expect(stored).toHaveLength(texts.length));
      expect(stored.map(({ topic, value }) => [topic, value])).toEqual(
        texts.map((text) => [topics.conversation, text]),
      );
      expect(new Set(stored.map((each) => each.partition)).size).toBe(1);
      for (const [i, each] of stored.slice(1).entries()) expect(each.position > stored[i]!.position).toBe(true);
    });

    test('never hands over more than maxBatch, nor records of two partitions at once', async () => {
      const log = await openLog();
      const keys = newKeys(20);
      const sizes: number[] = [];
      const { count, consumer } = collect(log, newGroup(), keys, {
        maxBatch: 5,
        before: async (records) => {
          sizes.push(records.length);
          expect(new Set(records.map((each) => each.partition)).size).toBe(1);
        },
      });
      await consumer;
      await log.append(keys.map((key, i) => record(key, i)));
      await eventually(async () => expect(count()).toBe(20));
      expect(Math.max(...sizes)).toBeLessThanOrEqual(5);
    });

    test('a topic that was not asked for does not come', async () => {
      const log = await openLog();
      const keys = newKeys(2);
      const { seen, consumer } = collect(log, newGroup(), keys, { topics: [topics.user] });
      await consumer;
      await log.append([record(keys[0]!, 'other'), record(keys[1]!, 'asked', topics.user)]);
      await eventually(async () => expect(seen.get(keys[1]!)).toEqual(['asked']));
      expect(seen.get(keys[0]!)).toEqual([]);
    });

    test('a handler that throws gets the same records again, in order, and nothing is lost', async () => {
      const log = await openLog();
      const keys = newKeys(3);
      let failures = 0;
      const { seen, consumer, count } = collect(log, newGroup(), keys, {
        maxBatch: 4,
        before: async (records) => {
          if (records.some((each) => keys.includes(each.key)) && failures < 3) {
            failures++;
            throw new Error('not now');
          }
        },
      });
      await consumer;
      for (let i = 0; i < 5; i++) await log.append(keys.map((key) => record(key, i)));
      await eventually(async () => expect(count()).toBe(15));
      expect(failures).toBe(3);
      for (const values of seen.values()) expect(values).toEqual(['0', '1', '2', '3', '4']);
    });

    test('a consumer that stops midway is followed by another that misses nothing', async () => {
      const [first, second] = [await openLog(), await openLog()];
      const [group, keys] = [newGroup(), newKeys(4)];
      const one = collect(first, group, keys, { maxBatch: 3 });
      await one.consumer;
      await first.append(Array.from({ length: 80 }, (_, i) => record(keys[i % 4]!, i)));
      await eventually(async () => expect(one.count()).toBeGreaterThan(5));
      await (await one.consumer).stop();
      const before = one.count();
      await second.append(keys.map((key) => record(key, 'late')));
      const two = collect(second, group, keys);
      await two.consumer;
      await eventually(async () => expect(one.count() + two.count()).toBeGreaterThanOrEqual(84));
      expect(one.count()).toBe(before);
      for (const [k, key] of keys.entries()) {
        const values = [...one.seen.get(key)!, ...two.seen.get(key)!];
        expect(values.filter((value, i) => values.indexOf(value) === i)).toEqual([
          ...Array.from({ length: 20 }, (_, i) => String(4 * i + k)),
          'late',
        ]);
      }
    });

    test('stop waits for the handler that runs, and commits what it handled', async () => {
      const log = await openLog();
      const [group, keys] = [newGroup(), newKeys(1)];
      let release: () => void = () => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      let isHandling = false;
      const one = collect(log, group, keys, {
        before: async (records) => {
          if (!records.some((each) => keys.includes(each.key))) return;
          isHandling = true;
          await released;
        },
      });
      await one.consumer;
      await log.append([record(keys[0]!, 'a')]);
      await eventually(async () => expect(isHandling).toBe(true));
      let isStopped = false;
      const stopping = (await one.consumer).stop().then(() => (isStopped = true));
      await new Promise((resolve) => setImmediate(resolve));
      expect(isStopped).toBe(false);
      release();
      await stopping;
      expect(one.count()).toBe(1);
      const two = collect(log, group, keys);
      await two.consumer;
      await log.append([record(keys[0]!, 'b')]);
      await eventually(async () => expect(two.seen.get(keys[0]!)).toEqual(['b']));
    });

    test('two members of a group share the records out; each comes to one of them', async () => {
      const [first, second] = [await openLog(), await openLog()];
      const [group, keys] = [newGroup(), newKeys(12)];
      const [one, two] = [collect(first, group, keys), collect(second, group, keys)];
      await Promise.all([one.consumer, two.consumer]);
      for (let i = 0; i < 10; i++) await first.append(keys.map((key) => record(key, i)));
      await eventually(async () => expect(one.count() + two.count()).toBe(120));
    });

    test('each group sees all, and a new one starts at the oldest record', async () => {
      const log = await openLog();
      const keys = newKeys(3);
      await log.append(keys.map((key) => record(key, 'early')));
      const [one, two] = [collect(log, newGroup(), keys), collect(log, newGroup(), keys)];
      await Promise.all([one.consumer, two.consumer]);
      await log.append(keys.map((key) => record(key, 'late')));
      for (const group of [one, two])
        await eventually(async () =>
          expect([...group.seen.values()]).toEqual([
            ['early', 'late'],
            ['early', 'late'],
            ['early', 'late'],
          ]),
        );
    });

    test('who gives records time gets them within it', async () => {
      const log = await openLog();
      const keys = newKeys(2);
      const seen: string[] = [];
      await log.consume({
        group: newGroup(),
        topics: both,
        maxBatch: 50,
        withinMs: 30,
        handle: async (records) =>
          void seen.push(...records.filter(({ key }) => keys.includes(key)).map(({ value }) => value)),
      });
      for (let i = 0; i < 10; i++) await log.append([record(keys[0]!, i)]);
      await eventually(async () => expect(seen).toEqual(Array.from({ length: 10 }, (_, i) => String(i))));
    });

    test('concurrent appenders lose nothing, and each one keeps its order', async () => {
      const logs = [await openLog(), await openLog(), await openLog()];
      const keys = newKeys(3);
      const { seen, consumer, count } = collect(logs[0]!, newGroup(), keys, { maxBatch: 10 });
      await consumer;
      await Promise.all(
        logs.map(async (log, w) => {
          for (let i = 0; i < 40; i++)
            await log.append([record(keys[w]!, i), record(keys[(w + 1) % 3]!, `from ${w}: ${i}`)]);
        }),
      );
      await eventually(async () => expect(count()).toBe(240));
      for (const key of keys)
        expect(seen.get(key)!.filter((value) => !value.startsWith('from'))).toEqual(
          Array.from({ length: 40 }, (_, i) => String(i)),
        );
    });

    test('tells how far a group is behind, per topic', async () => {
      const log = await openLog();
      const [group, keys] = [newGroup(), newKeys(3)];
      const consumer = await collect(log, group, []).consumer;
      await eventually(async () =>
        expect(await log.lag(group)).toEqual({ [topics.conversation]: 0, [topics.user]: 0 }),
      );
      await consumer.stop();
      await log.append([...keys.map((key) => record(key, 'x')), record(keys[0]!, 'y', topics.user)]);
      expect(await log.lag(group)).toEqual({ [topics.conversation]: 3, [topics.user]: 1 });
    });
  });
}
