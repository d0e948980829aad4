import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { expectTypeOf } from 'expect-type';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { InboxDocument as ParsedInbox } from './documents.js';
import { createParley, type Chat, type ConversationView, type Observable, type Parley } from './index.js';
import { InboxDocument, SendMessageDocument, type InboxQuery, type SendMessageMutation } from './operations.js';
import type { PayloadOf } from './transport/requests.js';

const folder = dirname(fileURLToPath(import.meta.url));
const LIMIT = 30_000;

async function bundled(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(folder, entry)],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    external: ['graphql', 'react'],
    write: false,
  });
  return outputFiles[0]!.text;
}

test('the client is less than 30 kB, gzipped, with all that it needs', async () => {
  const text = await bundled('index.ts');
  expect(text).not.toMatch(/from ?["']graphql["']/);
  expect(gzipSync(text).length).toBeLessThan(LIMIT);
});

test('every document of the client is in the manifest, under the hash that it carries', () => {
  const manifest = JSON.parse(readFileSync(join(folder, 'generated/persisted-documents.json'), 'utf8')) as object;
  for (const document of [InboxDocument, SendMessageDocument])
    expect(Object.keys(manifest)).toContain((document.__meta__ as { hash: string }).hash);
});

test('a document is there parsed, too, for those who bring a client of their own', () => {
  expect(ParsedInbox.kind).toBe('Document');
  expectTypeOf(ParsedInbox).toExtend<TypedDocumentNode<InboxQuery, { first: number }>>();
});

test('results, variables and views are typed', async () => {
  const parley = createParley({ url: 'http://127.0.0.1:1' });
  expectTypeOf(parley).toEqualTypeOf<Parley>();
  expectTypeOf(parley.chat).toEqualTypeOf<Observable<Chat | null>>();
  expectTypeOf<PayloadOf<SendMessageMutation>['message']>().toExtend<{ seq: number; body: string | null } | null>();
  expectTypeOf<PayloadOf<SendMessageMutation>>().not.toHaveProperty('errors');
  const ask = (chat: Chat) => chat.requests.ask(InboxDocument, { first: 10 });
  expectTypeOf(ask).returns.resolves.toEqualTypeOf<InboxQuery>();
  // @ts-expect-error a page has a size
  const withoutSize = (chat: Chat) => chat.requests.ask(InboxDocument, {});
  expect(withoutSize).toBeDefined();
  type Shown = ConversationView['messages'][number];
  expectTypeOf<Extract<Shown, { isPending: true }>['progress']>().toEqualTypeOf<'CREATED' | 'FAILED'>();
  expectTypeOf<Extract<Shown, { isPending: false }>['progress']>().toEqualTypeOf<
    'SENT' | 'DELIVERED' | 'READ' | 'FAILED'
  >();
  await parley.close();
});
