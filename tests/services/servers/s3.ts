import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, PutBucketCorsCommand, S3Client } from '@aws-sdk/client-s3';
import { waitFor } from '../../wait-for.js';
import { freePort } from './free-port.js';

const run = promisify(execFile);
const ID = '11111111-2222-3333-4444-555555555555';
const OSD_ID = '22222222-2222-3333-4444-555555555555';
const credentials = { accessKeyId: 'RGWKEY', secretAccessKey: 'RGWSECRET' };

export interface S3Server {
  /** As PARLEY_S3_… name them. */
  settings: {
    endpoint: string;
    region: string;
    bucket: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  /** Of its gateway. */
  readonly pid: number;
  /** Ends the gateway at once, as a crash does; what it stores stays. */
  kill(): Promise<void>;
  /** On the same port and data. */
  start(): Promise<void>;
  /** Freezes the gateway, as a store that is out of reach, until `resume`. */
  freeze(): void;
  resume(): void;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Ceph of one node with its S3 gateway on loopback, and one empty bucket. Resolves once it takes requests. */
export async function startS3(): Promise<S3Server> {
  requireCeph();
  const folder = await mkdtemp(join(tmpdir(), 'parley-s3-'));
  const [v2, v1, port] = [await freePort(), await freePort(), await freePort()];
  const daemons: ChildProcess[] = [];
  const logOf = (name: string) => join(folder, 'log', `${name}.out`);
  const daemon = async (name: string, program: string, args: string[]) => {
    const output = await open(logOf(name), 'a');
    const child = spawn(program, ['-c', 'ceph.conf', ...args, '-f'], {
      cwd: folder,
      stdio: ['ignore', output.fd, output.fd],
    });
    await output.close();
    return child;
  };
  const tool = (program: string, ...args: string[]) =>
    run(program, args, { cwd: folder, timeout: 60_000, maxBuffer: 1 << 24 });
  const ceph = (...args: string[]) => tool('ceph', '-c', 'ceph.conf', ...args);

  const endpoint = `http://127.0.0.1:${port}`;
  let gateway: ChildProcess | null = null;
  const start = async () => {
    const child = await daemon('rgw', 'radosgw', ['-n', 'client.rgw']);
    gateway = child;
    const answers = () =>
      fetch(endpoint).then(
        ({ ok }) => ok,
        () => false,
      );
    await waitFor('the S3 gateway answers', async () => hasEnded(child) || (await answers()), 60_000);
    if (hasEnded(child)) throw new Error(`radosgw did not start:\n${await tail(logOf('rgw'))}`);
  };
  const kill = async () => {
    await end(gateway, 'SIGKILL');
  };
  const stop = async () => {
    await end(gateway, 'SIGKILL');
    for (const child of daemons.reverse()) await end(child, 'SIGKILL');
    await rm(folder, { recursive: true, force: true });
  };

  try {
    for (const name of ['mon', 'osd', 'run', 'log']) await mkdir(join(folder, name));
    await writeFile(join(folder, 'ceph.conf'), configuration(folder, { v2, v1, port }));
    await makeKeys(tool);
    const address = `[v2:127.0.0.1:${v2},v1:127.0.0.1:${v1}]`;
    await tool('monmaptool', '--create', '--fsid', ID, '--addv', 'a', address, 'mon.map');
    await tool('ceph-mon', '-c', 'ceph.conf', '--mkfs', '-i', 'a', '--monmap', 'mon.map', '--keyring', 'keyring');
    daemons.push(await daemon('mon', 'ceph-mon', ['-i', 'a']));
    await tool('ceph-osd', '-c', 'ceph.conf', '-i', '0', '--mkfs', '--osd-uuid', OSD_ID);
    await ceph('auth', 'import', '-i', 'keyring');
    await ceph('osd', 'new', OSD_ID, '0');
    await ceph('osd', 'crush', 'add', 'osd.0', '1.0', 'root=default', 'host=h');
    daemons.push(await daemon('osd', 'ceph-osd', ['-i', '0']));
    await waitFor('the OSD is up', async () => (await ceph('osd', 'stat')).stdout.includes('1 up'), 60_000);
    await start();
    const keys = ['--access-key', credentials.accessKeyId, '--secret-key', credentials.secretAccessKey];
    await tool('radosgw-admin', '-c', 'ceph.conf', 'user', 'create', '--uid', 'app', '--display-name', 'app', ...keys);
    await makeBucket(endpoint, 'parley');
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    settings: { endpoint, region: 'us-east-1', bucket: 'parley', credentials },
    get pid() {
      return gateway!.pid!;
    },
    kill,
    start,
    freeze: () => void gateway?.kill('SIGSTOP'),
    resume: () => void gateway?.kill('SIGCONT'),
    stop,
  };
}

/** With the CORS rules that docs/operations.md asks for. */
async function makeBucket(endpoint: string, Bucket: string): Promise<void> {
  const client = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket }));
  await client.send(
    new PutBucketCorsCommand({
      Bucket,
      CORSConfiguration: {
        CORSRules: [
          {
            AllowedOrigins: ['https://chat.example.org'],
            AllowedMethods: ['GET', 'HEAD', 'PUT'],
            AllowedHeaders: ['*'],
          },
        ],
      },
    }),
  );
  client.destroy();
}

