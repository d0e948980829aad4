import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { packageRoot } from '../platform/config/package-root.js';
import { examples } from './explorer.js';

describe('the examples in the explorer', () => {
  const schema = buildSchema(readFileSync(join(packageRoot, 'schema', 'api.graphql'), 'utf8'));
  test.each(examples)('are valid: %s', (example) => {
    expect(validate(schema, parse(example)).map(({ message }) => message)).toEqual([]);
  });
});
