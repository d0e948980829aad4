import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CollectedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  name: string;
  /** 'parley-router', … */
  service: string;
  pid: number;
  /** Unix ms. */
  startAt: number;
  /** ms */
  duration: number;
}

interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: number | string };
}
/** OTLP over HTTP as JSON: ExportTraceServiceRequest, as far as it is read here. */
interface ExportRequest {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: {
      spans: {
        traceId: string;
        spanId: string;
        parentSpanId?: string;
        name: string;
        startTimeUnixNano: string;
        endTimeUnixNano: string;
      }[];
    }[];
  }[];
}

/** An OpenTelemetry collector that keeps what it is sent. */
export class TraceCollector {
  readonly spans: CollectedSpan[] = [];
  url = '';

  private constructor(private readonly server: ReturnType<typeof createServer>) {}

  static async start(): Promise<TraceCollector> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        collector.take(JSON.parse(Buffer.concat(chunks).toString()) as ExportRequest);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    const collector = new TraceCollector(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    collector.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return collector;
  }

  ofTrace(traceId: string): CollectedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId).sort((a, b) => a.startAt - b.startAt);
  }

  /** A trace as a tree, one span a line. */
  printed(traceId: string): string {
    const spans = this.ofTrace(traceId);
    const [first] = spans;
    const lines: string[] = [];
    const print = (parent: string | null, depth: number) => {
      for (const span of spans) {
        const isRoot = !spans.some((other) => other.spanId === span.parentSpanId);
        if (parent === null ? !isRoot : span.parentSpanId !== parent) continue;
        const from = (span.startAt - (first?.startAt ?? 0)).toFixed(1).padStart(7);
        const name = '  '.repeat(depth) + span.name;
        lines.push(
          `${from} ms ${span.duration.toFixed(1).padStart(6)} ms  ${name.padEnd(44)} ${span.service} ${span.pid}`,
        );
        print(span.spanId, depth + 1);
      }
    };
    print(null, 0);
    return lines.join('\n');
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private take({ resourceSpans }: ExportRequest): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      const attribute = (name: string) => resource.attributes.find(({ key }) => key === name)?.value;
      for (const { spans } of scopeSpans)
        for (const { traceId, spanId, parentSpanId, name, startTimeUnixNano, endTimeUnixNano } of spans) {
          const startAt = Number(startTimeUnixNano) / 1e6;
          this.spans.push({
            traceId,
            spanId,
            parentSpanId: parentSpanId || null,
            name,
            service: attribute('service.name')?.stringValue ?? '',
            pid: Number(attribute('process.pid')?.intValue),
            startAt,
            duration: Number(endTimeUnixNano) / 1e6 - startAt,
          });
        }
    }
  }
}
