import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { packageRoot } from '../platform/config/package-root.js';
import { examples, explorer } from './explorer.js';

describe('the examples in the explorer', () => {
  const schema = buildSchema(readFileSync(join(packageRoot, 'schema', 'api.graphql'), 'utf8'));
  test.each(examples)('are valid: %j', ({ query, variables = '{}', headers = '{}' }) => {
    expect(validate(schema, parse(query)).map(({ message }) => message)).toEqual([]);
    for (const json of [variables, headers]) expect(JSON.parse(json)).toBeInstanceOf(Object);
  });
});

describe('the page of the explorer', () => {
  test('runs under a policy that allows its own script, its workers and this router, nothing else', async () => {
    const { html, policy } = await explorer();
    const [, script = ''] = /<script>([^]*?)<\/script>/.exec(html.toString().replace(/\r\n?/g, '\n')) ?? [];
    expect(script).toContain('renderYogaGraphiQL');
    const hash = createHash('sha256').update(script).digest('base64');
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src 'sha256-${hash}'`,
      'worker-src blob:',
      "style-src 'unsafe-inline'",
      'img-src data:',
      'font-src data:',
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
  });

  test('has no other script, and nothing that its policy would refuse', async () => {
    const page = (await explorer()).html.toString();
    const markup = page.replace(/<script>[^]*?<\/script>/, '').replace(/<style>[^]*?<\/style>/, '');
    expect(markup).not.toMatch(/<script|<style|\son\w+=|javascript:/i);
  });

  // Over a socket it would not send what is in its Headers tab, the access token.
  test('subscribes over HTTP, with its headers', async () => {
    expect((await explorer()).html.toString()).not.toMatch(/"subscriptionsProtocol":/);
  });
});
