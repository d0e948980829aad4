import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../../wait-for.js';
import { freePort } from './free-port.js';

export interface ClamdServer {
  address: { host: string; port: number };
  readonly pid: number;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  /** On the same port. */
  start(): Promise<void>;
  /** Stops it from answering, until `resume`. */
  freeze(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** clamd on loopback with one signature, which the EICAR test file matches. Takes streams of `largest` MB. */
export async function startClamd({ largest = 50 } = {}): Promise<ClamdServer> {
  if (spawnSync('clamd', ['--version']).error)
    throw new Error(
      'clamd is not installed. These tests need ClamAV: apt-get install --no-install-recommends clamav-daemon (Debian, Ubuntu).',
    );
  const folder = await mkdtemp(join(tmpdir(), 'parley-clamd-'));
  const address = { host: '127.0.0.1', port: await freePort() };
  const beginning = Buffer.from(String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + 'EICAR').toString('hex');
  await mkdir(join(folder, 'db'));
  await writeFile(join(folder, 'db/parley.ndb'), `Parley.Eicar:0:*:${beginning}\n`);
  const settings = [
    `DatabaseDirectory ${join(folder, 'db')}`,
    `TCPSocket ${address.port}`,
    `TCPAddr ${address.host}`,
    'Foreground yes',
    `LogFile ${join(folder, 'log')}`,
    `StreamMaxLength ${largest}M`,
    `MaxFileSize ${largest}M`,
    `MaxScanSize ${largest}M`,
  ];
  await writeFile(join(folder, 'clamd.conf'), `${settings.join('\n')}\n`);

  let child: ChildProcess;
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const start = async () => {
    child = spawn('clamd', ['-c', join(folder, 'clamd.conf')], { stdio: 'ignore' });
    await waitFor('clamd takes connections', async () => hasEnded() || (await canConnect(address)), 30_000);
    if (hasEnded()) throw new Error(`clamd did not start:\n${await readFile(join(folder, 'log'), 'utf8')}`);
  };
  const kill = async () => {
    if (hasEnded()) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  };
  await start();
  return {
    address,
    get pid() {
      return child.pid!;
    },
    kill,
    start,
    freeze: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function canConnect(address: { host: string; port: number }): Promise<boolean> {
  const socket = connect(address);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
