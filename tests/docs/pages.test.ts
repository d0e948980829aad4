import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { packageRoot } from '../../platform/config/package-root.js';

const inFolder = (folder: string) =>
  readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
    .map((name) => join(packageRoot, folder, name));
const pages = [join(packageRoot, 'README.md'), ...inFolder('docs'), ...inFolder('examples')].map(
  (path) => [relative(packageRoot, path), readFileSync(path, 'utf8')] as const,
);

test('a guide for each feature', () => {
  const guides = pages.filter(([name]) => name.startsWith(join('docs', 'guides')));
  expect(guides.length).toBeGreaterThan(8);
  for (const [, text] of guides) expect(text).toContain('```graphql\n');
});

describe('the GraphQL that a page shows is valid', () => {
  const schema = buildSchema(readFileSync(join(packageRoot, 'schema/api.graphql'), 'utf8'));
  const blocks = pages.flatMap(([name, text]) =>
    [...text.matchAll(/```graphql\n([^]*?)```/g)].map(([, block], index) => [`${name}, ${index + 1}`, block!] as const),
  );
  test.each(blocks)('%s', (_name, block) => {
    expect(validate(schema, parse(block)).map(({ message }) => message)).toEqual([]);
  });
});

test('what pages link to is there', () => {
  const texts = new Map(pages);
  const dead = pages.flatMap(([name, text]) =>
    [...text.replace(/```[^]*?```/g, '').matchAll(/\]\((?!\w+:)([^)#\s]*)(#[^)]*)?\)/g)].flatMap(
      ([link, path, hash]) => {
        const target = path === '' ? name : join(dirname(name), path!);
        if (!existsSync(join(packageRoot, target))) return [`${name}: ${link}`];
        const there = texts.get(target);
        return !hash || there === undefined || anchorsOf(there).has(hash.slice(1)) ? [] : [`${name}: ${link}`];
      },
    ),
  );
  expect(dead).toEqual([]);
});

/** As GitHub makes them of headings, and those that are set. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set([...headings, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id!)]);
}
