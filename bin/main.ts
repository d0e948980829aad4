import { readConfig } from '../platform/config/config.js';
import { StartError } from '../platform/config/start-error.js';
import { assembleProcesses, type Parley } from './assemble.js';
import { readProcesses } from './processes.js';

const DRAIN_MS = 10_000;

async function main(names: string[]): Promise<void> {
  const processes = readProcesses(names);
  const parley = await assembleProcesses(readConfig(), processes);
  stopOnSignal(parley);
  if (processes.isWhole) console.log(`explorer ${parley.url}/graphql (open it in a browser)`);
  for (const [name, url] of parley.subgraphUrls) console.log(`subgraph ${name} ${url}`);
  console.log(`health   ${parley.adminUrl}/readyz, metrics ${parley.adminUrl}/metrics`);
  console.log(`ready ${parley.url ?? processes.names.join(' ')}`);
}

function stopOnSignal(parley: Parley): void {
  let isStopping = false;
  const stop = () => {
    if (isStopping) process.exit(130);
    isStopping = true;
    setTimeout(() => process.exit(1), DRAIN_MS).unref();
    parley.close().then(
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
