import { Counter, Histogram, type Registry } from 'prom-client';

/** From when pushes were due until their provider took them; in seconds. What providers take and refuse, their port counts. */
export function pushLag(registry?: Registry): Histogram {
  return (
    (registry?.getSingleMetric('notification_lag_seconds') as Histogram | undefined) ??
    new Histogram({
      name: 'notification_lag_seconds',
      help: 'From when a push was due until its provider has taken it',
      buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
      registers: registry ? [registry] : [],
    })
  );
}

/** Letters about unread messages, by what came of them: sent, later or refused. */
export function digestCounter(registry?: Registry): Counter<'outcome'> {
  const counter =
    (registry?.getSingleMetric('email_digests_total') as Counter<'outcome'> | undefined) ??
    new Counter({
      name: 'email_digests_total',
      help: 'Letters about unread messages: sent, to be sent later because the mail server cannot now, or refused',
      labelNames: ['outcome'],
      registers: registry ? [registry] : [],
    });
  for (const outcome of ['sent', 'later', 'refused']) counter.inc({ outcome }, 0);
  return counter;
}
