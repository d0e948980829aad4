import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDataDirectory } from './data-directory.js';
import { packageRoot } from './package-root.js';
import { StartError } from './start-error.js';

let directory: string;
const isLinux = process.platform === 'linux';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'parley-data-'));
  writeFileSync(join(directory, 'file'), '');
  mkdirSync(join(directory, 'read-only'));
  chmodSync(join(directory, 'read-only'), 0o555);
  symlinkSync(join(directory, 'nowhere'), join(directory, 'dangling'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Root may write where the mode forbids it, so for root: a file system that takes no files. */
const readOnly = () => (process.getuid?.() === 0 ? '/sys' : join(directory, 'read-only'));

function refusal(path: string): StartError {
  try {
    openDataDirectory(path).release();
  } catch (error) {
    expect(error).toBeInstanceOf(StartError);
    return error as StartError;
  }
  throw new Error(`${path} was taken`);
}

describe('the data directory', () => {
  it('is made with all above it, and given back', () => {
    const path = join(directory, 'a', 'b', 'c');
    openDataDirectory(path).release();
    expect(existsSync(join(path, 'parley.lock'))).toBe(false);
    openDataDirectory(path).release();
  });

  it('is one process’s alone', () => {
    const path = join(directory, 'taken');
    const held = openDataDirectory(path);
    expect(refusal(path).message).toMatch(/Another Parley .* PARLEY_DATA_DIR/);
    held.release();
  });

  it.each(['file', 'file/below', 'file/far/below', 'dangling'])('is refused where %s stands in its way', (name) => {
    expect(refusal(join(directory, name)).message).toMatch(/is not a directory.* PARLEY_DATA_DIR/);
  });

  it('is refused where its name is too long', () => {
    expect(refusal(join(directory, 'n'.repeat(300))).message).toMatch(/ENAMETOOLONG.* PARLEY_DATA_DIR/);
  });

  (isLinux ? it : it.skip)('is refused where it is read-only, itself or above', () => {
    for (const path of [readOnly(), join(readOnly(), 'below'), join(readOnly(), 'far', 'below')])
      expect(refusal(path).message).toMatch(/PARLEY_DATA_DIR/);
  });

  // In a process of its own: what once went on for ever did not return to any timer.
  (isLinux ? it : it.skip).each(['/proc', '/proc/nope', '/proc/not/there'])(
    'ends a start in %s with a sentence',
    (path) => {
      const started = spawnSync(process.execPath, [join(packageRoot, 'dist/bundle/main.js'), 'all'], {
        env: { ...process.env, NODE_OPTIONS: '', PARLEY_DATA_DIR: path },
        encoding: 'utf8',
        timeout: 15_000,
      });
      expect(started.stderr).toMatch(/^The data directory \/proc\S* .*PARLEY_DATA_DIR.*\n$/);
      expect(started.status).toBe(1);
    },
    20_000,
  );
});
