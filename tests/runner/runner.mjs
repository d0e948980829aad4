import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { mapOf } from './compiled.mjs';
import { setGlobals } from './globals.mjs';

register('./hooks.mjs', import.meta.url);
const require = createRequire(import.meta.url);
const asyncHooks = require('node:async_hooks');
const storages = [];
const circus = require('jest-circus/runner').default;

/**
 * Runs one test file as Jest does, except that Node loads its modules: those that test files share, once for all files of
 * a worker. See docs/decisions/164-test-files-share-what-they-load.md.
 */
export default async function run(globalConfig, config, environment, runtime, testPath, sendMessageToJest) {
  runtime.getSourceMaps().get = mapOf;
  const loader = {
    // What it loads holds the tests of one file.
    requireInternalModule: (path) => {
      delete require.cache[path];
      return notingStorages(() => require(path));
    },
    requireModule: require,
    setGlobalsForRuntime: (made) => setGlobals({ ...made, jest: jestFor(environment) }),
    unstable_shouldLoadAsEsm: () => true,
    unstable_importModule: (path) => import(pathToFileURL(path).href),
    enterTestCode: () => undefined,
    leaveTestCode: () => undefined,
  };
  try {
    return await circus(globalConfig, config, environment, loader, testPath, sendMessageToJest);
  } finally {
    for (const storage of storages.splice(0)) storage.disable();
  }
}

/**
 * Jest keeps which test runs in an AsyncLocalStorage of each file. Node hands each that was ever used on with every promise
 * until it is disabled: each file would make all later ones slower.
 */
function notingStorages(load) {
  const { AsyncLocalStorage } = asyncHooks;
  asyncHooks.AsyncLocalStorage = class extends AsyncLocalStorage {
    constructor() {
      super();
      storages.push(this);
    }
  };
  try {
    return load();
  } finally {
    asyncHooks.AsyncLocalStorage = AsyncLocalStorage;
  }
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
