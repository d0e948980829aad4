import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { topics, type EventOf } from '../../schema/events.js';
import { waitFor } from '../../tests/wait-for.js';
import type { LogRecord } from '../event-log/port.js';
import { newUuid } from '../ids/ids.js';
import { silentLog } from '../telemetry/log.js';
import { DeadLetters } from './dead-letters.js';
import { defineWorker, type EventDefinition } from './define-worker.js';
import { EmbeddedStage, MemoryStage, type Process, type Stage } from './stages.fixture.js';

type Created = EventOf<'ConversationCreated'>;
const created = (conversationId: string, version: number): Created => ({
  type: 'ConversationCreated',
  version: 1,
  id: newUuid(0),
  at: new Date().toISOString(),
  traceparent: null,
  conversationId,
  conversationVersion: version,
  kind: 'GROUP',
  createdBy: newUuid(0),
});
const toRecord = (event: object, key = (event as Created).conversationId): LogRecord => ({
  topic: topics.conversation,
  key,
  value: JSON.stringify(event),
});
const versions = (key: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => toRecord(created(key, from + i)));

/** As the real ones, but quick. */
const retry = { inPlace: 1, firstPauseMs: 2, longestPauseMs: 5, attemptMs: 150, parkedMs: [15, 15, 15], lookMs: 50 };
/** Calls until it is a dead letter: in place, then after each pause. */
const CALLS = 2 + 3;

