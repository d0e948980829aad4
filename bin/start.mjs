import { setupOrExit } from './setup.mjs';

await setupOrExit();
// main.js reads its processes from the command line; in this very process, so that signals reach it.
process.argv.splice(2, Infinity, 'all');
await import('../dist/bundle/main.js');
