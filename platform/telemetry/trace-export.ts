import { context, propagation, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import { setTracing } from './tracing.js';

export interface TracingOptions {
  /** Of an OTLP collector over HTTP, without a path: http://collector:4318. */
  endpoint: string;
  /** Of the traces that begin here, the part that is kept: 0 to 1. One that a caller has begun is kept if they keep it. */
  ratio: number;
  /** Names of the processes that run here: 'router', 'messages', … */
  processes: readonly string[];
}

/** Sends spans to a collector from now on. A collector that is away loses spans and nothing else. Call the result to end. */
export function startTracing({ endpoint, ratio, processes }: TracingOptions): () => Promise<void> {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces`, timeoutMillis: 3_000 });
  const processor = new BatchSpanProcessor(exporter, { scheduledDelayMillis: 1_000 });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({
      'service.name': `parley-${processes.join('-')}`,
      'service.namespace': 'parley',
      'process.pid': process.pid,
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [processor],
  });
  provider.register({ propagator: new W3CTraceContextPropagator() });
  setTracing(true);
  return async () => {
    setTracing(false);
    await provider.shutdown().catch(() => undefined);
    trace.disable();
    context.disable();
    propagation.disable();
  };
}
