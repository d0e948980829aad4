export interface Row {
  name: string;
  unit: string;
  value: number;
  /** Measured in the same run, with the same payloads. */
  baseline: { name: string; value: number } | null;
  goal: string;
  met: boolean;
  /** Other figures of the same measurement. */
  details?: Record<string, number | string>;
}

export function table(rows: Row[]): string {
  const lines = [
    ['row', 'Parley', 'baseline', 'ratio', 'goal', 'met'],
    ...rows.map(({ name, unit, value, baseline, goal, met }) => [
      name,
      `${round(value)} ${unit}`,
      baseline ? `${round(baseline.value)} ${unit} (${baseline.name})` : '',
      baseline ? round(value / baseline.value) : '',
      goal,
      met ? 'yes' : 'NO',
    ]),
  ];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** To three digits. */
export function round(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en');
}

export function percentile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

export function median(values: number[]): number {
  return percentile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}
