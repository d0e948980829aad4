import TestSequencer from '@jest/test-sequencer';

/** Stories take longest and often wait: they begin first, so that none is left to run alone at the end. */
export default class Sequencer extends TestSequencer {
  sort(tests) {
    const isStory = ({ path }) => /[\\/]tests[\\/](journeys|crash|streams|services|faults)[\\/]/.test(path);
    const sorted = super.sort(tests);
    return [...sorted.filter(isStory), ...sorted.filter((test) => !isStory(test))];
  }
}
