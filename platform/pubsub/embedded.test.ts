import { expect, test } from '@jest/globals';
import { pubsubContract } from './contract.js';
import { EmbeddedPubSub } from './embedded.js';

pubsubContract('embedded', async () => new EmbeddedPubSub());

test('refuses work once closed', async () => {
  const pubsub = new EmbeddedPubSub();
  await pubsub.close();
  await expect(pubsub.publish('a', 'x')).rejects.toThrow('closed');
});
