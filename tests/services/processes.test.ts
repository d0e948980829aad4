import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { createGroup, draft, openDirect, postUntilAcked, say, signUp } from '../chat.js';
import { Device } from '../client.js';
import { Following } from '../following.js';
import { inboxOf } from '../inbox-invariants.js';
import { waitFor } from '../wait-for.js';
import { Deployment } from './deployment.js';

let deployment: Deployment;
const open: { close(): void }[] = [];

beforeAll(async () => {
  deployment = await Deployment.start();
}, 180_000);
afterAll(async () => {
  for (const each of open) each.close();
  await deployment?.remove();
}, 60_000);

async function person(name: string, router: number): Promise<Device> {
  const device = await signUp(deployment.urls[router]!, name);
  open.push(device);
  return device;
}

async function openSocket(device: Device): Promise<WebSocket> {
  const socket = new WebSocket(`${device.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  open.push(socket);
  await once(socket, 'open');
  const payload = { authorization: `Bearer ${device.session.accessToken}` };
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  await once(socket, 'message');
  return socket;
}

const readyz = async (name: string) => (await fetch(`${deployment.process(name).adminUrl}/readyz`)).status;
const numbered = (count: number, text: string) => Array.from({ length: count }, (_, index) => `${text} ${index + 1}`);

describe('Parley as separate processes', () => {
  test('two people chat over different routers', async () => {
    const [ann, bob] = await Promise.all([person('Ann', 0), person('Bob', 1)]);
    const conversationId = await openDirect(ann, bob);
    const following = await Following.start(bob, conversationId);
    await say(ann, conversationId, 'Hello from the other side');
    await following.untilMessage('Hello from the other side');
    const isUnread = async () => (await inboxOf(bob)).items.get(conversationId)?.unreadCount === 1;
    await waitFor('Bob has one unread', isUnread, 10_000);
    await waitFor('Ann sees Bob online', async () => (await presenceOf(ann, bob)) === 'ONLINE', 10_000);
  });

  test('each says on its admin port that it lives, that it is ready, and its metrics', async () => {
    for (const { name, adminUrl } of deployment.processes.values()) {
      expect((await fetch(`${adminUrl}/healthz`)).status).toBe(200);
      expect([name, await readyz(name)]).toEqual([name, 200]);
      expect(await (await fetch(`${adminUrl}/metrics`)).text()).toContain(`process="${name.replace(/-\d$/, '')}"`);
    }
  });

  test('a sign-out at one router ends the sockets at the other', async () => {
    const ann = await person('Ann', 0);
    const socket = await openSocket(new Device(deployment.urls[1]!, ann.person, ann.session));
    const closed = once(socket, 'close');
    await ann.mutate('mutation { signOut { errors { code message } } }', {});
    expect((await closed)[0]).toBe(4401);
  });

  test('subgraphs are restarted one after the other, and no send fails', async () => {
    const [ann, bob] = await Promise.all([person('Ann', 0), person('Bob', 1)]);
    const conversationId = await openDirect(ann, bob);
    const following = await Following.start(bob, conversationId, { persists: true });
    let isOver = false;
    const sent: string[] = [];
    const lane = async (_: unknown, index: number) => {
      for (let count = 1; !isOver; count++) {
        const body = `lane ${index}, message ${count}`;
        await say(ann, conversationId, body);
        sent.push(body);
      }
    };
    const sending = Promise.all(Array.from({ length: 4 }, lane));
    for (const subgraph of ['users', 'conversations', 'messages', 'presence', 'media', 'search'])
      for (const name of [`${subgraph}-1`, `${subgraph}-2`]) {
        const { process } = deployment.process(name);
        expect([name, await process.end('SIGTERM')]).toEqual([name, 0]);
        await process.start();
      }
    isOver = true;
    await sending;
    expect(sent.length).toBeGreaterThan(20);
    await waitFor('all are told', () => following.bodies.length >= sent.length, 20_000);
    expect([...following.bodies].sort()).toEqual([...sent].sort());
  }, 180_000);

  test('an instance of each subgraph is killed, and people go on', async () => {
    const [ann, bob] = await Promise.all([person('Ann', 0), person('Bob', 1)]);
    const conversationId = await openDirect(ann, bob);
    const following = await Following.start(bob, conversationId, { persists: true });
    const killed = ['users-1', 'conversations-2', 'messages-1', 'presence-2'];
    await Promise.all(killed.map((name) => deployment.process(name).process.end('SIGKILL')));
    for (const body of numbered(20, 'after')) await postUntilAcked(draft(ann, conversationId, body));
    await following.untilMessage('after 20', 20_000);
    expect(following.bodies).toEqual(numbered(20, 'after'));
    expect(await readyz('router-1')).toBe(200);
    await deployment.start();
  }, 90_000);

  test('a subgraph that is away is UNAVAILABLE, its router not ready, until it is back', async () => {
    const ann = await person('Ann', 0);
    const both = ['messages-1', 'messages-2'];
    const conversationId = await createGroup(ann, 'Alone', []);
    await Promise.all(both.map((name) => deployment.process(name).process.end('SIGTERM')));
    await expect(say(ann, conversationId, 'lost')).rejects.toMatchObject({
      errors: [{ extensions: { code: 'UNAVAILABLE', retryable: true } }],
    });
    expect(await readyz('router-1')).toBe(503);
    await deployment.start();
    expect((await say(ann, conversationId, 'found')).body).toBe('found');
    await waitFor('the router is ready', async () => (await readyz('router-1')) === 200);
  }, 90_000);

  test('a router that stops says so, sends its sockets elsewhere, and ends in time', async () => {
    const [ann, bob] = await Promise.all([person('Ann', 0), person('Bob', 1)]);
    const sockets = await Promise.all(Array.from({ length: 10 }, () => openSocket(bob)));
    const closedAt: number[] = [];
    const codes = sockets.map(async (socket) => {
      const [code] = (await once(socket, 'close')) as [number];
      closedAt.push(Date.now());
      return code;
    });
    const { process } = deployment.process('router-2');
    const began = Date.now();
    const ended = process.end('SIGTERM');
    await waitFor('it is not ready any more', async () => (await readyz('router-2').catch(() => 0)) === 503);
    const refused = await fetch(`${deployment.urls[1]}/graphql?query={__typename}`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(new Set(await Promise.all(codes))).toEqual(new Set([1012]));
    expect(Math.max(...closedAt) - Math.min(...closedAt)).toBeGreaterThan(1_000);
    expect(await ended).toBe(0);
    expect(Date.now() - began).toBeLessThan(10_000);
    const elsewhere = new Device(deployment.urls[0]!, bob.person, bob.session);
    open.push(elsewhere);
    const conversationId = await openDirect(ann, elsewhere);
    expect((await say(elsewhere, conversationId, 'here')).seq).toBe(1);
    await process.start();
  }, 60_000);
});

async function presenceOf(viewer: Device, other: Device): Promise<string | undefined> {
  const { user } = await viewer.query<{ user: { presence: { status: string } | null } | null }>(
    'query ($id: ID!) { user(id: $id) { presence { status } } }',
    { id: other.userId },
  );
  return user?.presence?.status;
}
