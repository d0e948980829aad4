import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { watched } from '../../bin/watched-metrics.js';
import { packageRoot } from '../../platform/config/package-root.js';
import { InProcessParley } from '../in-process.js';

let parley: InProcessParley;
beforeAll(async () => {
  parley = await InProcessParley.open();
}, 180_000);
afterAll(() => parley?.close());

/** Those of Prometheus itself. */
const itsOwn = new Set(['up']);
const words = new Set(
  'rate increase sum max by time le histogram_quantile process instance database worker topic job cache breaker provider reason outcome index call or parley'.split(
    ' ',
  ),
);

/** Names of metrics in an expression. */
function metricsIn(expr: string): string[] {
  const plain = expr.replaceAll(/"[^"]*"|\[[^\]]*\]|\b\d[\de.]*\b/g, '');
  return (plain.match(/[a-z_][a-z0-9_]*/gi) ?? []).filter((word) => !words.has(word) && !itsOwn.has(word));
}

test('dashboards and alerts ask for metrics that Parley exports', async () => {
  const exported = new Set((await parley.parts.registry.getMetricsAsJSON()).map(({ name }) => name));
  const queries = watched.flatMap(({ panel, alerts = [] }) => [
    ...Object.values(panel?.queries ?? {}),
    ...alerts.map(({ expr }) => expr),
  ]);
  expect(queries.length).toBeGreaterThan(20);
  const asked = [...watched.map(({ metric }) => metric), ...queries.flatMap(metricsIn)]
    .filter((name) => !itsOwn.has(name))
    .map((name) => name.replace(/_(bucket|sum|count)$/, ''));
  expect(asked.filter((name) => !exported.has(name))).toEqual([]);
});

test('docs/operations.md says what each alert asks for', () => {
  const text = readFileSync(join(packageRoot, 'docs/operations.md'), 'utf8');
  const names = watched.flatMap(({ alerts = [] }) => alerts.map(({ name }) => name));
  expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});

test('the rules are those of Prometheus, where promtool is installed', () => {
  const file = join(packageRoot, 'deploy/prometheus/alerts.yml');
  const { error, status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
  if (error && 'code' in error && error.code === 'ENOENT') return;
  expect([status, stdout + stderr]).toEqual([0, expect.stringContaining('SUCCESS')]);
});
