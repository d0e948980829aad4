import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../../platform/config/package-root.js';
import { waitFor } from '../../wait-for.js';
import { freePort } from './free-port.js';
import { jarsOf } from './maven.js';

const run = promisify(execFile);
const recipe = join(packageRoot, 'tests/services/servers/kafka');
const CLUSTER_ID = 'MkU3OEVBNTcwNTJENDM2Qk';
const KEY_PASSWORD = 'for-tests';
const credentials = { username: 'parley', password: 'a-password-for-tests' };

export interface KafkaServer {
  brokers: string[];
  /** The same broker over TLS, for who signs in. */
  secure: { brokers: string[]; tls: true; caFile: string; credentials: { username: string; password: string } };
  readonly pid: number;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  /** On the same port and data. */
  start(): Promise<void>;
  /** Freezes it, as a broker that is out of reach, until `resume`. Resolves once it does nothing more. */
  freeze(): Promise<void>;
  resume(): void;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** One node of Apache Kafka on loopback, empty. Resolves once it takes connections. */
export async function startKafka(): Promise<KafkaServer> {
  const classPath = join(await jars(), '*');
  const [brokerPort, securePort, controllerPort] = [await freePort(), await freePort(), await freePort()];
  const directory = await mkdtemp(join(tmpdir(), 'parley-kafka-'));
  const properties = join(directory, 'server.properties');
  const template = await readFile(join(recipe, 'server.properties'), 'utf8');
  await writeFile(
    properties,
    template
      .replaceAll('BROKER_PORT', String(brokerPort))
      .replaceAll('SECURE_PORT', String(securePort))
      .replaceAll('CONTROLLER_PORT', String(controllerPort))
      .replaceAll('DATA_DIR', join(directory, 'data'))
      .replaceAll('KEY_STORE', join(directory, 'keys.p12'))
      .replaceAll('KEY_PASSWORD', KEY_PASSWORD),
  );
  const caFile = await makeCertificate(directory);
  const account = `SCRAM-SHA-512=[name=${credentials.username},password=${credentials.password}]`;
  const format = ['format', '--cluster-id', CLUSTER_ID, '--config', properties, '--add-scram', account];
  await run('java', ['-cp', classPath, 'kafka.tools.StorageTool', ...format]);

  let child: ChildProcess;
  const start = async () => {
    const output = await open(join(directory, 'server.log'), 'a');
    const flags = ['-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
    child = spawn('java', [...flags, '-cp', classPath, 'kafka.Kafka', properties], {
      stdio: ['ignore', output.fd, output.fd],
    });
    await output.close();
    await waitFor('Kafka takes connections', () => hasEnded(child) || canConnect(brokerPort), 60_000);
    if (hasEnded(child)) throw new Error(`Kafka did not start:\n${await tail(join(directory, 'server.log'))}`);
  };
  const end = async (signal: NodeJS.Signals) => {
    if (hasEnded(child)) return;
    const exit = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill(signal);
    await exit;
  };
  await start();
  return {
    brokers: [`127.0.0.1:${brokerPort}`],
    secure: { brokers: [`127.0.0.1:${securePort}`], tls: true, caFile, credentials },
    get pid() {
      return child.pid!;
    },
    kill: () => end('SIGKILL'),
    start,
    freeze: async () => {
      child.kill('SIGSTOP');
      const state = async () => (await run('ps', ['-o', 'state=', '-p', String(child.pid)])).stdout.trim();
      await waitFor('Kafka is frozen', async () => (await state()).startsWith('T'));
    },
    resume: () => void child.kill('SIGCONT'),
    stop: async () => {
      await end('SIGKILL'); // its data is not kept
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A key for 127.0.0.1; the file of its certificate. */
async function makeCertificate(directory: string): Promise<string> {
  const caFile = join(directory, 'ca.pem');
  const store = ['-keystore', join(directory, 'keys.p12'), '-storepass', KEY_PASSWORD, '-alias', 'broker'];
  const key = ['-keyalg', 'EC', '-dname', 'CN=127.0.0.1', '-ext', 'san=ip:127.0.0.1', '-validity', '2'];
  await run('keytool', ['-genkeypair', '-storetype', 'PKCS12', ...key, ...store]);
  await run('keytool', ['-exportcert', '-rfc', '-file', caFile, ...store]);
  return caFile;
}

/** The folder of its jars, fetched once. */
async function jars(): Promise<string> {
  await need('java', ['-version'], 'Java 17 or newer is needed (Debian: apt-get install openjdk-17-jre-headless).');
  return jarsOf('Kafka', 'kafka-4.3.1', join(recipe, 'pom.xml'));
}

async function need(program: string, args: string[], advice: string): Promise<void> {
  try {
    await run(program, args);
  } catch (error) {
    throw new Error(`These tests run a real Kafka. ${advice}`, { cause: error });
  }
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

async function canConnect(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function tail(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).slice(-3_000);
}
