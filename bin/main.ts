import { readConfig } from '../platform/config/config.js';
import { StartError } from '../platform/config/start-error.js';
import { assemble } from './assemble.js';

const DRAIN_MS = 10_000;

async function main(processes: string[]): Promise<void> {
  if (processes.length !== 1 || processes[0] !== 'all')
    throw new StartError('Say which processes to run: `parley all` runs everything in this one.');
  const config = readConfig();
  const { tracing } = config;
  const endTracing =
    tracing && (await import('../platform/telemetry/trace-export.js')).startTracing({ ...tracing, processes });
  const parley = await assemble(config);
  stopOnSignal(async () => {
    await parley.close();
    await endTracing?.();
  });
  console.log(`explorer ${parley.url}/graphql (open it in a browser)`);
  console.log(`health   ${parley.adminUrl}/readyz, metrics ${parley.adminUrl}/metrics`);
  console.log(`ready ${parley.url}`);
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
