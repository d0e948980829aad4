import { Counter, Gauge, type Registry } from 'prom-client';

export type WorkerMetrics = ReturnType<typeof workerMetrics>;

/** Of one worker; workers of one process share the metrics. */
export function workerMetrics(worker: string, registry: Registry | undefined) {
  const registers = registry ? [registry] : [];
  const counter = (name: string, help: string) =>
    (registry?.getSingleMetric(name) as Counter | undefined) ??
    new Counter({ name, help, labelNames: ['worker'], registers });
  const gauge = (name: string, help: string, ...labels: string[]) =>
    (registry?.getSingleMetric(name) as Gauge | undefined) ??
    new Gauge({ name, help, labelNames: ['worker', ...labels], registers });
  const handled = counter('worker_events_total', 'Events that a worker has read and handled or passed by');
  const failures = counter('worker_failures_total', 'Attempts of a worker that failed');
  const dead = counter('worker_dead_letters_total', 'Events that a worker has given up and moved to its dead letters');
  const parked = gauge('worker_parked', 'Events that failed and wait for a later try, and those behind them');
  const lags = consumerLag(worker, registry);
  failures.inc({ worker }, 0);
  dead.inc({ worker }, 0);
  parked.set({ worker }, 0);
  const parkedOn = new Map<string, number>();
  return {
    handled: (count: number) => handled.inc({ worker }, count),
    failed: () => failures.inc({ worker }),
    died: (count: number) => dead.inc({ worker }, count),
    /** Of one partition; those that this process holds add up. */
    parked: (partition: string, count: number) => {
      parkedOn.set(partition, count);
      parked.set(
        { worker },
        [...parkedOn.values()].reduce((sum, each) => sum + each, 0),
      );
    },
    lags,
  };
}

/** For whoever consumes as a group: takes what `EventLog.lag` says. Groups of one process share the metric. */
export function consumerLag(group: string, registry: Registry | undefined): (lags: Record<string, number>) => void {
  const name = 'consumer_lag';
  const help = 'Records of a topic that a group has not handled yet';
  const lag =
    (registry?.getSingleMetric(name) as Gauge | undefined) ??
    new Gauge({ name, help, labelNames: ['group', 'topic'], registers: registry ? [registry] : [] });
  return (lags) => {
    for (const [topic, behind] of Object.entries(lags)) lag.set({ group, topic }, behind);
  };
}