async function makeKeys(run: (program: string, ...args: string[]) => Promise<unknown>): Promise<void> {
  const keys: [string, ...string[]][] = [
    ['mon.', 'mon', 'allow *'],
    ['client.admin', 'mon', 'allow *', 'osd', 'allow *', 'mgr', 'allow *'],
    ['client.rgw', 'mon', 'allow rw', 'osd', 'allow rwx'],
    ['osd.0', 'mon', 'allow profile osd', 'osd', 'allow *'],
  ];
  for (const [index, [name, ...caps]] of keys.entries()) {
    const allowed = caps.flatMap((word, at) => (at % 2 ? [word] : ['--cap', word]));
    await run(
      'ceph-authtool',
      ...(index === 0 ? ['--create-keyring'] : []),
      'keyring',
      '--gen-key',
      '-n',
      name,
      ...allowed,
    );
  }
}

const configuration = (folder: string, ports: { v2: number; v1: number; port: number }) => `[global]
fsid = ${ID}
mon host = [v2:127.0.0.1:${ports.v2},v1:127.0.0.1:${ports.v1}]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
auth allow insecure global id reclaim = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
mon warn on pool no redundancy = false
mon allow pool size one = true
mon data avail warn = 1
mon data avail crit = 1
osd crush chooseleaf type = 0
ms bind ipv6 = false
run dir = ${folder}/run
log file = ${folder}/log/$name.log
admin socket = ${folder}/run/$name.asok
pid file = ${folder}/run/$name.ceph-pid
mon data = ${folder}/mon
mon cluster log file = ${folder}/log/cluster.log
osd data = ${folder}/osd
osd objectstore = bluestore
bluestore block create = true
bluestore block size = 4294967296
bluestore cache size = 67108864
osd memory target = 1073741824
keyring = ${folder}/keyring
[client.rgw]
rgw data = ${folder}/run
rgw frontends = beast endpoint=127.0.0.1:${ports.port}
rgw thread pool size = 16
rgw enable usage log = false
rgw dns name = localhost
`;

function requireCeph(): void {
  for (const program of ['ceph-mon', 'ceph-osd', 'ceph', 'radosgw'])
    if (spawnSync(program, ['--version']).error)
      throw new Error(
        `${program} is not installed. These tests need Ceph's S3 gateway: apt-get install --no-install-recommends ceph-mon ceph-osd ceph-common radosgw (Debian).`,
      );
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

async function end(child: ChildProcess | null, signal: NodeJS.Signals): Promise<void> {
  if (!child || hasEnded(child)) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}

async function tail(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).slice(-3_000);
}
