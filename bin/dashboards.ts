import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../platform/config/package-root.js';
import { watched } from './watched-metrics.js';

/** Writes deploy/grafana/parley.json and deploy/prometheus/alerts.yml; with --check, fails where they are stale. */
const files = {
  'deploy/grafana/parley.json': dashboard(),
  'deploy/prometheus/alerts.yml': alerts(),
};
const stale = Object.entries(files).filter(([file, content]) => read(file) !== content);
if (process.argv.includes('--check')) {
  for (const [file] of stale) console.error(`${file} is stale: run \`npm run dashboards\`.`);
  process.exit(stale.length > 0 ? 1 : 0);
}
for (const [file, content] of stale) {
  writeFileSync(join(packageRoot, file), content);
  console.log(`wrote ${file}`);
}

function read(file: string): string | null {
  try {
    return readFileSync(join(packageRoot, file), 'utf8');
  } catch {
    return null;
  }
}

function dashboard(): string {
  const [columns, width, height] = [3, 8, 7];
  const panels = watched.flatMap(({ panel }) => panel ?? []);
  const content = {
    uid: 'parley',
    title: 'Parley',
    tags: ['parley'],
    timezone: 'browser',
    schemaVersion: 41,
    refresh: '10s',
    time: { from: 'now-1h', to: 'now' },
    panels: panels.map(({ title, unit, queries }, index) => ({
      id: index + 1,
      type: 'timeseries',
      title,
      datasource: { type: 'prometheus', uid: 'prometheus' },
      gridPos: {
        x: (index % columns) * width,
        y: Math.floor(index / columns) * height,
        w: width,
        h: height,
      },
      fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
      targets: Object.entries(queries).map(([legendFormat, expr], query) => ({
        refId: String.fromCharCode(65 + query),
        expr,
        legendFormat,
      })),
    })),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** YAML whose strings are written as JSON has them, which YAML reads too. */
function alerts(): string {
  const lines = ['groups:', '  - name: parley', '    rules:'];
  for (const alert of watched.flatMap((each) => each.alerts ?? []))
    lines.push(
      `      - alert: ${alert.name}`,
      `        expr: ${JSON.stringify(alert.expr)}`,
      `        for: ${alert.for}`,
      `        labels: { severity: ${alert.severity} }`,
      '        annotations:',
      `          summary: ${JSON.stringify(alert.summary)}`,
      `          description: ${JSON.stringify(alert.description)}`,
    );
  return `${lines.join('\n')}\n`;
}
