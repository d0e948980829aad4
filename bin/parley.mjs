#!/usr/bin/env node
// The tools for operators load little.
const tools = {
  dlq: '../dist/bundle/dlq.js',
  shards: '../dist/bundle/shards.js',
  'search reindex': '../dist/bundle/search.js',
};
const [, , first, second] = process.argv;
await import(tools[first] ?? tools[`${first} ${second}`] ?? '../dist/bundle/main.js');
