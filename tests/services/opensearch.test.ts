import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { searchIndexContract } from '../../platform/search-index/contract.js';
import { ask, message, written } from '../../platform/search-index/documents.fixture.js';
import { openOpenSearchIndex } from '../../platform/search-index/opensearch.js';
import { silentLog } from '../../platform/telemetry/log.js';
import { startOpenSearch, type OpenSearchServer } from './servers/opensearch.js';

jest.setTimeout(180_000);

let server: OpenSearchServer;
beforeAll(async () => {
  server = await startOpenSearch();
});
afterAll(() => server?.stop());

const connect = (url = server.url) =>
  openOpenSearchIndex({ nodes: [url], credentials: null, caFile: null }, silentLog());
const onServer = async (method: string, path: string) => {
  const response = await fetch(`${server.url}${path}`, { method });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.text();
};

searchIndexContract('OpenSearch', async () => ({
  connect: async () => connect(),
  settle: async () => void (await onServer('POST', '/parley-*/_refresh')),
  remove: async () => void (await onServer('DELETE', '/parley-*')),
}));

describe('OpenSearch', () => {
  test('is UNAVAILABLE while it is away, and is used again once it is back', async () => {
    const index = await connect();
    const before = message('before');
    await index.writeMessages([written(before)]);
    await server.kill();
    const unavailable = { extensions: { code: 'UNAVAILABLE' } };
    await expect(index.searchMessages(ask('before'))).rejects.toMatchObject(unavailable);
    await expect(index.searchPeople({ text: 'ann', first: 5 })).rejects.toMatchObject(unavailable);
    await expect(index.writeMessages([written(message('lost'))])).rejects.toMatchObject(unavailable);
    await expect(index.rebuild('messages')).rejects.toMatchObject(unavailable);
    await server.start();
    await index.writeMessages([written(message('after'))]);
    await onServer('POST', '/parley-*/_refresh');
    expect((await index.searchMessages(ask('before'))).hits).toMatchObject([{ id: before.id }]);
    await index.close();
    await onServer('DELETE', '/parley-*');
  });

  test('makes its indices again when somebody has removed them', async () => {
    const index = await connect();
    await index.writeMessages([written(message('one'))]);
    await onServer('DELETE', '/parley-*');
    const two = message('two');
    await index.writeMessages([written(two)]);
    await onServer('POST', '/parley-*/_refresh');
    expect((await index.searchMessages(ask('two'))).hits).toMatchObject([{ id: two.id }]);
    expect(await onServer('GET', '/_cat/indices/parley-*?h=index&s=index')).toMatch(
      /^parley-conversations-v1001-1\nparley-messages-v1001-1\nparley-people-v1001-1$/m,
    );
    await index.close();
    await onServer('DELETE', '/parley-*');
  });

  test('starts in several processes at once', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => connect()));
    await Promise.all(all.map((index, i) => index.writeMessages([written(message(`word ${i}`))])));
    await onServer('POST', '/parley-*/_refresh');
    expect((await all[0]!.searchMessages(ask('word'))).total).toBe(4);
    await Promise.all(all.map((index) => index.close()));
    await onServer('DELETE', '/parley-*');
  });
});
