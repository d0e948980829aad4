import { expect, test } from '@jest/globals';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../platform/config/package-root.js';

const folder = join(packageRoot, 'web/dist');
const page = readFileSync(join(folder, 'index.html'), 'utf8');
/** What the page names is what a browser fetches before anything shows. */
const assets = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path!);

test('what is loaded before anything shows is under 200 kB in gzip', () => {
  expect(assets.some((path) => path.endsWith('.js')) && assets.some((path) => path.endsWith('.css'))).toBe(true);
  const bytes = ['/index.html', ...assets].map((path) => statSync(join(folder, `${path}.gz`)).size);
  expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(200_000);
});

test('no script and no style stands in the page', () => {
  expect(page).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|style=/);
});
