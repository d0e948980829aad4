import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openDirect, say, signUp } from '../chat.js';
import type { Device } from '../client.js';
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

describe('Parley as separate processes', () => {
  test('two people chat over different routers', async () => {
    const [ann, bob] = await Promise.all([person('Ann', 0), person('Bob', 1)]);
    const conversationId = await openDirect(ann, bob);
    const following = await Following.start(bob, conversationId);
    await say(ann, conversationId, 'Hello from the other side');
    await following.untilMessage('Hello from the other side');
    await waitFor(
      'Bob has one unread',
      async () => (await inboxOf(bob)).items.get(conversationId)?.unreadCount === 1,
      10_000,
    );
  });
});
