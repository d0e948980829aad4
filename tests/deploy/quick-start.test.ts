import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openDirect, say, signUp } from '../chat.js';
import type { RunningParley } from '../running-parley.js';
import { startParley } from '../story.js';
import { waitFor } from '../wait-for.js';

const run = promisify(execFile);
const page = () => readFile('docs/quick-start.md', 'utf8');

/** The code of a file that the page says to write. */
async function said(name: string): Promise<string> {
  const found = new RegExp(`\`${name}\`[^\n]*:\n\n\`\`\`\\w+\n([^]*?)\`\`\``).exec(await page());
  if (!found) throw new Error(`docs/quick-start.md does not say what ${name} is.`);
  return found[1]!;
}

/** What the page says to run, in order, but for what needs the internet. */
async function commands(): Promise<string[]> {
  const blocks = [...(await page()).matchAll(/```sh\n([^]*?)```/g)].map(([, block]) => block!);
  return blocks.filter((block) => !block.includes('npm install'));
}

let parley: RunningParley;
let folder: string;
let following: ChildProcess | null = null;
beforeAll(async () => {
  parley = await startParley();
  folder = await mkdtemp(join(tmpdir(), 'parley-quick-start-'));
}, 180_000);
afterAll(async () => {
  if (following?.pid) process.kill(-following.pid, 'SIGKILL');
  await parley?.remove();
  await rm(folder, { recursive: true, force: true });
});

test('a stranger gets from an empty folder to typed live events, by what docs/quick-start.md says alone', async () => {
  expect((await said('inbox.ts')).trim().split('\n').length).toBeLessThan(30);
  // In place of npm install, which needs the internet.
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await copyFile('schema/api.graphql', join(folder, 'api.graphql'));
  for (const name of ['codegen.yml', 'inbox.ts']) await writeFile(join(folder, name), await said(name));
  const [generate, start, ...more] = await commands();
  expect(more).toEqual([]);

  // A field that is not there is found before anything runs.
  await writeFile(join(folder, 'wrong.ts'), (await said('inbox.ts')).replace('viewer?.unreadCount', 'viewer?.unread'));
  const compiling = run('sh', ['-ec', generate!.replace('inbox.ts', 'inbox.ts wrong.ts')], { cwd: folder });
  const { stdout } = await compiling.catch((error: unknown) => error as { stdout: string });
  expect(stdout.match(/^\S+?\.ts\S*: error.*$/gm)).toEqual([
    expect.stringMatching(/^wrong\.ts.*Property 'unread' does not exist/),
  ]);

  const handle = `kim_${crypto.randomUUID().slice(0, 8)}`;
  const script = start!.replaceAll('http://127.0.0.1:4000', parley.url).replaceAll('kim', handle);
  following = spawn('sh', ['-ec', script], { cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [following.stdout!, following.stderr!])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const prints = (text: string) =>
    waitFor(
      text,
      () => output.includes(text),
      20_000,
      () => output,
    );
  await prints('Kim has 0 unread\nInboxCaughtUp\n');
  const ann = await signUp(parley.url, 'Ann');
  try {
    const { user } = await ann.query<{ user: { id: string } }>(
      'query ($handle: String) { user(handle: $handle) { id } }',
      {
        handle,
      },
    );
    await say(ann, await openDirect(ann, { userId: user.id }), 'Hello Kim');
    await prints('Ann: Hello Kim\n');
  } finally {
    ann.close();
  }
}, 120_000);
