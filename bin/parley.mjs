#!/usr/bin/env node
// The tools for operators load little.
const tools = { dlq: '../dist/bundle/dlq.js', shards: '../dist/bundle/shards.js' };
await import(tools[process.argv[2]] ?? '../dist/bundle/main.js');
