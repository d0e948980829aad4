import { RedisEphemeral } from '../platform/ephemeral/redis.js';
import { RedisPresences } from '../platform/ephemeral/redis-presence.js';
import { RedisPubSub } from '../platform/pubsub/redis.js';
import { openRedis } from '../platform/redis/connection.js';
import { silentLog } from '../platform/telemetry/log.js';

/*
 * node dist/bench/redis.js redis://127.0.0.1:6379
 *
 * What the adapters do on one Redis from one process. It writes and deletes keys of its own: use an empty database.
 */
const url = process.argv[2];
if (!url) {
  console.error('Give the address of an empty Redis: node dist/bench/redis.js redis://127.0.0.1:6379');
  process.exit(1);
}
const [redis, other] = [openRedis({ url, log: silentLog() }), openRedis({ url, log: silentLog() })];
await Promise.all([redis.connected(), other.connected()]);
const [publisher, subscriber] = [new RedisPubSub(redis, silentLog()), new RedisPubSub(other, silentLog())];
const store = new RedisEphemeral(redis);
const presences = new RedisPresences(redis);

await latency();
await throughput('messages of 500 bytes published and received, 100 channels', 50_000, await received());
await throughput('presence touches, 10,000 people', 50_000, (i) =>
  presences.touch({
    userId: `u${i % 10_000}`,
    deviceId: 'phone',
    source: 'router',
    ttlMs: 45_000,
    seed: { isInvisible: false, lastSeenAt: null },
  }),
);
for (let i = 0; i < 100; i++) await store.set(`bench:${i}`, 'x'.repeat(200), 60_000);
const keys = Array.from({ length: 100 }, (_, i) => `bench:${i}`);
await timed('getMany of 100 keys', 500, () => store.getMany(keys));
await timed('sweep of presences, nobody due', 200, () => presences.sweep(2_000));
await Promise.all([publisher.close(), subscriber.close()]);
await Promise.all([redis.close(), other.close()]);

async function latency(): Promise<void> {
  let arrived = () => undefined as void;
  const stop = await subscriber.subscribe(
    'latency',
    () => arrived(),
    () => undefined,
  );
  await timed('publish → receive, one at a time', 2_000, async () => {
    const received = new Promise<void>((resolve) => (arrived = resolve));
    await publisher.publish('latency', 'x');
    await received;
  });
  await stop();
}

/** Publishes one, and ends once its channel has brought one. */
async function received(): Promise<(i: number) => Promise<void>> {
  const waiting = new Map<string, () => void>();
  const names = Array.from({ length: 100 }, (_, i) => `bench-${i}`);
  for (const name of names)
    await subscriber.subscribe(
      name,
      (message) => {
        const id = message.slice(0, message.indexOf(' '));
        waiting.get(id)?.();
        waiting.delete(id);
      },
      () => undefined,
    );
  return async (i) => {
    const done = new Promise<void>((resolve) => waiting.set(String(i), resolve));
    await publisher.publish(names[i % names.length]!, `${i} ${'x'.repeat(490)}`);
    await done;
  };
}

async function throughput(what: string, count: number, work: (i: number) => Promise<unknown>): Promise<void> {
  const from = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: 200 }, lane));
  console.log(`${what}: ${Math.round((count / (performance.now() - from)) * 1_000).toLocaleString('en')}/s`);
}

async function timed(what: string, count: number, work: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const from = performance.now();
    await work();
    times.push(performance.now() - from);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * (count - 1))]!.toFixed(2);
  console.log(`${what}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
}
