import { availableParallelism } from 'node:os';

/** Run through bin/test.mjs, which compiles first what tests start. */
export default {
  testEnvironment: './tests/runner/environment.mjs',
  testRunner: './tests/runner/runner.mjs',
  testMatch: ['**/*.test.ts'],
  // Node loads test files, see tests/runner.
  transform: {},
  testPathIgnorePatterns: [
    '/node_modules/',
    '/dist/',
    ...(process.env.PARLEY_TEST_SERVICES ? [] : ['/tests/services/', '/tests/faults/']),
    // Each says why it is told on one process alone.
    ...(process.env.PARLEY_TEST_DEPLOYMENT ? ['/journeys/matrix', '/journeys/operator-tools'] : []),
  ],
  modulePathIgnorePatterns: ['/dist/'],
  globalSetup: './tests/global-setup.mjs',
  globalTeardown: './tests/global-teardown.mjs',
  testSequencer: './tests/sequencer.mjs',
  testTimeout: 30_000,
  // Stories often wait, so that four keep two cores busy; those on real servers have processes of their own at work.
  maxWorkers: process.env.PARLEY_TEST_SERVICES ? 2 : Math.min(8, Math.max(4, availableParallelism() - 1)),
};
