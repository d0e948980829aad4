import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { buildSchema, type GraphQLEnumType } from 'graphql';
import { packageRoot } from '../../platform/config/package-root.js';
import { catalogue } from '../../platform/errors/errors.js';

const page = readFileSync(join(packageRoot, 'docs/errors.md'), 'utf8');
const schema = buildSchema(readFileSync(join(packageRoot, 'schema/api.graphql'), 'utf8'));
const userErrors = (schema.getType('UserErrorCode') as GraphQLEnumType).getValues().map(({ name }) => name);

/** The rows of the table under a heading, cell by cell. */
function rowsUnder(heading: string): string[][] {
  const [, text = ''] = page.split(`## ${heading}\n`);
  const [section = ''] = text.split('\n## ');
  return [...section.matchAll(/^\| `(.*) \|$/gm)].map(([, row]) => row!.replace('`', '').split(' | '));
}

function sources(folder: string): string[] {
  return readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ts$/.test(name) && !/\.(test|fixture|d)\.ts$|testing\.ts$|contract\.ts$/.test(name))
    .map((name) => readFileSync(join(packageRoot, folder, name), 'utf8'));
}

describe('docs/errors.md', () => {
  test('has the codes of GraphQL errors, with what the code says of them', () => {
    const shown = rowsUnder('In `extensions.code`').map(([code, retryable, status]) => [
      code,
      { retryable: retryable === 'yes', status: Number(status) },
    ]);
    expect(Object.fromEntries(shown)).toEqual(catalogue);
  });

  test('has the codes of payloads', () => {
    expect(rowsUnder("In a payload's `errors`").map(([code]) => code)).toEqual([...userErrors].sort());
  });

  test('says of each what to do', () => {
    const rows = ['In `extensions.code`', "In a payload's `errors`", 'Sockets'].flatMap(rowsUnder);
    expect(rows.length).toBeGreaterThan(40);
    for (const row of rows) for (const cell of row) expect(cell.trim()).not.toBe('');
  });

  test('has the codes with which the router closes sockets', () => {
    const shown = rowsUnder('Sockets').map(([code]) => code);
    const closes = sources('router').flatMap((source) => [
      ...source.matchAll(/\b(?:close|end)\((?:\w+, )?(\d{4})\b|\b(?:unauthorized|forbidden|failed|restart): (\d{4})/g),
    ]);
    const codes = [...new Set(closes.map(([, inCall, named]) => inCall ?? named))];
    expect(codes.length).toBeGreaterThan(3);
    expect(shown).toEqual(expect.arrayContaining(codes));
  });
});

test('every code that is thrown is in the catalogue', () => {
  const thrown = ['subgraphs', 'platform', 'router', 'workers']
    .flatMap(sources)
    .flatMap((source) => [
      ...[...source.matchAll(/\bUserFault(?:<\w+>)?\(\s*'(\w+)'/g)].map(([, code]) => ['payload', code]),
      ...[...source.matchAll(/\bfault\(\s*'(\w+)'/g)].map(([, code]) => ['payload', code]),
      ...[...source.matchAll(/\bnew Fault\(\s*'(\w+)'/g)].map(([, code]) => ['graphql', code]),
      ...[...source.matchAll(/extensions: \{ code: '(\w+)'/g)].map(([, code]) => ['graphql', code]),
    ]);
  const known: Record<string, readonly string[]> = { payload: userErrors, graphql: Object.keys(catalogue) };
  expect(thrown.length).toBeGreaterThan(100);
  expect(thrown.filter(([kind, code]) => !known[kind!]!.includes(code!))).toEqual([]);
});
