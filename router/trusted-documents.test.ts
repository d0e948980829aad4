import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import * as operations from '../client/src/operations.js';
import { packageRoot } from '../platform/config/package-root.js';
import { startSmallRouter, type SmallRouter } from './router.fixture.js';
import { TrustedDocuments } from './trusted-documents.js';

const trusted = 'query Hello($id: ID!) { hello message(id: $id) { id body } }';
const hash = createHash('sha256').update(trusted).digest('hex');
const variables = { id: 'm1' };

describe('a router that runs known documents only', () => {
  let router: SmallRouter;
  beforeAll(async () => {
    router = await startSmallRouter({ trustedDocuments: new TrustedDocuments([[hash, trusted]]) });
  });
  afterAll(() => router.close());

  async function post(body: unknown, accept = 'application/graphql-response+json') {
    const response = await fetch(`${router.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify(body),
    });
    return { status: response.status, text: await response.text() };
  }
  const get = async (params: Record<string, string>) => {
    const response = await fetch(`${router.url}/graphql?${new URLSearchParams(params).toString()}`, {
      headers: { accept: 'application/json' },
    });
    return { status: response.status, text: await response.text() };
  };
  const persistedQuery = { version: 1, sha256Hash: hash };

  test.each([
    ['by its id', { documentId: hash }],
    ['by its id with its kind', { documentId: `sha256:${hash}` }],
    ['as an automatic persisted query', { extensions: { persistedQuery } }],
    ['by its text', { query: trusted }],
    ['by its text in another order', { query: 'query Hello($id: ID!) {\n  message(id: $id) { body id }\n  hello\n}' }],
  ])('runs one of them %s', async (_how, named) => {
    const { status, text } = await post({ ...named, variables });
    expect([status, text]).toEqual([200, expect.stringContaining('"hello":"world"')]);
    const inUrl = Object.entries({ ...named, variables }).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
    expect((await get(Object.fromEntries(inUrl) as Record<string, string>)).text).toContain('"hello":"world"');
    expect((await post({ ...named, variables }, 'text/event-stream')).text).toContain('"hello":"world"');
  });

  test.each([
    ['another document', { query: '{ whoAmI }' }],
    ['one field more', { query: 'query Hello($id: ID!) { hello message(id: $id) { id body } whoAmI }' }],
    ['another argument', { query: 'query Hello($id: ID!) { hello message(id: "m2") { id body } }' }],
    ['introspection', { query: '{ __schema { types { name } } }' }],
    ['what is no GraphQL', { query: '{ hello' }],
    ['a field that is not there, without a hint', { query: '{ hallo }' }],
    ['an unknown id', { documentId: 'f'.repeat(64) }],
    ['an id with another text', { documentId: hash, query: '{ whoAmI }' }],
    ['a hash with another text', { query: '{ whoAmI }', extensions: { persistedQuery } }],
    ['nothing', {}],
    ['a list', [{ query: '{ whoAmI }' }]],
  ])('refuses %s', async (_what, body) => {
    for (const accept of ['application/graphql-response+json', 'text/event-stream']) {
      const { status, text } = await post(body, accept);
      expect(text).toContain('DOCUMENT_NOT_TRUSTED');
      expect(text).not.toMatch(/whoAmI|"data"|Did you mean/);
      if (accept !== 'text/event-stream') expect(status).toBe(403);
    }
  });

  test('the last of two texts in a query string is the one that is looked at and run', async () => {
    const search = `query=${encodeURIComponent(trusted)}&query=${encodeURIComponent('{ whoAmI }')}`;
    const response = await fetch(`${router.url}/graphql?${search}`, { headers: { accept: 'application/json' } });
    expect(await response.text()).toContain('DOCUMENT_NOT_TRUSTED');
    const body = { query: trusted, variables };
    const both = await fetch(`${router.url}/graphql?query=${encodeURIComponent('{ whoAmI }')}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(await both.text()).toContain('"hello":"world"');
  });

  test('over sockets as well', async () => {
    const client = createClient({ url: `${router.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    const run = async (payload: object) => {
      const answers: unknown[] = [];
      for await (const answer of client.iterate(payload as { query: string })) answers.push(answer);
      return answers;
    };
    const byId = { query: '', extensions: { persistedQuery }, variables };
    expect(await run({ query: trusted, variables })).toMatchObject([{ data: { hello: 'world' } }]);
    expect(await run(byId)).toMatchObject([{ data: { hello: 'world' } }]);
    await expect(run({ query: '{ whoAmI }' })).rejects.toMatchObject([
      { extensions: { code: 'DOCUMENT_NOT_TRUSTED' } },
    ]);
    await client.dispose();
  });

  test('has no explorer', async () => {
    const response = await fetch(`${router.url}/graphql`, { headers: { accept: 'text/html' } });
    expect(await response.text()).not.toContain('<html');
  });
});

describe('a manifest', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-manifest-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (content: unknown) => {
    const path = join(folder, `${crypto.randomUUID()}.json`);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };

  test('of the client has every document that the client sends', async () => {
    const documents = await TrustedDocuments.read([join(packageRoot, 'client/src/generated/persisted-documents.json')]);
    const texts = Object.values(operations).flatMap((each) => (each instanceof String ? [each.toString()] : []));
    const whole = texts.filter((text) => !/^\s*fragment/.test(text));
    expect(whole.length).toBeGreaterThan(50);
    for (const query of whole) expect(documents.admit({ query })).toEqual({ query });
  });

  test('may be one of Apollo, and several are taken together', async () => {
    const apollo = {
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: [{ id: 'one', name: 'One', type: 'query', body: 'query One { hello }' }],
    };
    const documents = await TrustedDocuments.read([file(apollo), file({ [hash]: trusted })]);
    expect(documents.admit({ documentId: 'one' })).toEqual({ query: 'query One { hello }' });
    expect(documents.admit({ documentId: hash })).toEqual({ query: trusted });
  });

  test.each([
    ['is not there', () => join(folder, 'none.json')],
    ['is no JSON', () => file('{')],
    ['is no manifest', () => file({ hello: 'world' })],
    ['has what is no GraphQL', () => file({ [hash]: '{ hello' })],
  ])('that %s ends the start with a sentence', async (_what, path) => {
    await expect(TrustedDocuments.read([path()])).rejects.toThrow(/^PARLEY_TRUSTED_DOCUMENTS names .*of no use/);
  });
});

test('the page about it shows a document that is there', () => {
  const manifest = readFileSync(join(packageRoot, 'client/src/generated/persisted-documents.json'), 'utf8');
  const [, shown = ''] = /sha256:([0-9a-f]{64})/.exec(
    readFileSync(join(packageRoot, 'docs/trusted-documents.md'), 'utf8'),
  )!;
  expect(Object.keys(JSON.parse(manifest) as object)).toContain(shown);
});
