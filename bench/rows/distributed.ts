import { Deployment } from '../../tests/services/deployment.js';
import { cpuOf, cpuOfPostgres } from '../cpu.js';
import { Helper } from '../helper.js';
import type { PairResult, PairTask } from '../load/pairs.js';
import { signUp } from '../people.js';
import { round, type Row } from '../report.js';
import { pair, PAIRS } from './send.js';

/**
 * As the row `send`, with each process apart: a router, one of each subgraph, one with the workers, and real Kafka, Redis
 * and Postgres, all on this machine.
 */
export async function sendDistributed(ms: number): Promise<Row[]> {
  const deployment = await Deployment.start({
    routers: 1,
    instances: 1,
    shards: 2,
    isDurable: true,
    environment: { PARLEY_LOG_LEVEL: 'warn' },
  });
  try {
    const url = `${deployment.url}/graphql`;
    const pairs = await pair(url, await signUp(url, 2 * PAIRS));
    const load = Helper.start('pairs');
    try {
      await load.call('connect', { url: url.replace(/^http/, 'ws'), pairs } satisfies PairTask);
      await load.call('run', ms / 2);
      const before = cpuByProcess(deployment);
      const bucketsBefore = await deliveryBuckets(deployment);
      const result = await load.call<PairResult>('run', ms);
      const after = cpuByProcess(deployment);
      const bucketsAfter = await deliveryBuckets(deployment);
      await load.call('close');
      const cpu = Object.fromEntries(
        Object.entries(after).map(([name, us]) => [name, (us - before[name]!) / result.messages]),
      );
      const buckets = bucketsAfter.map(([le, count], index) => [le, count - bucketsBefore[index]![1]] as const);
      return toRows(result, cpu, buckets);
    } finally {
      await load.stop();
    }
  } finally {
    await deployment.remove();
  }
}

/** us since the start of each. */
function cpuByProcess(deployment: Deployment): Record<string, number> {
  const used: Record<string, number> = {};
  for (const { name, process } of deployment.processes.values()) used[name.replace(/-1$/, '')] = cpuOf(process.pid!);
  used.postgres = cpuOfPostgres(deployment.dataDir);
  used.redis = deployment.redis.pids().reduce((sum, pid) => sum + cpuOf(pid), 0);
  if (deployment.kafka) used.kafka = cpuOf(deployment.kafka.pid);
  return used;
}

type Bucket = readonly [le: number, count: number];

/** message_delivery_seconds of the router, cumulative. */
async function deliveryBuckets(deployment: Deployment): Promise<Bucket[]> {
  const text = await (await fetch(`${deployment.process('router-1').adminUrl}/metrics`)).text();
  return [...text.matchAll(/^message_delivery_seconds_bucket\{.*?le="([^"]+)".*?\} (\S+)$/gm)].map(([, le, count]) => [
    le === '+Inf' ? Infinity : Number(le),
    Number(count),
  ]);
}

/** Within its bucket as if spread evenly, in ms: as histogram_quantile of Prometheus. */
function quantile(share: number, buckets: readonly Bucket[]): number {
  const rank = share * (buckets.at(-1)?.[1] ?? 0);
  let [lower, below] = [0, 0];
  for (const [le, count] of buckets) {
    if (count >= rank) {
      if (le === Infinity) return lower * 1_000;
      return (lower + ((le - lower) * (rank - below)) / Math.max(1, count - below)) * 1_000;
    }
    [lower, below] = [le, count];
  }
  return NaN;
}

function toRows(
  { messages, seconds, ackMs, deliveryMs }: PairResult,
  cpu: Record<string, number>,
  buckets: readonly Bucket[],
): Row[] {
  const name = `distributed send, ${PAIRS} pairs`;
  const total = Object.values(cpu).reduce((sum, each) => sum + each, 0);
  const byProcess = Object.entries(cpu)
    .sort(([, a], [, b]) => b - a)
    .map(([process, us]) => `${process} ${round(us)}`)
    .join(', ');
  console.log(`CPU a message, us: ${byProcess}`);
  return [
    {
      name: `${name}: acked and delivered`,
      unit: 'messages/s',
      value: messages / seconds,
      baseline: null,
      goal: '',
      met: true,
      details: { messages, seconds, ackP50: ackMs.p50, ackP99: ackMs.p99, ...deliveryMs },
    },
    {
      name: `${name}: CPU of all processes and servers`,
      unit: 'us/message',
      value: total,
      baseline: null,
      goal: '',
      met: true,
      details: cpu,
    },
    {
      name: `${name}: message_delivery_seconds p50`,
      unit: 'ms',
      value: quantile(0.5, buckets),
      baseline: null,
      goal: '',
      met: true,
    },
    {
      name: `${name}: message_delivery_seconds p99`,
      unit: 'ms',
      value: quantile(0.99, buckets),
      baseline: null,
      goal: '',
      met: true,
    },
  ];
}
