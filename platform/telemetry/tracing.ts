import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Span,
} from '@opentelemetry/api';

/** OpenTelemetry is global by its nature, and so is whether anybody listens. See trace-export.ts. */
let isOn = false;

export function setTracing(on: boolean): void {
  isOn = on;
}

export type { Span };

export type Kind = keyof typeof SpanKind;

export interface SpanOptions {
  kind?: Kind;
  attributes?: Attributes;
  /** W3C trace context of what caused it, where that is not what runs here. */
  parent?: string | null;
}

/** Runs within a span, a child of `parent` or else of the span that runs here. One that throws is marked as failed. */
export async function inSpan<T>(name: string, options: SpanOptions, run: () => Promise<T>): Promise<T> {
  if (!isOn) return run();
  const within = contextOf(options.parent);
  const span = tracer().startSpan(name, spanOptions(options), within);
  try {
    return await context.with(trace.setSpan(within, span), run);
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : undefined });
    throw error;
  } finally {
    span.end();
  }
}

/** A part of the way of something that was traced up to here; the caller ends it. Null where it was not. */
export function continueTrace(parent: string | null | undefined, name: string, options: SpanOptions = {}): Span | null {
  if (!isOn || !parent) return null;
  return tracer().startSpan(name, spanOptions(options), contextOf(parent));
}

/** Runs with the span as the one that runs here. */
export function within<T>(span: Span | null | undefined, run: () => T): T {
  return span ? context.with(trace.setSpan(context.active(), span), run) : run();
}

/** W3C trace context of what runs here, for whoever goes on with it; undefined where it is not traced, or not kept. */
export function traceparent(): string | undefined {
  const active = isOn ? trace.getSpanContext(context.active()) : undefined;
  if (!active || (active.traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
  return `00-${active.traceId}-${active.spanId}-01`;
}

/** What a request to another process carries of that. */
export function traceHeaders(): Record<string, string> {
  const parent = traceparent();
  return parent === undefined ? {} : { traceparent: parent };
}

/** What an event says of the request that caused it, from its JSON text. */
export function traceparentIn(event: string): string | undefined {
  return isOn ? /"traceparent":"([0-9a-f-]{55})"/.exec(event)?.[1] : undefined;
}

/** For log lines: of what runs here. */
export function traceId(): string | undefined {
  return isOn ? trace.getSpanContext(context.active())?.traceId : undefined;
}

const tracer = () => trace.getTracer('parley');

function contextOf(parent: string | null | undefined): Context {
  return parent ? propagation.extract(context.active(), { traceparent: parent }) : context.active();
}

function spanOptions({ kind = 'INTERNAL', attributes }: SpanOptions) {
  return { kind: SpanKind[kind], attributes };
}