describe.each([
  ['in memory', () => Promise.resolve<Stage>(new MemoryStage())],
  ['the embedded log', (): Promise<Stage> => EmbeddedStage.open()],
])('%s', (_, open) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await open();
  });
  afterAll(() => stage.close());
  const processes: Process[] = [];
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((each) => each.stop()));
    await stage.clear();
    names++;
  });

  let registry: Registry;
  let names = 0;
  type Handle = (event: Created, signal: AbortSignal) => Promise<void> | void;
  const single = (handle: Handle, more: Partial<EventDefinition<'ConversationCreated'>> = {}) =>
    defineWorker({
      name: `w${names}`,
      events: ['ConversationCreated'],
      concurrency: 4,
      retry,
      handle: async (event, signal) => handle(event, signal),
      ...more,
    });
  const batch = (handle: (events: Created[]) => void) =>
    defineWorker({
      name: `w${names}`,
      events: ['ConversationCreated'],
      batch: { size: 20 },
      retry,
      handle: async (events) => handle(events),
    });
  async function start(worker: ReturnType<typeof defineWorker>, again = false): Promise<Process> {
    if (!again) registry = new Registry();
    const process = await stage.start(worker, { log: silentLog(), registry });
    processes.push(process);
    return process;
  }
  const keys = () => [newUuid(0), newUuid(0)] as [string, string];
  const metric = async (name: string) => {
    const { values } = await registry.getSingleMetric(name)!.get();
    return values.find(({ labels }) => labels.worker === `w${names}`)?.value;
  };
  const letters = () => new DeadLetters(stage.kept);
  const dead = async () => {
    const all = [];
    for await (const letter of letters().all(`w${names}`)) all.push(letter);
    return all;
  };
  const parked = async () =>
    (await stage.kept.topics())
      .filter(({ topic }) => topic.endsWith(`.w${names}.retry`))
      .reduce((n, t) => n + t.count, 0);

  test('an event that always fails is a dead letter with its error; the events behind it come in order, others never wait', async () => {
    const [bad, good] = keys();
    const seen: string[] = [];
    let calls = 0;
    let died: [number, string] | null = null;
    let otherAt = 0;
    await start(
      single(
        (event) => {
          if (event.conversationId === good) {
            if (event.conversationVersion === 3) otherAt = calls;
            return;
          }
          if (event.conversationVersion === 1) {
            calls++;
            throw new Error('never');
          }
          seen.push(`${event.conversationVersion} after ${calls}`);
        },
        { onDead: async (event, error) => void (died = [event.conversationVersion, error.message]) },
      ),
    );
    await stage.append([...versions(bad, 1, 2), ...versions(good, 1, 3)]);
    await waitFor('the other key went on', () => otherAt > 0);
    expect(otherAt).toBeLessThanOrEqual(2);
    await stage.append(versions(bad, 3, 4));
    await waitFor('it is dead, and the others came', async () => (await dead()).length === 1 && seen.length === 3);
    expect(calls).toBe(CALLS);
    expect(seen).toEqual([`2 after ${CALLS}`, `3 after ${CALLS}`, `4 after ${CALLS}`]);
    expect(died).toEqual([1, 'never']);
    const [letter] = await dead();
    expect(letter).toMatchObject({ worker: `w${names}`, topic: topics.conversation, key: bad });
    expect(letter!.letter).toMatchObject({ attempts: CALLS, error: { message: 'never' } });
    expect(letter!.letter.error!.stack).toContain('parking.test');
    expect(JSON.parse(letter!.letter.value)).toMatchObject({ conversationVersion: 1 });
    expect(Date.parse(letter!.letter.lastFailedAt!)).toBeGreaterThan(Date.parse(letter!.letter.firstFailedAt!));
    await waitFor('nothing is parked', async () => (await parked()) === 0 && (await metric('worker_parked')) === 0);
    expect([await metric('worker_failures_total'), await metric('worker_dead_letters_total')]).toEqual([CALLS, 1]);
  });

  test('an event that fails in place and twice more is handled in the end, once, and its key goes on at once', async () => {
    const [key] = keys();
    const seen: number[] = [];
    let left = 4;
    await start(
      single(({ conversationVersion }) => {
        if (conversationVersion === 1 && left-- > 0) throw new Error('not now');
        seen.push(conversationVersion);
      }),
    );
    await stage.append(versions(key, 1, 3));
    await waitFor('all came', () => seen.length === 3);
    await waitFor('nothing is parked', async () => (await parked()) === 0);
    await stage.append(versions(key, 4, 4));
    await waitFor('the next', () => seen.length === 4);
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(await dead()).toEqual([]);
  });

  test('a handler that hangs is told so, counts as failed, and keeps no other key from going on', async () => {
    const [bad, good] = keys();
    let isAborted = false;
    let calls = 0;
    let goods = 0;
    await start(
      single(async ({ conversationId }, signal) => {
        if (conversationId === good) return void goods++;
        calls++;
        signal.addEventListener('abort', () => (isAborted = true));
        await new Promise(() => undefined);
      }),
    );
    await stage.append([...versions(bad, 1, 1), ...versions(good, 1, 5)]);
    await waitFor('it is dead', async () => (await dead()).length === 1);
    expect([isAborted, calls, goods]).toEqual([true, 1 + 3, 5]); // not again in place
    expect((await dead())[0]!.letter.error!.message).toBe('The handler did not end within 150 ms.');
  });

  test.each([
    ['an unknown type', { type: 'MessageSung' }, /type that is known here: "MessageSung"/],
    ['an unknown version', { version: 2 }, /ConversationCreated as it is known here \(version 2\)/],
    ['a field that is not what the schema says', { conversationVersion: 0 }, /conversationVersion/],
    ['no JSON', 'nonsense', /not JSON/],
    ['JSON that is no object', 'null', /it names none/],
  ])('%s is a dead letter at once, with the reason, and nothing waits', async (__, change, reason) => {
    const [key] = keys();
    const seen: number[] = [];
    await start(single(({ conversationVersion }) => void seen.push(conversationVersion)));
    const bad =
      typeof change === 'string'
        ? { ...toRecord(created(key, 1)), value: change }
        : toRecord({ ...created(key, 1), ...change }, key);
    await stage.append([bad, ...versions(key, 2, 2)]);
    await waitFor('the next came', () => seen.length === 1);
    await waitFor('it is dead', async () => (await dead()).length === 1);
    expect((await dead())[0]!.letter.error!.message).toMatch(reason);
    expect((await dead())[0]!.letter.value).toBe(bad.value);
    expect(await metric('worker_dead_letters_total')).toBe(1);
  });

  test('one poison event of a batch parks no neighbour; those of its key follow it in order', async () => {
    const [bad, good] = keys();
    const seen: string[] = [];
    let calls = 0;
    await start(
      batch((events) => {
        if (events.some((each) => each.conversationId === bad && each.conversationVersion === 2)) {
          calls++;
          throw new Error('poison');
        }
        seen.push(
          ...events.map((each) => `${each.conversationId === bad ? 'bad' : 'good'} ${each.conversationVersion}`),
        );
      }),
    );
    await stage.append([...versions(bad, 1, 4), ...versions(good, 1, 3)]);
    await waitFor('it is dead', async () => (await dead()).length === 1);
    await waitFor('the rest came', () => seen.includes('bad 4'));
    const unique = [...new Set(seen)];
    expect(unique.filter((each) => each.startsWith('bad'))).toEqual(['bad 1', 'bad 3', 'bad 4']);
    expect(unique.filter((each) => each.startsWith('good'))).toEqual(['good 1', 'good 2', 'good 3']);
    expect(unique.indexOf('good 3')).toBeLessThan(unique.indexOf('bad 3'));
    expect((await dead())[0]!.letter.attempts).toBe(calls);
  });

  test('a worker that takes any order goes on with the key', async () => {
    const [key] = keys();
    const seen: number[] = [];
    let isBroken = true;
    await start(
      single(
        ({ conversationVersion }) => {
          if (conversationVersion === 1 && isBroken) throw new Error('not now');
          seen.push(conversationVersion);
        },
        { anyOrder: true, retry: { ...retry, parkedMs: Array.from({ length: 200 }, () => 10) } },
      ),
    );
    await stage.append(versions(key, 1, 3));
    await waitFor('the later ones came', () => seen.length === 2);
    await stage.append(versions(key, 4, 4));
    await waitFor('the next, too', () => seen.length === 3);
    expect(await parked()).toBe(1);
    isBroken = false;
    await waitFor('the first', () => seen.length === 4);
    expect(seen).toEqual([2, 3, 4, 1]);
    await waitFor('nothing is parked', async () => (await parked()) === 0);
  });

  test('replay hands dead letters over again, in order, and once; discard forgets one', async () => {
    const [key] = keys();
    const seen: number[] = [];
    let isBroken = true;
    await start(
      single(({ conversationVersion }) => {
        if (isBroken && conversationVersion < 4) throw new Error('bug');
        seen.push(conversationVersion);
      }),
    );
    await stage.append(versions(key, 1, 4));
    await waitFor('three are dead', async () => (await dead()).length === 3 && seen.length === 1);
    isBroken = false;
    const [first, second, third] = await dead();
    expect(await letters().discard(second!.id)).toBe(true);
    expect(await letters().discard(second!.id)).toBe(false);
    expect(await letters().replay(second!.id)).toBe(false);
    expect(await letters().find(second!.id)).toBeNull();
    expect(await letters().find('w/nothing/of/7')).toBeNull();
    expect(await letters().find('nonsense')).toBeNull();
    for (const { id } of [first!, third!]) expect(await letters().replay(id)).toBe(true);
    await stage.append(versions(key, 5, 5));
    await waitFor('they came', () => seen.length === 4);
    expect(seen.filter((version) => version < 4)).toEqual([1, 3]);
    await waitFor('all is gone', async () => (await parked()) === 0 && (await dead()).length === 0);
    expect(seen.filter((version) => version >= 4)).toEqual([4, 5]);
  });

  test('onDead is repeated until it succeeds, also by the next process', async () => {
    const [key] = keys();
    const told: string[] = [];
    const worker = (succeeds: boolean) =>
      single(
        () => {
          throw new Error('never');
        },
        {
          onDead: async ({ conversationVersion }) => {
            told.push(`${conversationVersion} ${succeeds}`);
            if (!succeeds) throw new Error('cannot tell');
          },
        },
      );
    const first = await start(worker(false));
    await stage.append(versions(key, 1, 1));
    await waitFor('it was tried', () => told.length >= 1);
    expect(await dead()).toEqual([]);
    first.crash();
    const failures = await metric('worker_failures_total');
    await start(worker(true), true);
    await waitFor('it is dead', async () => (await dead()).length === 1);
    expect(told.at(-1)).toBe('1 true');
    expect(await metric('worker_failures_total')).toBe(failures); // not tried again
  });

  test('a process that starts knows what is parked before it takes the first event', async () => {
    const [key] = keys();
    const seen: number[] = [];
    let isBroken = true;
    const worker = () =>
      single(
        ({ conversationVersion }) => {
          if (conversationVersion === 1 && isBroken) throw new Error('not now');
          seen.push(conversationVersion);
        },
        { retry: { ...retry, parkedMs: [600], lookMs: 60_000 } },
      );
    const first = await start(worker());
    await stage.append(versions(key, 1, 1));
    await waitFor('it is parked', async () => (await parked()) === 1);
    first.crash();
    isBroken = false;
    await stage.append(versions(key, 2, 2));
    await start(worker(), true);
    await waitFor('both came', () => seen.length === 2);
    expect(seen).toEqual([1, 2]);
  });

  test('what was finished before its key was parked is not handled after it, though it comes again', async () => {
    const [key] = keys();
    const seen: number[] = [];
    let left = 3;
    let isAlive = true;
    const make = (lives: () => boolean) =>
      single(async ({ conversationVersion }) => {
        if (!lives()) await new Promise(() => undefined);
        if (conversationVersion === 2 && left-- > 0) throw new Error('not now');
        seen.push(conversationVersion);
      });
    const first = await start(make(() => isAlive));
    first.crashAt(1, 'after', () => (isAlive = false));
    await stage.append(versions(key, 1, 3));
    await waitFor('it crashed before it could commit', () => !isAlive);
    expect(seen).toEqual([1]);
    await start(
      make(() => true),
      true,
    );
    await waitFor('all came', () => seen.includes(3));
    await waitFor('nothing is parked', async () => (await parked()) === 0);
    expect(seen).toEqual([1, 2, 3]);
  });

  test('a replay waits while an event of its key is being handled, and later ones wait for it', async () => {
    const [key] = keys();
    const seen: number[] = [];
    let [isBroken, running, most] = [true, 0, 0];
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    await start(
      single(
        async ({ conversationVersion: version }) => {
          if (version === 1 && isBroken) throw new Error('bug');
          most = Math.max(most, ++running);
          if (version === 2) await released;
          seen.push(version);
          running--;
        },
        { retry: { ...retry, attemptMs: 20_000 } },
      ),
    );
    await stage.append(versions(key, 1, 1));
    await waitFor('it is dead', async () => (await dead()).length === 1);
    isBroken = false;
    await stage.append(versions(key, 2, 3));
    await waitFor('the second is under way', () => running === 1);
    const before = (await metric('worker_parked'))!; // those two, should they have come before the dead one's lane was closed
    await letters().replay((await dead())[0]!.id);
    await waitFor('the replay is noticed', async () => (await metric('worker_parked')) === before + 1);
    expect(running).toBe(1);
    release();
    await waitFor('all came', () => seen.length === 3);
    expect(seen).toEqual([2, 1, 3]);
    expect(most).toBe(1);
  });

  const steps = Array.from({ length: 8 }, (__, i) => i + 1).flatMap((n) => [
    [n, 'before'] as const,
    [n, 'after'] as const,
  ]);
  test.each(steps)(
    'killed at its change %i of what is kept, %s it: the order stays, nothing is lost',
    async (n, when) => {
      const [bad, good] = keys();
      const done = new Map<string, Set<number>>([
        [bad, new Set()],
        [good, new Set()],
      ]);
      let tries = 0;
      const outOfOrder: string[] = [];
      const make = (isAlive: () => boolean) =>
        single(async ({ conversationId, conversationVersion: version }) => {
          if (!isAlive()) await new Promise(() => undefined);
          if (conversationId === bad && version === 2 && tries++ < 4) throw new Error('not now');
          if (conversationId === bad && version === 4) throw new Error('never');
          const seen = done.get(conversationId)!;
          for (let earlier = 1; earlier < version; earlier++)
            if (!seen.has(earlier) && !(conversationId === bad && earlier === 4))
              outOfOrder.push(`${version}: no ${earlier}`);
          seen.add(version);
        });
      let isAlive = true;
      const first = await start(make(() => isAlive));
      first.crashAt(n, when, () => (isAlive = false));
      for (let version = 1; version <= 6; version++)
        await stage.append([...versions(bad, version, version), ...versions(good, version, version)]);
      const isDone = async () =>
        done.get(bad)!.size === 5 &&
        done.get(good)!.size === 6 &&
        (await dead()).length === 1 &&
        (await parked()) === 0;
      await waitFor('it is dead or done', async () => !isAlive || (await isDone()));
      first.crash();
      isAlive = false;
      await start(
        make(() => true),
        true,
      );
      await waitFor('all is done', isDone, 10_000, () => [...done.values()].map((each) => [...each]));
      expect(outOfOrder).toEqual([]);
    },
  );
});
