import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { silentLog } from '../platform/telemetry/log.js';
import { waitFor } from '../tests/wait-for.js';
import { InProcessDataSource } from './data-source.js';
import { Gateway } from './gateway.js';
import { OperationLimits } from './limits.js';
import { startSmallRouter, type SmallRouter } from './router.fixture.js';
import { messagesFixture, smallSupergraph, usersFixture } from './small-supergraph.fixture.js';
import { readSupergraph, watchSupergraph } from './supergraph-source.js';

const log = silentLog();
const sources = {
  messages: new InProcessDataSource(messagesFixture(), log),
  users: new InProcessDataSource(usersFixture(), log),
};

let folder: string;
let file: string;
let router: SmallRouter;
let stopWatching: () => void;
let refused: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-supergraph-'));
  file = join(folder, 'supergraph.graphql');
  write(smallSupergraph());
  router = await startSmallRouter();
  refused = 0;
  const use = async (supergraphSdl: string) => {
    try {
      const next = await Gateway.open({ supergraphSdl, sources, log });
      router.operations.replace(next, new OperationLimits(next.schema, next.supergraph));
    } catch (error) {
      refused++;
      throw error;
    }
  };
  stopWatching = watchSupergraph({ source: file, current: smallSupergraph(), use, log, pollMs: 20 });
});
afterEach(async () => {
  stopWatching();
  await router.close();
  rmSync(folder, { recursive: true });
});

/** At once, as whoever deploys it does. */
function write(text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

const without = (field: string) =>
  smallSupergraph().replace(new RegExp(`^ *${field}: String @join__field.*\n`, 'm'), '');

async function ask(query: string): Promise<{ data?: unknown; errors?: { message: string }[] }> {
  const response = await fetch(`${router.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as { data?: unknown; errors?: { message: string }[] };
}

describe('a supergraph that changes', () => {
  test('is taken into use, and back, while the router answers', async () => {
    expect(await ask('{ hello }')).toEqual({ data: { hello: 'world' } });
    write(without('hello'));
    await waitFor('hello is gone', async () => (await ask('{ hello }')).errors?.[0]?.message.includes('hello'));
    expect(await ask('{ whoAmI }')).toEqual({ data: { whoAmI: 'nobody' } });
    write(smallSupergraph());
    await waitFor('hello is back', async () => (await ask('{ hello }')).data);
  });

  test.each([
    ['is no GraphQL', 'type Query {'],
    ['is no supergraph', 'type Query { hello: String }'],
    ['names a subgraph that nobody serves', smallSupergraph().replaceAll('"users"', '"strangers"')],
  ])('is refused where it %s, and the one before stays', async (_what, text) => {
    write(text);
    await waitFor('it was refused', () => refused > 0);
    expect(await ask('{ hello }')).toEqual({ data: { hello: 'world' } });
    write(without('hello'));
    await waitFor('the next one is in use', async () => (await ask('{ hello }')).errors);
    expect(refused).toBe(1);
  });

  test('that cannot be read for a while leaves the one in use', async () => {
    rmSync(file);
    expect(await ask('{ hello }')).toEqual({ data: { hello: 'world' } });
    write(without('hello'));
    await waitFor('the next one is in use', async () => (await ask('{ hello }')).errors);
  });
});

test('a supergraph is read from a URL, too', async () => {
  let status = 200;
  const server = createServer((_request, response) => response.writeHead(status).end('schema'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/supergraph`;
  try {
    expect(await readSupergraph(url)).toBe('schema');
    status = 404;
    await expect(readSupergraph(url)).rejects.toThrow('404');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
