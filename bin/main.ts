import { readConfig } from '../platform/config/config.js';
import { StartError } from '../platform/config/start-error.js';
import { assembleProcesses } from './assemble.js';
import { readProcesses } from './processes.js';

const DRAIN_MS = 10_000;

async function main(names: string[]): Promise<void> {
  const processes = readProcesses(names);
  const config = readConfig();
  const { tracing } = config;
  const endTracing =
    tracing &&
    (await import('../platform/telemetry/trace-export.js')).startTracing({ ...tracing, processes: processes.names });
  const parley = await assembleProcesses(config, processes);
  stopOnSignal(async () => {
    await parley.close();
    await endTracing?.();
  });
  if (processes.isWhole) console.log(`explorer ${parley.url}/graphql (open it in a browser)`);
  for (const [name, url] of parley.subgraphUrls) console.log(`subgraph ${name} ${url}`);
  console.log(`health   ${parley.adminUrl}/readyz, metrics ${parley.adminUrl}/metrics`);
  console.log(`ready ${parley.url ?? processes.names.join(' ')}`);
}

function stopOnSignal(close: () => Promise<void>): void {
  let isStopping = false;
  const stop = () => {
    if (isStopping) process.exit(130);
    isStopping = true;
    setTimeout(() => process.exit(1), DRAIN_MS).unref();
    close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof StartError) console.error(error.message);
  else console.error('Parley could not start.', error);
  process.exit(1);
});
