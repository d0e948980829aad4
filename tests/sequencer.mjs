import TestSequencer from '@jest/test-sequencer';

const isStory = /[\\/]tests[\\/](journeys|crash|streams|services|faults|web)[\\/]/;
/** They kill, restart and wait: half a minute and more. */
const isLong =
  /crash|failures|operator-tools|presence|crowd|lossy|notifications|web.(media|groups|push|screens|talking)/;
const BETWEEN = 6;

/** Long stories begin first, so that none is left to run alone at the end; short tests run beside them. */
export default class Sequencer extends TestSequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const stories = sorted.filter(({ path }) => isStory.test(path));
    const long = stories.filter(({ path }) => isLong.test(path));
    const rest = sorted.filter(({ path }) => !isStory.test(path));
    const mixed = [...long, ...stories.filter((story) => !long.includes(story))].flatMap((story) => [
      story,
      ...rest.splice(0, BETWEEN),
    ]);
    return [...mixed, ...rest];
  }
}
