import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../../platform/config/package-root.js';
import { waitFor } from '../../wait-for.js';
import { freePort } from './free-port.js';
import { jarsOf } from './maven.js';

const run = promisify(execFile);
const recipe = join(packageRoot, 'tests/services/servers/opensearch');
const OLDEST_JAVA = 21;

export interface OpenSearchServer {
  /** As PARLEY_OPENSEARCH_URL. */
  url: string;
  readonly pid: number;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  /** On the same port and data. */
  start(): Promise<void>;
  /** Freezes it, as a node that is out of reach, until `resume`. */
  freeze(): void;
  resume(): void;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Starts fast and takes little: for tests. */
const SMALL = ['-Xms512m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** One node of OpenSearch on loopback, empty. Resolves once it answers. `flags`: of its JVM. */
export async function startOpenSearch(flags: readonly string[] = SMALL): Promise<OpenSearchServer> {
  const java = await findJava();
  const jars = await jarsOf('OpenSearch', 'opensearch-3.5.0', join(recipe, 'pom.xml'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const directory = await mkdtemp(join(tmpdir(), 'parley-opensearch-'));
  const home = join(directory, 'home');
  await mkdir(home);
  const logFile = join(directory, 'opensearch.log');

  let child: ChildProcess;
  const start = async () => {
    const output = await open(logFile, 'a');
    const main = [join(recipe, 'OpenSearchNode.java'), home, String(port)];
    child = spawn(java, [...flags, '-cp', join(jars, '*'), ...main], {
      stdio: ['ignore', output.fd, output.fd],
    });
    await output.close();
    await waitFor('OpenSearch answers', () => hasEnded(child) || answers(url), 90_000);
    if (hasEnded(child))
      throw new Error(`OpenSearch did not start:\n${(await readFile(logFile, 'utf8')).slice(-3_000)}`);
  };
  const end = async () => {
    if (hasEnded(child)) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL'); // its data is not kept
    await exit;
  };
  try {
    await start();
  } catch (error) {
    await end();
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
  return {
    url,
    get pid() {
      return child.pid!;
    },
    kill: end,
    start,
    freeze: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    stop: async () => {
      await end();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The newest of those that are named by JAVA_HOME, lie where systems put them, or are found by name. */
async function findJava(): Promise<string> {
  const folder = '/usr/lib/jvm';
  const homes = [
    process.env.PARLEY_TEST_JAVA_HOME,
    process.env.JAVA_HOME,
    ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []),
  ];
  const programs = homes.flatMap((home) => (home ? [join(home, 'bin/java')] : [])).filter((file) => existsSync(file));
  const found = await Promise.all(
    [...new Set([...programs, 'java'])].map(async (java) => ({ java, version: await versionOf(java) })),
  );
  const [newest] = found.sort((a, b) => b.version - a.version);
  if (newest && newest.version >= OLDEST_JAVA) return newest.java;
  throw new Error(
    `These tests run a real OpenSearch. Java ${OLDEST_JAVA} or newer is needed beside any older one: apt-get install openjdk-21-jre-headless (Debian 13, Ubuntu 24.04), Temurin 21 (Debian 12), brew install openjdk@21 (macOS); or PARLEY_TEST_JAVA_HOME, where one is.`,
  );
}

/** 0 where there is none. */
async function versionOf(java: string): Promise<number> {
  try {
    const { stderr } = await run(java, ['-version']);
    return Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/_cluster/health?wait_for_status=yellow&timeout=1s`)).ok;
  } catch {
    return false;
  }
}
