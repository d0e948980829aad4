import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { RedisEphemeral } from '../../platform/ephemeral/redis.js';
import { RedisPubSub } from '../../platform/pubsub/redis.js';
import { openRedis, type RedisConnections } from '../../platform/redis/connection.js';
import { createLog, silentLog } from '../../platform/telemetry/log.js';
import { eventually, waitFor } from '../wait-for.js';
import { redisCli, startRedis, type RedisServers } from './servers/redis.js';

jest.setTimeout(60_000);
/** What a command may take where Redis is away; and what a busy machine adds. */
const BOUND_MS = 2_000 + 500;

describe.each([['a server'], ['a Cluster of three']])('on %s', (kind) => {
  let servers: RedisServers;
  let redis: RedisConnections;
  let store: RedisEphemeral;
  let pubsub: RedisPubSub;
  const lines: string[] = [];
  const log = createLog('warn', { write: (line) => void lines.push(line) });
  beforeAll(async () => {
    servers = await startRedis({ cluster: kind !== 'a server' });
    redis = openRedis({ url: servers.url, log: silentLog() });
    [store, pubsub] = [new RedisEphemeral(redis), new RedisPubSub(redis, log)];
    await redis.connected();
  });
  afterAll(async () => {
    await pubsub.close();
    await redis.close();
    await servers.stop();
  });

  /** Channels enough to lie on every node. */
  const names = Array.from({ length: 12 }, (_, i) => `channel-${i}`);
  let seen: string[];
  let gaps: string[];
  let unsubscribe: (() => Promise<void>)[];
  beforeEach(async () => {
    [seen, gaps] = [[], []];
    unsubscribe = await Promise.all(
      names.map((name) =>
        pubsub.subscribe(
          name,
          (message) => void seen.push(`${name} ${message}`),
          () => void gaps.push(name),
        ),
      ),
    );
  });
  /** Channels that were lost, by what the log says. */
  const lost = () =>
    lines.map((line) => JSON.parse(line) as { channels?: number }).reduce((sum, { channels = 0 }) => sum + channels, 0);
  const allOf = (message: string) => names.map((name) => `${name} ${message}`).sort();
  async function publishToAll(message: string): Promise<void> {
    await Promise.all(names.map((name) => eventually(() => pubsub.publish(name, message))));
  }
  async function arrives(message: string): Promise<void> {
    await waitFor(
      'every channel brings it',
      () => seen.length >= names.length,
      5_000,
      () => seen,
    );
    expect([...seen].sort()).toEqual(allOf(message));
    seen = [];
  }
  async function failsInTime(work: () => Promise<unknown>): Promise<void> {
    const from = performance.now();
    await expect(work()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(performance.now() - from).toBeLessThan(BOUND_MS);
  }

  test('killed and restarted: commands fail in time, then work; each subscription hears of one gap and lives on', async () => {
    await store.set('a', 'kept', 60_000);
    await publishToAll('before');
    await arrives('before');
    const underWay = Array.from({ length: 50 }, (_, i) =>
      store.set(`k${i}`, 'x', 60_000).catch((error: unknown) => error),
    );
    await servers.kill();
    for (const outcome of await Promise.all(underWay))
      if (outcome !== undefined) expect(outcome).toMatchObject({ code: 'UNAVAILABLE' });
    await failsInTime(() => store.get('a'));
    await failsInTime(() => store.addMember('s', 'x', 1_000));
    await failsInTime(() => store.getMany(['a', 'b']));
    await failsInTime(() => pubsub.publish(names[0]!, 'lost'));
    await failsInTime(() =>
      pubsub.subscribe(
        'new',
        () => undefined,
        () => undefined,
      ),
    );
    expect(gaps).toEqual([]);

    await servers.restart();
    await waitFor(
      'each has heard of the gap',
      () => gaps.length >= names.length,
      20_000,
      () => gaps,
    );
    expect(await eventually(() => store.get('a'))).toBeNull();
    await publishToAll('after');
    await arrives('after');
    expect([...gaps].sort()).toEqual([...names].sort());
    await Promise.all(unsubscribe.map((each) => each()));
  });

  test('hung: commands fail in time and subscribers hear of the gap; all works when it goes on', async () => {
    const pids = servers.pids();
    lines.length = 0;
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    await failsInTime(() => store.get('a'));
    await failsInTime(() => pubsub.publish(names[0]!, 'lost'));
    await failsInTime(() => store.set('a', 'b', 60_000));
    // On each node by itself: one that goes on before has missed nothing.
    await waitFor(
      'silence is noticed on every node',
      () => lost() >= names.length,
      20_000,
      () => lines,
    );
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    await eventually(() => store.set('a', 'again', 60_000), 20_000);
    expect(await eventually(() => store.get('a'))).toBe('again');
    await waitFor(
      'each has heard of the gap',
      () => gaps.length >= names.length,
      20_000,
      () => gaps,
    );
    await publishToAll('after');
    await arrives('after');
    await Promise.all(unsubscribe.map((each) => each()));
  });

  test('only the connections broken: the gap is reported, and nothing comes twice', async () => {
    for (const port of servers.ports) redisCli(port, 'client', 'kill', 'type', 'pubsub');
    await waitFor(
      'each has heard of the gap',
      () => gaps.length >= names.length,
      20_000,
      () => gaps,
    );
    await publishToAll('after');
    await arrives('after');
    await Promise.all(unsubscribe.map((each) => each()));
    await publishToAll('nobody listens');
    expect(seen).toEqual([]);
    expect([...gaps].sort()).toEqual([...names].sort());
  });

  test('FLUSHALL empties the store; scripts and subscriptions go on', async () => {
    await store.set('a', '1', 60_000);
    await store.addMember('s', 'x', 60_000);
    for (const port of servers.ports) redisCli(port, 'flushall');
    for (const port of servers.ports) redisCli(port, 'script', 'flush');
    expect(await store.getMany(['a'])).toEqual([null]);
    expect(await store.members(['s'])).toEqual([[]]);
    expect(await store.addMember('s', 'x', 60_000)).toBe(true);
    await publishToAll('after');
    await arrives('after');
    expect(gaps).toEqual([]);
    await Promise.all(unsubscribe.map((each) => each()));
  });

  test('a subscriber that takes its time, or fails later, holds nobody up', async () => {
    const slow = async () => {
      await new Promise((resolve) => setTimeout(resolve, 1_000).unref());
      throw new Error('late');
    };
    const stop = await Promise.all(names.map((name) => pubsub.subscribe(name, slow as never, () => undefined)));
    const from = performance.now();
    await publishToAll('1');
    await arrives('1');
    expect(performance.now() - from).toBeLessThan(900);
    await Promise.all([...unsubscribe, ...stop].map((each) => each()));
  });
});

test('a slot that moves to another node takes its channels along, with a gap', async () => {
  const servers = await startRedis({ cluster: true });
  const redis = openRedis({ url: servers.url, log: silentLog() });
  const pubsub = new RedisPubSub(redis, silentLog());
  try {
    await redis.connected();
    const seen: string[] = [];
    let gaps = 0;
    await pubsub.subscribe(
      'moving',
      (message) => void seen.push(message),
      () => void gaps++,
    );
    const [first] = servers.ports;
    const slot = redisCli(first!, 'cluster', 'keyslot', '0/moving');
    const id = (port: number) => redisCli(port, 'cluster', 'myid');
    const owner = servers.ports.find((port) => redisCli(port, 'pubsub', 'shardchannels') === '0/moving')!;
    const target = servers.ports.find((port) => port !== owner)!;
    redisCli(target, 'cluster', 'setslot', slot, 'importing', id(owner));
    redisCli(owner, 'cluster', 'setslot', slot, 'migrating', id(target));
    for (const port of [target, owner]) redisCli(port, 'cluster', 'setslot', slot, 'node', id(target));
    await waitFor('the gap is reported', () => gaps > 0, 20_000);
    await eventually(() => pubsub.publish('moving', 'there'));
    await waitFor('the message arrives', () => seen.length > 0);
    expect(seen).toEqual(['there']);
    expect(redisCli(target, 'pubsub', 'shardchannels')).toBe('0/moving');
  } finally {
    await pubsub.close();
    await redis.close();
    await servers.stop();
  }
});

test('two databases of one server keep their keys and their channels apart', async () => {
  const servers = await startRedis();
  const [one, two] = ['', '/1'].map((database) => openRedis({ url: servers.url + database, log: silentLog() }));
  const [here, there] = [new RedisPubSub(one!, silentLog()), new RedisPubSub(two!, silentLog())];
  try {
    const seen: string[] = [];
    await here.subscribe(
      'a',
      (message) => void seen.push(`here ${message}`),
      () => undefined,
    );
    await there.subscribe(
      'a',
      (message) => void seen.push(`there ${message}`),
      () => undefined,
    );
    await here.publish('a', '1');
    await there.publish('a', '2');
    await waitFor('both have theirs', () => seen.length >= 2);
    expect(seen.sort()).toEqual(['here 1', 'there 2']);
    await new RedisEphemeral(one!).set('k', 'x', 60_000);
    expect(await new RedisEphemeral(two!).get('k')).toBeNull();
  } finally {
    await Promise.all([here.close(), there.close()]);
    await Promise.all([one!.close(), two!.close()]);
    await servers.stop();
  }
});
