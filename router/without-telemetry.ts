import Module, { createRequire } from 'node:module';
import { env } from 'node:process';

/*
 * @apollo/gateway would report to Apollo, and loads for that the OpenTelemetry SDK with detectors of four clouds, which
 * take a fifth of a second at each start. To be imported before it. The version of the package is exact.
 */
env.APOLLO_TELEMETRY_DISABLED = 'true';

const reporting = [
  'exporter-metrics-otlp-http',
  'resource-detector-alibaba-cloud',
  'resource-detector-aws',
  'resource-detector-azure',
  'resource-detector-gcp',
  'sdk-metrics',
];
const gateway = createRequire(createRequire(import.meta.url).resolve('@apollo/gateway'));
for (const name of reporting) {
  const path = gateway.resolve(`@opentelemetry/${name}`);
  gateway.cache[path] ??= Object.assign(new Module(path), { filename: path, loaded: true });
}
