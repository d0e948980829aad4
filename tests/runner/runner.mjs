import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { mapOf } from './compiled.mjs';
import { setGlobals } from './globals.mjs';

register('./hooks.mjs', import.meta.url);
const require = createRequire(import.meta.url);
const circus = require('jest-circus/runner').default;

/**
 * Runs one test file as Jest does, except that Node loads its modules: those that test files share, once for all files of
 * a worker. See docs/decisions/164-test-files-share-what-they-load.md.
 */
export default function run(globalConfig, config, environment, runtime, testPath, sendMessageToJest) {
  runtime.getSourceMaps().get = mapOf;
  const loader = {
    // What it loads holds the tests of one file.
    requireInternalModule: (path) => {
      delete require.cache[path];
      return require(path);
    },
    requireModule: require,
    setGlobalsForRuntime: (made) => setGlobals({ ...made, jest: jestFor(environment) }),
    unstable_shouldLoadAsEsm: () => true,
    unstable_importModule: (path) => import(pathToFileURL(path).href),
    enterTestCode: () => undefined,
    leaveTestCode: () => undefined,
  };
  return circus(globalConfig, config, environment, loader, testPath, sendMessageToJest);
}

/** As much of the object `jest` as the test files use. Modules are shared, so that none can be mocked. */
function jestFor({ moduleMocker, fakeTimersModern: timers }) {
  const set = (name, value) => (globalThis[Symbol.for(name)] = value);
  return {
    fn: moduleMocker.fn.bind(moduleMocker),
    spyOn: moduleMocker.spyOn.bind(moduleMocker),
    useFakeTimers: (options) => timers.useFakeTimers(options),
    useRealTimers: () => timers.useRealTimers(),
    advanceTimersByTime: (ms) => timers.advanceTimersByTime(ms),
    getTimerCount: () => timers.getTimerCount(),
    setTimeout: (ms) => set('TEST_TIMEOUT_SYMBOL', ms),
    retryTimes: (times, { logErrorsBeforeRetry = false } = {}) => {
      set('RETRY_TIMES', times);
      set('LOG_ERRORS_BEFORE_RETRY', logErrorsBeforeRetry);
    },
  };
}
