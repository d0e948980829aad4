import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fromPublicId } from '../../platform/ids/ids.js';
import { openChanges } from './changes.fixture.js';
import { somebody } from './testing.js';

let parley: Awaited<ReturnType<typeof openChanges>>;
beforeAll(async () => {
  parley = await openChanges();
});
afterAll(() => parley.close());

test('an excerpt is for those who may read the message, and has what it says now', async () => {
  const [ann, bob] = [somebody(), somebody()];
  const id = await parley.group(ann, bob);
  const { id: messageId } = await parley.send(ann, id, { body: '😀'.repeat(501) });
  const uuid = fromPublicId('message', messageId)!;
  const excerpt = () => parley.subgraph.excerptOf(uuid, bob.userId);
  expect(await excerpt()).toBe('😀'.repeat(500));
  expect(await parley.subgraph.senderOf(uuid)).toBe(ann.userId);
  expect(await parley.subgraph.excerptOf(uuid, somebody().userId)).toBeNull();
  // Who has had enough of a message may report it all the same.
  await parley.mutate(bob, 'deleteMessage', { messageId, scope: 'VIEWER' });
  await parley.mutate(ann, 'editMessage', { messageId, body: 'sorry' });
  expect(await excerpt()).toBe('sorry');
  await parley.mutate(ann, 'deleteMessage', { messageId });
  expect(await excerpt()).toBe('');
  await parley.leave(id, bob.userId);
  expect(await excerpt()).toBeNull();
  expect(await parley.subgraph.senderOf(ann.userId)).toBeNull();
});
