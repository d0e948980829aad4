import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const run = promisify(execFile);
const modules = resolve('node_modules');

/** The code of a file that the page says to write. */
async function said(name: string): Promise<string> {
  const page = await readFile('docs/client.md', 'utf8');
  const found = new RegExp(`\`${name}\`:\n\n\`\`\`\\w+\n([^]*?)\`\`\``).exec(page);
  if (!found) throw new Error(`docs/client.md does not say what ${name} is.`);
  return found[1]!;
}

test('documents and types from the published schema, in an empty folder, as docs/client.md says', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-recipe-'));
  try {
    // In place of npm install, which needs the internet.
    await symlink(modules, join(folder, 'node_modules'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await copyFile('schema/api.graphql', join(folder, 'api.graphql'));
    for (const name of ['codegen.yml', 'unread.ts']) await writeFile(join(folder, name), await said(name));
    const node = (script: string, ...args: string[]) =>
      run(process.execPath, [join(modules, script), ...args], { cwd: folder });
    await node('@graphql-codegen/cli/cjs/bin.js');
    const check = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--skipLibCheck'];
    await node('typescript/bin/tsc', ...check, 'unread.ts');

    // A field that is not there is found before anything runs.
    const wrong = (await said('unread.ts')).replace('viewer?.unreadCount', 'viewer?.unread');
    await writeFile(join(folder, 'wrong.ts'), wrong);
    const failure = await node('typescript/bin/tsc', ...check, 'wrong.ts').catch(
      (error: unknown) => error as { stdout: string },
    );
    expect(failure.stdout).toContain("Property 'unread' does not exist");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 120_000);
