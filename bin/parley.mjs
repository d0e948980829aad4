#!/usr/bin/env node
// The tools for operators load little.
const tools = { dlq: '../dist/bin/dlq.js', shards: '../dist/bin/shards.js' };
await import(tools[process.argv[2]] ?? '../dist/bin/main.js');
