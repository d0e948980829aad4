import { Counter, type Registry } from 'prom-client';
import type { PushOutcome, PushProvider } from './port.js';

export type PushMetrics = ReturnType<typeof pushMetrics>;

/** Of all providers of this process. */
export function pushMetrics(registry: Registry | undefined) {
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    (registry?.getSingleMetric(name) as Counter | undefined) ??
    new Counter({ name, help, labelNames, registers: registry ? [registry] : [] });
  const sent = counter('notifications_sent_total', 'Pushes that a provider has taken', 'provider');
  const failures = counter(
    'notification_failures_total',
    'Pushes that a provider has not taken, by why: gone is a device that is no more',
    'provider',
    'reason',
  );
  return {
    /** Gives the outcome back. */
    count: (provider: PushProvider, outcome: PushOutcome): PushOutcome => {
      if (outcome.kind === 'sent') sent.inc({ provider });
      else failures.inc({ provider, reason: outcome.kind === 'gone' ? 'gone' : outcome.reason });
      return outcome;
    },
    failed: (provider: PushProvider, reason: string) => failures.inc({ provider, reason }),
  };
}
