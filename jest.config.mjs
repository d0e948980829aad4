import { availableParallelism } from 'node:os';

/** Native ESM: run through bin/test.mjs, which starts Node with --experimental-vm-modules. */
export default {
  testEnvironment: 'node',
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testPathIgnorePatterns: [
    '/node_modules/',
    '/dist/',
    ...(process.env.PARLEY_TEST_SERVICES ? [] : ['/tests/services/', '/tests/faults/']),
    // Each says why it is told on one process alone.
    ...(process.env.PARLEY_TEST_DEPLOYMENT ? ['/journeys/matrix', '/journeys/dead-letters'] : []),
  ],
  modulePathIgnorePatterns: ['/dist/'],
  globalSetup: './tests/global-setup.mjs',
  globalTeardown: './tests/global-teardown.mjs',
  testSequencer: './tests/sequencer.mjs',
  testTimeout: 30_000,
  // Stories often wait, so that three keep two cores busy; those on real servers have processes of their own at work.
  maxWorkers: process.env.PARLEY_TEST_SERVICES ? 2 : Math.min(8, Math.max(3, availableParallelism() - 1)),
};
