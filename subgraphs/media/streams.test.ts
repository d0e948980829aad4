import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Person } from '../../platform/auth/caller.js';
import { SubgraphCallers } from '../../platform/auth/subgraph-callers.js';
import { ViewerTokens } from '../../platform/auth/viewer-token.js';
import { serveSubgraph, type SubgraphServer } from '../../platform/subgraph/serve.js';
import { silentLog } from '../../platform/telemetry/log.js';
import { openMedia, somebody, uuidOf } from './testing.js';

/* mediaChanged as routers have it that know nothing of Parley's hub: from the subgraph itself, over graphql-transport-ws. */

let media: Awaited<ReturnType<typeof openMedia>>;
let server: SubgraphServer;
const viewerTokens = new ViewerTokens(randomBytes(32));
const clients: Client[] = [];
beforeAll(async () => {
  media = await openMedia();
  server = await serveSubgraph(media.subgraph, {
    ...{ host: '127.0.0.1', port: 0, viewerTokens, log: silentLog() },
    callers: new SubgraphCallers(viewerTokens),
    sockets: { pubsub: media.pubsub, max: 10 },
  });
});
afterAll(async () => {
  for (const client of clients) await client.dispose();
  await server?.close();
  await media?.close();
});

function listen(person: Person, id: string) {
  const client = createClient({
    url: `${server.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { 'parley-viewer': viewerTokens.sign(person) },
    retryAttempts: 0,
  });
  clients.push(client);
  return client.iterate<{ mediaChanged: { status: string; url: string | null } }>({
    query: 'subscription ($id: ID!) { mediaChanged(id: $id) { status url } }',
    variables: { id },
  });
}

test('tells how it stands, each change, and that nothing more will come', async () => {
  const ann = somebody();
  const { media: begun } = await media.create(ann);
  const told = listen(ann, begun!.id);
  const next = async () => {
    const { value, done } = await told.next();
    return done ? 'over' : (value as { data: { mediaChanged: { status: string } } }).data.mediaChanged.status;
  };
  expect(await next()).toBe('AWAITING_UPLOAD');
  media.objects.put(`uploads/${uuidOf(begun!.id)}`, Buffer.from('hello'));
  await media.change(ann, 'completeUpload', begun!.id);
  expect(await next()).toBe('PROCESSING');
  await media.work();
  expect(await next()).toBe('READY');
  expect(await next()).toBe('over');
});

test('is told to those who may see it: in a message that they can read, and no longer than that', async () => {
  const [ann, bob, eve] = [somebody(), somebody(), somebody()];
  const refused = { errors: [{ extensions: { code: 'NOT_FOUND' } }] };
  const id = await media.uploaded(ann);
  expect((await listen(bob, id).next()).value).toMatchObject(refused);
  const group = await media.group(ann, bob);
  await media.send(ann, group, { attachmentIds: [id] });
  const told = listen(bob, id);
  expect((await told.next()).value).toMatchObject({ data: { mediaChanged: { status: 'PROCESSING', url: null } } });
  expect((await listen(eve, id).next()).value).toMatchObject(refused);
  await media.shards.of(group).db.$queryRaw`
    select remove_members(${group}::uuid, ${ann.userId}::uuid, ${[bob.userId]}::uuid[])`;
  await media.work();
  expect((await told.next()).done).toBe(true);
});
