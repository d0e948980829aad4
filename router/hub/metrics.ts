import { Counter, Histogram, type Registry } from 'prom-client';
import type { TopicMetrics } from './feed-topic.js';

export function hubMetrics(registry: Registry): TopicMetrics {
  const repairs = new Counter({
    name: 'hub_gap_repairs_total',
    help: 'Times that a live stream read from the database what pubsub had not brought in order',
    registers: [registry],
  });
  const delivery = new Histogram({
    name: 'message_delivery_seconds',
    help: 'From the commit of a message to its hand-over to sockets',
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 30],
    registers: [registry],
  });
  return {
    repaired: () => repairs.inc(),
    wrote: ({ stream }) => {
      if (stream.type === 'change' && stream.event.kind === 'message' && stream.event.reason === 'SENT')
        delivery.observe((Date.now() - Date.parse(stream.event.message.createdAt)) / 1000);
    },
  };
}
