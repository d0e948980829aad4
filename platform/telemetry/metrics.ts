import { collectDefaultMetrics, Registry } from 'prom-client';

/** The metrics of one process. Whoever counts something gets the registry as an argument and makes its own metric in it. */
export function createMetrics(processNames: readonly string[]): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ process: processNames.join('+') });
  collectDefaultMetrics({ register: registry });
  return registry;
}
