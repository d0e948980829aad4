import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../platform/config/package-root.js';

const run = promisify(execFile);

/** `parley <arguments>` on a data directory; what it printed, and the exit code. */
export async function parleyTool(dataDir: string, ...args: string[]): Promise<{ code: number; printed: string }> {
  try {
    const { stdout, stderr } = await run(process.execPath, [join(packageRoot, 'bin/parley.mjs'), ...args], {
      env: { ...process.env, NODE_OPTIONS: '', PARLEY_DATA_DIR: dataDir },
      timeout: 30_000,
    });
    return { code: 0, printed: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, printed: stdout + stderr };
  }
}

/** The value of a metric that the server's admin port tells, by name and labels as they are printed there. */
export async function metricOf(serverOutput: string, series: string): Promise<number | null> {
  const url = [...serverOutput.matchAll(/metrics (http\S+)/g)].at(-1)?.[1];
  if (!url) throw new Error('The server has not said where its metrics are.');
  const text = await (await fetch(url)).text();
  const [name = '', labels = ''] = series.split(' ');
  const line = text.split('\n').find((each) => each.startsWith(`${name}{`) && each.includes(labels));
  return line === undefined ? null : Number(line.split(' ').at(-1));
}
