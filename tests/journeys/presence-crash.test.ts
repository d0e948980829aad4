import { expect } from '@jest/globals';
import type { Device } from '../client.js';
import { connect, presenceOf, statusesOf, untilStatus, watchPresence } from '../presence.js';
import { isDeployed, storiesOnParley } from '../story.js';
import { waitFor } from '../wait-for.js';

const story = storiesOnParley({}, 'alone');

story(
  'killed with 200 people online: nobody who comes back flickers, and the others go',
  async ({ parley, people, person, closing }) => {
    const crowd: Device[] = [];
    // Not all at once: each password costs memory to hash.
    while (crowd.length < 200)
      crowd.push(...(await Promise.all(Array.from({ length: 10 }, (_, i) => person(`P${crowd.length + i}`)))));
    const [ann] = await people('Ann');
    for (const device of crowd) connect(device);
    const before = watchPresence(ann, crowd);
    for (const device of crowd) await untilStatus(before, device, 'ONLINE', 20_000);
    const [back, gone] = [crowd.slice(0, 100), crowd.slice(100)];
    for (const device of gone) device.close();

    await parley.kill();
    await parley.start();
    const after = watchPresence(ann, crowd);
    await waitFor('Ann is back', () => ann.isConnected);
    for (const device of back) connect(closing(device));
    for (const device of back) await untilStatus(after, device, 'ONLINE', 20_000);
    // What Redis has of a killed router lives for 45 s, and 10 s later its people are told as gone.
    for (const device of gone) await untilStatus(after, device, 'OFFLINE', isDeployed ? 70_000 : 25_000);
    for (const device of back) expect(statusesOf(after, device)).toEqual(['ONLINE']);
    const known = isDeployed ? [['OFFLINE'], ['ONLINE', 'OFFLINE']] : [['OFFLINE']];
    for (const device of gone) expect(known).toContainEqual(statusesOf(after, device));
    expect((await presenceOf(ann, gone[0]!))?.lastSeenAt).not.toBeNull();
  },
  240_000,
);
