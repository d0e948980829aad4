import { beforeEach, expect, test } from '@jest/globals';
import { toPublicId } from '../../platform/ids/ids.js';
import { mediaChannels, type MediaState } from '../../schema/media.js';
import { waitFor } from '../../tests/wait-for.js';
import { MediaStream } from './media-stream.js';
import { nameOf, stateFixture, uuidOf } from './state.fixture.js';

let fixture: ReturnType<typeof stateFixture>;
let stream: MediaStream;
let states: Map<string, MediaState>;
let mayNotSee: Set<string>;

beforeEach(() => {
  fixture = stateFixture('mediaChanged');
  states = new Map();
  mayNotSee = new Set(['eve']);
  stream = new MediaStream({
    ...fixture,
    feed: {
      states: async (ids) => new Map([...states].filter(([mediaId]) => ids.includes(mediaId))),
      visible: async (userId, ids) => new Set(mayNotSee.has(nameOf(userId)) ? [] : ids),
    },
  });
  states.set(uuidOf('photo'), stateOf(1, 'PROCESSING'));
});

const stateOf = (version: number, status: MediaState['status']): MediaState => ({ version, status });
/** Without a word to anybody, as where what is published is lost. */
const become = (version: number, status: MediaState['status']) => states.set(uuidOf('photo'), stateOf(version, status));
const poke = () => fixture.pubsub.publish(mediaChannels.media(uuidOf('photo')), '');

async function listen(name: string, id = toPublicId('media', uuidOf('photo'))) {
  const subscriber = fixture.subscriber(name, { id });
  await stream.open(subscriber.request);
  return subscriber;
}
type Listener = Awaited<ReturnType<typeof listen>>;
const versions = ({ told }: Listener) => told.map((event) => (event as unknown as { version: number }).version);
const until = (listener: Listener, expected: number[]) =>
  waitFor(
    JSON.stringify(expected),
    () => String(versions(listener)) === String(expected),
    2_000,
    () => versions(listener),
  );

test('begins with how it stands, tells each change once, and ends when nothing more can change', async () => {
  const [ann, bob] = await Promise.all(['ann', 'bob'].map((name) => listen(name)));
  for (const each of [ann!, bob!]) await until(each, [1]);
  await poke();
  await poke();
  become(2, 'READY');
  await poke();
  for (const each of [ann!, bob!]) {
    await until(each, [1, 2]);
    await waitFor('it ends', () => each.connection.ended);
  }
  // One rendering of each state serves both.
  expect(fixture.rendered).toHaveLength(2);
});

test('tells at once, and ends, where it was settled before', async () => {
  become(4, 'REJECTED');
  const ann = await listen('ann');
  await until(ann, [4]);
  await waitFor('it ends', () => ann.connection.ended);
});

test('is refused to who may not see it, and where there is none', async () => {
  const refused = { extensions: { code: 'NOT_FOUND' } };
  await expect(listen('eve')).rejects.toMatchObject(refused);
  await expect(listen('ann', 'nonsense')).rejects.toMatchObject(refused);
  await poke();
  expect(fixture.rendered).toEqual([]);
});

test('ends untold for who may see it no longer', async () => {
  const [ann, bob] = await Promise.all(['ann', 'bob'].map((name) => listen(name)));
  for (const each of [ann!, bob!]) await until(each, [1]);
  mayNotSee.add('bob');
  become(2, 'PROCESSING');
  await poke();
  await until(ann!, [1, 2]);
  await waitFor('it ends', () => bob!.connection.ended);
  expect(versions(bob!)).toEqual([1]);
  mayNotSee.add('ann');
  await stream.recheck();
  await waitFor('it ends', () => ann!.connection.ended);
});

test('finds what was lost on the way, and nothing where all were told', async () => {
  const ann = await listen('ann');
  await until(ann, [1]);
  expect(await stream.findBehind()).toEqual([]);
  become(2, 'READY');
  for (const repair of await stream.findBehind()) repair();
  await until(ann, [1, 2]);
});

test('tells once more what could not be rendered', async () => {
  fixture.failing.isOn = true;
  const ann = await listen('ann');
  await waitFor('it was tried', () => fixture.failing.count > 0);
  fixture.failing.isOn = false;
  for (const repair of await stream.findBehind()) repair();
  await until(ann, [1]);
});

test('tells nothing more after it was closed', async () => {
  const [ann, bob] = await Promise.all(['ann', 'bob'].map((name) => listen(name)));
  for (const each of [ann!, bob!]) await until(each, [1]);
  ann!.connection.close();
  become(2, 'PROCESSING');
  await poke();
  await until(bob!, [1, 2]);
  expect(versions(ann!)).toEqual([1]);
});
