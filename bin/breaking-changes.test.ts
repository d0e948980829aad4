import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { breakingChanges } from './breaking-changes.js';

const before = 'type Query { hello: String, bye: String }';
const added = 'type Query { hello: String, bye: String, more: Int }';
const broken = 'type Query { hello: String }';
const complaint = `Breaks clients: "Field 'bye' was removed from object type 'Query'". Take it back, or accept it in schema/accepted-changes.json.`;

let directory: string;
let root: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parley-schema-'));
  root = join(directory, 'repository');
  mkdirSync(root);
  git('init', '--quiet', '--initial-branch=main');
});
afterEach(() => rmSync(directory, { recursive: true }));

function git(...args: string[]): void {
  const identity = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.org', '-c', 'commit.gpgsign=false'];
  execFileSync('git', [...identity, ...args], { cwd: root, stdio: 'ignore' });
}
function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}
function commit(api: string): void {
  write('schema/api.graphql', api);
  git('add', '.');
  git('commit', '--quiet', '--allow-empty', '--message', 'schema');
}
const found = async (api: string) => (await breakingChanges(root, api)).complaints;

describe('changes that break clients', () => {
  it('are found on main before they are committed', async () => {
    commit(before);
    commit(added);
    expect(await found(added)).toEqual([]);
    expect(await found(broken)).toContain(complaint);
  });

  it('are found in the commit that is main’s tip, as CI checks it out', async () => {
    commit(before);
    commit(broken);
    expect(await found(broken)).toEqual([complaint]);
    git('checkout', '--quiet', '--detach');
    git('branch', '--delete', '--force', 'main');
    expect(await found(broken)).toEqual([complaint]);
  });

  it('are found on a branch against where it left main, however many commits ago', async () => {
    commit(before);
    git('checkout', '--quiet', '-b', 'work');
    commit(broken);
    commit(broken);
    commit(broken);
    expect(await found(broken)).toEqual([complaint]);
    git('checkout', '--quiet', 'main');
    commit(added); // what main got meanwhile is not the branch's removal
    git('checkout', '--quiet', 'work');
    expect(await found(broken)).toEqual([complaint]);
  });

  it('pass once they are accepted with a reason', async () => {
    commit(before);
    commit(broken);
    const change = "Field 'bye' was removed from object type 'Query'";
    write(
      'schema/accepted-changes.json',
      JSON.stringify({ description: '', accepted: [{ change, why: 'nobody asks' }] }),
    );
    expect(await breakingChanges(root, broken)).toEqual({ complaints: [], skipped: null });
  });

  it('are not looked for where the history is missing, which is said', async () => {
    expect((await breakingChanges(root, broken)).skipped).toMatch(/there is no earlier commit\.$/);
    commit(before);
    commit(broken);
    execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${root}`, join(directory, 'shallow')], {
      stdio: 'ignore',
    });
    const shallow = await breakingChanges(join(directory, 'shallow'), broken);
    expect(shallow).toEqual({ complaints: [], skipped: expect.stringMatching(/this clone is shallow/) });
    const without = await breakingChanges(directory, broken);
    expect(without.skipped).not.toBeNull();
  });
});
