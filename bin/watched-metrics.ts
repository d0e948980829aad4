/** What deploy/grafana and deploy/prometheus are made of, by `npm run dashboards`. */
export interface Watched {
  metric: string;
  /** One panel; each query is a line of it, named by a legend in the terms of Grafana. */
  panel?: { title: string; unit: 'short' | 's' | 'bytes' | 'ops' | 'percentunit'; queries: Record<string, string> };
  alerts?: Alert[];
}
export interface Alert {
  name: string;
  expr: string;
  /** As Prometheus writes it: 5m. */
  for: string;
  severity: 'page' | 'ticket';
  summary: string;
  /** What to do. */
  description: string;
}

const quantile = (q: number, metric: string, by = '') =>
  `histogram_quantile(${q}, sum by (le${by && `, ${by}`}) (rate(${metric}_bucket[5m])))`;

export const watched: Watched[] = [
  {
    metric: 'up',
    panel: { title: 'Processes up', unit: 'short', queries: { '{{instance}}': 'up{job="parley"}' } },
    alerts: [
      {
        name: 'ParleyProcessDown',
        expr: 'up{job="parley"} == 0',
        for: '1m',
        severity: 'page',
        summary: '{{ $labels.instance }} does not answer',
        description:
          'The others of its kind go on. Read its log and what ended it; it may be started again at any time, and loses nothing.',
      },
    ],
  },
  {
    metric: 'message_delivery_seconds',
    panel: {
      title: 'From commit to socket',
      unit: 's',
      queries: {
        p50: quantile(0.5, 'message_delivery_seconds'),
        p99: quantile(0.99, 'message_delivery_seconds'),
      },
    },
    alerts: [
      {
        name: 'ParleyDeliveryIsSlow',
        expr: `${quantile(0.99, 'message_delivery_seconds')} > 1`,
        for: '5m',
        severity: 'page',
        summary: 'One message in a hundred takes over a second from its commit to a socket',
        description:
          'Look at outbox_age_seconds (the relay), consumer_lag of deliver (the workers), then the CPU of the routers: the first that is high is where messages wait. Start more of that process.',
      },
    ],
  },
  {
    metric: 'websocket_connections',
    panel: {
      title: 'Open sockets',
      unit: 'short',
      queries: { '{{instance}}': 'sum by (instance) (websocket_connections)' },
    },
  },
  {
    metric: 'socket_queue_bytes',
    panel: {
      title: 'Bytes that clients have not taken',
      unit: 'bytes',
      queries: { '{{instance}}': 'sum by (instance) (socket_queue_bytes)' },
    },
    alerts: [
      {
        name: 'ParleyClientsAreSlow',
        expr: 'sum by (instance) (socket_queue_bytes) > 500e6',
        for: '5m',
        severity: 'ticket',
        summary: '{{ $labels.instance }} holds more than 500 MB for clients that do not take it',
        description:
          'Each client is bounded to 1 MB and closed when it stalls, so many are slow at once: look at the network between router and clients, and at the proxy.',
      },
    ],
  },
  {
    metric: 'hub_gap_repairs_total',
    panel: {
      title: 'Holes repaired from the database',
      unit: 'ops',
      queries: { '{{instance}}': 'sum by (instance) (rate(hub_gap_repairs_total[5m]))' },
    },
    alerts: [
      {
        name: 'ParleyPubsubLoses',
        expr: 'sum(rate(hub_gap_repairs_total[5m])) > 20',
        for: '10m',
        severity: 'ticket',
        summary: 'Live streams read much from the database that pub/sub should have brought',
        description:
          'Nothing is lost, but it is late and costs the shards. Look at Redis: its connections, CPU and client-output-buffer-limit pubsub.',
      },
    ],
  },
  {
    metric: 'outbox_age_seconds',
    panel: {
      title: 'Age of the oldest event in an outbox',
      unit: 's',
      queries: { '{{database}}': 'max by (database) (outbox_age_seconds)' },
    },
    alerts: [
      {
        name: 'ParleyOutboxWaits',
        expr: 'max by (database) (outbox_age_seconds) > 10',
        for: '1m',
        severity: 'page',
        summary: 'Events of {{ $labels.database }} are not relayed to the event log',
        description:
          'Sends are stored and safe, but nobody is told. Look whether a process with the relay runs, whether Kafka takes records (in-sync replicas), and the log lines of the relay.',
      },
    ],
  },
  {
    metric: 'consumer_lag',
    panel: {
      title: 'Records that a worker has not handled',
      unit: 'short',
      queries: { '{{worker}} {{topic}}': 'max by (worker, topic) (consumer_lag)' },
    },
    alerts: [
      {
        name: 'ParleyWorkerFallsBehind',
        expr: 'max by (worker, topic) (consumer_lag{worker!="analytics"}) > 10000',
        for: '5m',
        severity: 'page',
        summary: '{{ $labels.worker }} is {{ $value }} records of {{ $labels.topic }} behind',
        description:
          'Start more processes with this worker, up to the number of partitions. If it handles nothing at all, read its log: an outage of what it calls pauses it.',
      },
    ],
  },
  {
    metric: 'media_processing_seconds',
    panel: {
      title: 'From upload to READY or REJECTED',
      unit: 's',
      queries: {
        p50: quantile(0.5, 'media_processing_seconds'),
        p99: quantile(0.99, 'media_processing_seconds'),
      },
    },
    alerts: [
      {
        name: 'ParleyMediaWaits',
        expr: `${quantile(0.9, 'media_processing_seconds')} > 120`,
        for: '10m',
        severity: 'ticket',
        summary: 'One upload in ten is looked at over two minutes after it came',
        description:
          'Messages are sent meanwhile, what they carry is shown later. Look at circuit_breaker_open of object-store, virus-scan and media-inspection (one of them is away), then start more processes with process-media: each looks at two uploads at once.',
      },
    ],
  },
  {
    metric: 'search_seconds',
    panel: {
      title: 'A search of the index',
      unit: 's',
      queries: {
        '{{index}} p50': quantile(0.5, 'search_seconds', 'index'),
        '{{index}} p99': quantile(0.99, 'search_seconds', 'index'),
      },
    },
  },
  {
    metric: 'search_index_failures_total',
    panel: {
      title: 'Searches and writes that the index has not done',
      unit: 'ops',
      queries: { '{{index}} {{call}}': 'sum by (index, call) (rate(search_index_failures_total[5m]))' },
    },
  },
  {
    metric: 'search_index_lag_seconds',
    panel: {
      title: 'From a change of a message to the search index',
      unit: 's',
      queries: { p50: quantile(0.5, 'search_index_lag_seconds'), p99: quantile(0.99, 'search_index_lag_seconds') },
    },
    alerts: [
      {
        name: 'ParleySearchIsBehind',
        expr: `${quantile(0.99, 'search_index_lag_seconds')} > 60 or max(consumer_lag{worker=~"index-.+"}) > 5000`,
        for: '10m',
        severity: 'ticket',
        summary: 'What people write is found more than a minute later',
        description:
          'Chat is not touched by it. Look at circuit_breaker_open of search-index (the index is away), then at the load of the index; else start more processes with index-messages.',
      },
    ],
  },
  {
    metric: 'circuit_breaker_open',
    panel: {
      title: 'Outside services that are away',
      unit: 'short',
      queries: { '{{breaker}}': 'max by (breaker) (circuit_breaker_open)' },
    },
    alerts: [
      {
        name: 'ParleyServiceIsAway',
        expr: 'max by (breaker) (circuit_breaker_open) > 0',
        for: '5m',
        severity: 'ticket',
        summary: '{{ $labels.breaker }} cannot be reached by the workers that call it',
        description:
          'Their events wait and none is given up; all else goes on. Bring it back: they catch up by themselves.',
      },
    ],
  },
  {
    metric: 'analytics_events_total',
    panel: {
      title: 'Events written for analytics',
      unit: 'ops',
      queries: { written: 'sum(rate(analytics_events_total[5m]))' },
    },
    alerts: [
      {
        name: 'ParleyAnalyticsFallsBehind',
        expr: 'max by (topic) (consumer_lag{worker="analytics"}) > 200000',
        for: '30m',
        severity: 'ticket',
        summary: 'Analytics is {{ $value }} records of {{ $labels.topic }} behind',
        description:
          'Nobody who chats notices. Look at circuit_breaker_open of analytics (the object store is away, then it catches up by itself); else start more processes with it, before Kafka forgets what it has not read.',
      },
    ],
  },
  {
    metric: 'worker_failures_total',
    panel: {
      title: 'Attempts of workers that failed',
      unit: 'ops',
      queries: { '{{worker}}': 'sum by (worker) (rate(worker_failures_total[5m]))' },
    },
  },
  {
    metric: 'worker_parked',
    panel: {
      title: 'Events that wait for a later try',
      unit: 'short',
      queries: { '{{worker}}': 'sum by (worker) (worker_parked)' },
    },
    alerts: [
      {
        name: 'ParleyEventsAreParked',
        expr: 'sum by (worker) (worker_parked) > 0',
        for: '30m',
        severity: 'ticket',
        summary: '{{ $value }} events of {{ $labels.worker }} fail again and again',
        description: 'They become dead letters within the hour. Read the log of the worker for the error.',
      },
    ],
  },
  {
    metric: 'worker_dead_letters_total',
    alerts: [
      {
        name: 'ParleyDeadLetters',
        expr: 'sum by (worker) (increase(worker_dead_letters_total[15m])) > 0',
        for: '0m',
        severity: 'ticket',
        summary: '{{ $labels.worker }} has given up events',
        description: 'Read them with `parley dlq list` and `show`, put right what failed, then `replay`.',
      },
    ],
  },
  {
    metric: 'job_last_success_timestamp_seconds',
    panel: {
      title: 'Since a job last succeeded',
      unit: 's',
      queries: { '{{job}}': 'time() - max by (job) (job_last_success_timestamp_seconds)' },
    },
    alerts: [
      {
        name: 'ParleyJobIsOverdue',
        expr: 'time() - max by (job) (job_last_success_timestamp_seconds) > 6 * 3600',
        for: '10m',
        severity: 'ticket',
        summary: 'The job {{ $labels.job }} has not succeeded for six hours',
        description: 'Look whether a process with the jobs runs, and read its log for the error.',
      },
    ],
  },
  {
    metric: 'unread_drift_total',
    panel: {
      title: 'Unread counts repaired',
      unit: 'ops',
      queries: { repaired: 'sum(rate(unread_drift_total[1h]))' },
    },
    alerts: [
      {
        name: 'ParleyUnreadDrifts',
        expr: 'sum(increase(unread_drift_total[1h])) > 0',
        for: '0m',
        severity: 'ticket',
        summary: 'Unread counts did not equal a recount, and were repaired',
        description: 'People saw a wrong number. That is a defect of Parley, or rows were changed by hand: report it.',
      },
    ],
  },
  {
    metric: 'notifications_sent_total',
    panel: {
      title: 'Pushes',
      unit: 'ops',
      queries: { '{{provider}}': 'sum by (provider) (rate(notifications_sent_total[5m]))' },
    },
  },
  {
    metric: 'notification_failures_total',
    panel: {
      title: 'Pushes that were not taken',
      unit: 'ops',
      queries: {
        '{{provider}} {{reason}}': 'sum by (provider, reason) (rate(notification_failures_total[5m]))',
      },
    },
    alerts: [
      {
        name: 'ParleyPushesFail',
        expr: 'sum by (provider) (rate(notification_failures_total{reason!="gone"}[5m])) > 0.2',
        for: '10m',
        severity: 'ticket',
        summary: 'Many pushes through {{ $labels.provider }} fail',
        description:
          "The provider is out, or does not take this Parley's keys: the log of send-pushes says which. They are sent once it works again; what is a day old by then is not.",
      },
    ],
  },
  {
    metric: 'notification_lag_seconds',
    panel: {
      title: 'From when a push was due until its provider took it',
      unit: 's',
      queries: {
        p50: quantile(0.5, 'notification_lag_seconds'),
        p99: quantile(0.99, 'notification_lag_seconds'),
      },
    },
    alerts: [
      {
        name: 'ParleyPushesAreLate',
        expr: `${quantile(0.99, 'notification_lag_seconds')} > 30`,
        for: '10m',
        severity: 'ticket',
        summary: 'One push in a hundred goes out more than half a minute late',
        description:
          'Start more processes with send-pushes; look at how fast the directory, the shards and the providers answer.',
      },
    ],
  },
  {
    metric: 'email_digests_total',
    panel: {
      title: 'Letters about unread messages',
      unit: 'ops',
      queries: { '{{outcome}}': 'sum by (outcome) (rate(email_digests_total[1h]))' },
    },
  },
  {
    metric: 'db_writes_total',
    panel: {
      title: 'Rows written',
      unit: 'ops',
      queries: { '{{database}}': 'max by (database) (rate(db_writes_total[5m]))' },
    },
  },
  {
    metric: 'cache_requests_total',
    panel: {
      title: 'Cache hits',
      unit: 'percentunit',
      queries: {
        '{{cache}}': 'sum by (cache) (rate(cache_hits_total[5m])) / sum by (cache) (rate(cache_requests_total[5m]))',
      },
    },
  },
  {
    metric: 'presence_update_lag_seconds',
    panel: {
      title: "From a change of presence to a friend's socket",
      unit: 's',
      queries: {
        p50: quantile(0.5, 'presence_update_lag_seconds'),
        p99: quantile(0.99, 'presence_update_lag_seconds'),
      },
    },
  },
  {
    metric: 'nodejs_eventloop_lag_p99_seconds',
    panel: {
      title: 'Event loop lag, p99',
      unit: 's',
      queries: { '{{instance}}': 'nodejs_eventloop_lag_p99_seconds' },
    },
    alerts: [
      {
        name: 'ParleyProcessIsSaturated',
        expr: 'nodejs_eventloop_lag_p99_seconds > 0.5',
        for: '5m',
        severity: 'page',
        summary: '{{ $labels.process }} {{ $labels.instance }} has more to do than one CPU can',
        description: 'Start more of this process; each uses one CPU.',
      },
    ],
  },
  {
    metric: 'process_cpu_seconds_total',
    panel: {
      title: 'CPU',
      unit: 'percentunit',
      queries: { '{{process}} {{instance}}': 'rate(process_cpu_seconds_total{job="parley"}[1m])' },
    },
  },
  {
    metric: 'process_resident_memory_bytes',
    panel: {
      title: 'Memory',
      unit: 'bytes',
      queries: { '{{process}} {{instance}}': 'process_resident_memory_bytes{job="parley"}' },
    },
  },
  {
    metric: 'webhook_deliveries_total',
    panel: {
      title: 'Webhooks',
      unit: 'ops',
      queries: { '{{outcome}}': 'sum by (outcome) (rate(webhook_deliveries_total[5m]))' },
    },
  },
];
