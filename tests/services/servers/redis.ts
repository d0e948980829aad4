import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../../wait-for.js';

export interface RedisServers {
  /** As PARLEY_REDIS_URL. */
  url: string;
  /** The nodes' ports, in the order of `pids`. */
  ports: number[];
  pids: () => number[];
  /** Ends them as an operator does. */
  stop(): Promise<void>;
  /** SIGKILL, of all or of one. */
  kill(index?: number): Promise<void>;
  /** Starts those that do not run, empty. */
  restart(): Promise<void>;
}

const NODES = 3;

/** Redis on free ports of the loopback, keeping nothing on disk: one server, or a Cluster of three without replicas. */
export async function startRedis({ cluster = false, args = [] as string[] } = {}): Promise<RedisServers> {
  requireRedis();
  const folder = mkdtempSync(join(tmpdir(), 'parley-redis-'));
  const ports: number[] = [];
  while (ports.length < (cluster ? NODES : 1)) {
    const port = await freePort(cluster);
    if (!ports.includes(port)) ports.push(port);
  }
  const processes = new Map<number, ChildProcess>();

  async function start(): Promise<void> {
    const starting = ports.filter((port) => !processes.has(port));
    for (const port of starting) {
      const own = cluster
        ? ['--cluster-enabled', 'yes', '--cluster-config-file', `nodes-${port}.conf`, '--cluster-node-timeout', '2000']
        : [];
      const common = [
        '--port',
        String(port),
        '--bind',
        '127.0.0.1',
        '--save',
        '',
        '--appendonly',
        'no',
        '--dir',
        folder,
      ];
      const child = spawn('redis-server', [...common, ...own, ...args], { stdio: 'ignore' });
      child.once('exit', () => processes.delete(port));
      processes.set(port, child);
    }
    for (const port of starting) await waitFor(`Redis answers on port ${port}`, () => answers(port), 20_000);
  }
  async function end(signal: NodeJS.Signals, which: number[]): Promise<void> {
    for (const port of which) processes.get(port)?.kill(signal);
    await waitFor('Redis has ended', () => which.every((port) => !processes.has(port)), 10_000);
  }

  await start();
  if (cluster) await joinNodes(ports);
  return {
    url: ports.map((port) => `redis://127.0.0.1:${port}`).join(','),
    ports,
    pids: () => [...processes.values()].map(({ pid }) => pid!),
    kill: (index) => end('SIGKILL', index === undefined ? ports : [ports[index]!]),
    async stop() {
      // A stopped process does not hear of its end.
      for (const child of processes.values()) child.kill('SIGCONT');
      await end('SIGTERM', ports);
      rmSync(folder, { recursive: true, force: true });
    },
    async restart() {
      await start();
      if (cluster) await clusterIsUp(ports);
    },
  };
}

/** What redis-cli prints. */
export function redisCli(port: number, ...args: string[]): string {
  const { stdout, stderr, status } = spawnSync('redis-cli', ['-p', String(port), ...args], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  if (status !== 0) throw new Error(`redis-cli ${args[0]}: ${stdout}${stderr}`);
  return stdout.trim();
}

async function joinNodes(ports: number[]): Promise<void> {
  const nodes = ports.map((port) => `127.0.0.1:${port}`);
  redisCli(ports[0]!, '--cluster', 'create', ...nodes, '--cluster-replicas', '0', '--cluster-yes');
  await clusterIsUp(ports);
}

async function clusterIsUp(ports: number[]): Promise<void> {
  const isUp = (port: number) => redisCli(port, 'cluster', 'info').includes('cluster_state:ok');
  await waitFor('the Cluster is up', () => ports.every(isUp), 20_000);
}

function requireRedis(): void {
  for (const program of ['redis-server', 'redis-cli'])
    if (spawnSync(program, ['--version']).error)
      throw new Error(
        `${program} is not installed. These tests need Redis 7 or newer: apt-get install redis-server (Debian, Ubuntu), brew install redis (macOS).`,
      );
}

function answers(port: number): boolean {
  return spawnSync('redis-cli', ['-p', String(port), 'ping'], { encoding: 'utf8' }).stdout.includes('PONG');
}

/** Below the range that systems give to outgoing connections; a Cluster's node takes the port 10,000 above as well. */
async function freePort(cluster: boolean): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 22_000);
    if ((await isFree(port)) && (!cluster || (await isFree(port + 10_000)))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const isTaken = await new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
  if (isTaken) return false;
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
