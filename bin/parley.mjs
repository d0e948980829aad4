#!/usr/bin/env node
// The tools for operators load little.
await import(process.argv[2] === 'dlq' ? '../dist/bin/dlq.js' : '../dist/bin/main.js');
