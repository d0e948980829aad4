import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../config/package-root.js';
import { programPath } from '../config/program-path.js';
import { Fault } from '../errors/errors.js';
import type { Log } from '../telemetry/log.js';
import { answer } from './answer.js';
import type { Job } from './job.js';
import type { Accepted, Claim, MadeFile, MediaInspection, Rejected } from './port.js';

export interface InspectionLimits {
  /** Inspections at once. */
  atOnce: number;
  /** Of each, once it has begun, ms. */
  wallMs: number;
  /** Seconds of processor time, of each process. */
  cpuSeconds: number;
  /** Address space of each process, MB: Node alone takes 1,100. */
  memoryMb: number;
  /** Largest file that it may write, MB. */
  writesMb: number;
  /** Of an image, all frames counted. */
  pixels: number;
}

const defaults: InspectionLimits = {
  atOnce: 1,
  wallMs: 90_000,
  cpuSeconds: 60,
  memoryMb: 3_000,
  writesMb: 500,
  pixels: 100_000_000,
};
const HEAP_MB = 256;
const START_MS = 20_000;

/**
 * Inspects each upload in a process of its own, which has limits of its own, and is ended with all that it started. What a
 * hostile file does to it ends there. Needs a POSIX shell for limits of time and memory; where there is none, the wall time
 * and the pixels remain.
 */
export class ChildInspection implements MediaInspection {
  private readonly running = new Set<ChildProcess>();
  private readonly waiting: (() => void)[] = [];
  private underWay = 0;
  private isClosed = false;

  private constructor(
    private readonly hasFfmpeg: boolean,
    private readonly limits: InspectionLimits,
  ) {}

  static open(options: {
    log: Log;
    limits?: Partial<InspectionLimits>;
    /** Looked for unless told. */
    hasFfmpeg?: boolean;
  }): ChildInspection {
    const { log, limits, hasFfmpeg = isInstalled() } = options;
    if (!hasFfmpeg)
      log.warn('ffmpeg is not installed: audio and video are taken without poster, duration and waveform');
    return new ChildInspection(hasFfmpeg, { ...defaults, ...limits });
  }

  async inspect(file: string, claim: Claim, folder: string): Promise<Accepted | Rejected> {
    await this.turn();
    try {
      return await this.run(file, claim, folder);
    } finally {
      this.underWay--;
      this.waiting.shift()?.();
    }
  }

  close(): Promise<void> {
    this.isClosed = true;
    for (const child of this.running) end(child);
    return Promise.resolve();
  }

  private async turn(): Promise<void> {
    while (this.underWay >= this.limits.atOnce) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.underWay++;
  }

  private async run(file: string, claim: Claim, folder: string): Promise<Accepted | Rejected> {
    if (this.isClosed) throw unavailable('the inspection is closed');
    const { pixels } = this.limits;
    const child = this.start({ file, claim, folder, pixels, hasFfmpeg: this.hasFfmpeg });
    this.running.add(child);
    let isReady = false;
    let result: Accepted | Rejected | null = null;
    let isLate = false;
    const late = () => {
      isLate = true;
      end(child);
    };
    let timer = setTimeout(late, START_MS);
    const lines = createInterface({ input: child.stdout! });
    lines.on('line', (line) => {
      const said = answer.safeParse(parse(line));
      if (!said.success) return end(child);
      if ('ready' in said.data) {
        isReady = true;
        clearTimeout(timer);
        timer = setTimeout(late, this.limits.wallMs);
      } else result ??= said.data.result;
    });
    const ended = new Promise<NodeJS.Signals | null>((resolve) => {
      child.once('error', () => resolve(null));
      child.once('close', (_code, signal) => resolve(signal));
    });
    const signal = await ended;
    clearTimeout(timer);
    // What it has started may live on.
    end(child);
    this.running.delete(child);
    if (this.isClosed) throw unavailable('the inspection was ended');
    if (!isReady) throw unavailable('no inspection could be started');
    if (isLate) return tooLarge(`it took more than ${this.limits.wallMs} ms`);
    if (!result) return signal === 'SIGXCPU' || signal === 'SIGKILL' ? tooLarge(`ended by ${signal}`) : corrupt(signal);
    return checkFiles(result, folder);
  }

  private start(job: Job): ChildProcess {
    const { cpuSeconds, memoryMb, writesMb } = this.limits;
    const command = [process.execPath, `--max-old-space-size=${HEAP_MB}`, childPath(), JSON.stringify(job)];
    const limited = `ulimit -c 0; ulimit -t ${cpuSeconds}; ulimit -v ${memoryMb * 1024}; ulimit -f ${writesMb * 2048}; exec "$@"`;
    const [program = '', ...args] = process.platform === 'win32' ? command : ['sh', '-c', limited, 'sh', ...command];
    return spawn(program, args, {
      // A group of its own, to be ended as a whole.
      detached: process.platform !== 'win32',
      cwd: job.folder,
      stdio: ['pipe', 'pipe', 'ignore'],
      // One arena: others reserve address space that nobody uses.
      env: { PATH: programPath, NODE_ENV: 'production', MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '2' },
    });
  }
}

/** Bundled with what it needs, or compiled beside the rest. */
function childPath(): string {
  const bundled = join(packageRoot, 'dist/bundle/inspect-media.js');
  return existsSync(bundled) ? bundled : join(packageRoot, 'dist/platform/media-inspection/child.js');
}

/** Whether both are on the path. They are not run to find out: loading them is long, and Parley waits for it at each start. */
function isInstalled(): boolean {
  const folders = (programPath ?? '').split(delimiter);
  const extension = process.platform === 'win32' ? '.exe' : '';
  return ['ffmpeg', 'ffprobe'].every((program) =>
    folders.some((folder) => isExecutable(join(folder, program + extension))),
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function end({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // All have ended already.
  }
}

/** What it says to have made has to be there, as files in that very folder, and no links to elsewhere. */
async function checkFiles(result: Accepted | Rejected, folder: string): Promise<Accepted | Rejected> {
  if (result.kind === 'rejected') return result;
  const made: (MadeFile | null)[] = [result.cleaned, result.poster, ...result.thumbnails];
  for (const file of made) {
    if (!file) continue;
    if (file.path !== join(folder, basename(file.path))) return corrupt('it names a file elsewhere');
    const found = await lstat(file.path).catch(() => null);
    if (!found?.isFile() || found.size !== file.size) return corrupt('it names a file that is not there');
  }
  return result;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function tooLarge(why: string): Rejected {
  return { kind: 'rejected', rejection: 'TOO_LARGE', why };
}

function corrupt(why: string | null): Rejected {
  return { kind: 'rejected', rejection: 'CORRUPT', why: `whatever reads it ends: ${why ?? 'by itself'}` };
}

function unavailable(why: string): Fault {
  return new Fault('UNAVAILABLE', 'Files cannot be inspected now. Try again.', { cause: new Error(why) });
}
