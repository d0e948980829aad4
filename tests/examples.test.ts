import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { packageRoot } from '../platform/config/package-root.js';
import { openDirect, say, signUp } from './chat.js';
import type { Device } from './client.js';
import type { RunningParley } from './running-parley.js';
import { testDirectory } from './running-parley.js';
import { startParley } from './story.js';
import { waitFor } from './wait-for.js';

/** An example that runs as people run it, with what it has printed. */
class Example {
  private readonly child: ChildProcess;
  output = '';

  constructor(file: string, args: readonly string[] = [], environment: Record<string, string> = {}, folder?: string) {
    const path = join(folder ?? join(packageRoot, 'examples'), file);
    this.child = spawn(process.execPath, [path, ...args], {
      cwd: folder ?? packageRoot,
      env: { ...process.env, NODE_OPTIONS: '', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    running.push(this);
  }

  /** The first match of a pattern in what it prints. */
  async prints(pattern: RegExp): Promise<string> {
    const found = await waitFor(
      `it prints ${String(pattern)}`,
      () => pattern.exec(this.output),
      20_000,
      () => this.output,
    );
    return found[1] ?? found[0];
  }

  async ends(): Promise<number | null> {
    if (this.child.exitCode === null) await once(this.child, 'exit');
    return this.child.exitCode;
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }
}

const running: Example[] = [];
let directory: string;
let parley: RunningParley;
let issuer: string;
const people: Device[] = [];

/** One Parley for all of them: that of examples/supergraph, at free ports. */
beforeAll(async () => {
  directory = await testDirectory();
  const issuing = new Example('supergraph/issuer.mjs', [], { PORT: '0' });
  issuer = await issuing.prints(/^issuer (\S+)$/m);
  const subgraph = new Example('supergraph/employees.mjs', [], { PORT: '0', ISSUER: issuer });
  const supergraph = join(directory, 'supergraph.graphql');
  const composing = new Example('supergraph/compose.mjs', [supergraph]);
  const url = await subgraph.prints(/^employees (\S+)$/m);
  expect([await composing.ends(), composing.output]).toEqual([0, '']);
  const told = parseEnv(readFileSync(join(packageRoot, 'examples/supergraph/parley.env'), 'utf8'));
  const at = (name: string, from: string, to: string) => told[name]!.replace(from, to);
  parley = await startParley({
    ...(told as Record<string, string>),
    PARLEY_SUPERGRAPH: supergraph,
    PARLEY_SUBGRAPH_URLS: at('PARLEY_SUBGRAPH_URLS', 'http://127.0.0.1:4401', url),
    PARLEY_OIDC_ISSUERS: at('PARLEY_OIDC_ISSUERS', 'http://127.0.0.1:4400', issuer),
  });
}, 120_000);
afterAll(async () => {
  for (const device of people) device.close();
  await Promise.all(running.map((example) => example.kill()));
  await parley?.remove();
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

async function person(name: string): Promise<Device> {
  const device = await signUp(parley.url, name);
  people.push(device);
  return device;
}

test('supergraph: employees sign in with their issuer, and a live event names the employee behind its sender', async () => {
  const hello = new Example('supergraph/hello.mjs', [], { PARLEY_URL: parley.url, ISSUER: issuer });
  expect([await hello.ends(), hello.output]).toEqual([0, 'Grace (Rear admiral, Compilers): Good morning, Ada\n']);

  const ann = await person('Ann');
  const found = await ann.query(
    '{ team(name: "Compilers") { title } viewer { user { displayName employee { team } } } }',
  );
  expect(found).toEqual({
    team: [{ title: 'Rear admiral' }],
    viewer: { user: { displayName: 'Ann', employee: null } },
  });
  const { errors } = await ann.ask('{ viewer { user { identities { subject } } } }');
  expect(errors[0]?.extensions?.code).toBe('GRAPHQL_VALIDATION_FAILED');
}, 60_000);

test('bot: it answers what people write, once, also after it was killed', async () => {
  const folder = await published();
  const start = async () => {
    const bot = new Example('bot.mjs', [], { PARLEY_URL: parley.url }, folder);
    await bot.prints(/^ready as @dice_bot$/m);
    return bot;
  };
  const first = await start();
  const ann = await person('Ann');
  const { user } = await ann.query<{ user: { id: string } }>('{ user(handle: "dice_bot") { id } }');
  const conversationId = await openDirect(ann, { userId: user.id });
  const said = async () => {
    const { conversation } = await ann.query<{
      conversation: { messages: { edges: { node: { body: string } }[] } };
    }>('query ($id: ID!) { conversation(id: $id) { messages(first: 50) { edges { node { body } } } } }', {
      id: conversationId,
    });
    return conversation.messages.edges.map(({ node }) => node.body);
  };
  await say(ann, conversationId, '/help');
  await waitFor('it has answered', async () => (await said()).length === 2);
  await first.kill();
  await say(ann, conversationId, '/dice');
  await start();
  await waitFor('it has answered the next', async () => (await said()).length === 4);
  expect(await said()).toEqual(['/help', '/dice /time /help', '/dice', expect.stringMatching(/^You rolled [1-6]\.$/)]);
}, 60_000);

test('follow: what came while it was away is told once, in order, then it goes on live', async () => {
  const [ann, bob] = [await person('Ann'), await person('Bob')];
  const conversationId = await openDirect(ann, bob);
  const start = () =>
    new Example('follow/follow.mjs', [conversationId, join(directory, 'cursor')], {
      PARLEY_URL: parley.url,
      LOGIN: bob.person.handle,
      PASSWORD: bob.person.password,
    });
  const first = start();
  await first.prints(/CaughtUp/);
  await say(ann, conversationId, 'one');
  await first.prints(/^1 Ann: one$/m);
  // It keeps what it has printed a moment later.
  const left = async () => {
    const after = [readFileSync(join(directory, 'cursor'), 'utf8')];
    const { conversationChanges } = await bob.query<{ conversationChanges: { events: { message?: object }[] }[] }>(
      'query ($after: [String!]!) { conversationChanges(after: $after) { events { ... on MessageChanged { message { seq } } } } }',
      { after },
    );
    return conversationChanges[0]!.events.filter(({ message }) => message).length;
  };
  await waitFor('it has kept that', async () => existsSync(join(directory, 'cursor')) && (await left()) === 0);
  await first.kill();
  await say(ann, conversationId, 'two');
  await say(ann, conversationId, 'three');
  const second = start();
  await second.prints(/CaughtUp/);
  await say(ann, conversationId, 'four');
  await second.prints(/^4 Ann: four$/m);
  expect(second.output.match(/^\d .*$/gm)).toEqual(['2 Ann: two', '3 Ann: three', '4 Ann: four']);
}, 60_000);

/** The bot in a folder of its own, beside the client as it is published. */
async function published(): Promise<string> {
  const folder = join(directory, 'bot');
  const client = join(folder, 'node_modules/@parley/client');
  await build({
    entryPoints: ['index', 'operations'].map((name) => join(packageRoot, `client/src/${name}.ts`)),
    outdir: join(client, 'dist'),
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
  });
  copyFileSync(join(packageRoot, 'client/package.json'), join(client, 'package.json'));
  mkdirSync(dirname(join(folder, 'bot.mjs')), { recursive: true });
  copyFileSync(join(packageRoot, 'examples/bot/bot.mjs'), join(folder, 'bot.mjs'));
  symlinkSync(join(packageRoot, 'node_modules/ws'), join(folder, 'node_modules/ws'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  return folder;
}
