import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';

/** Test files run where Node itself runs, not in a context each; Jest's own traces go when a file ends. */
export default class SharedRealm {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  found = { exit: process.exit, console };

  constructor({ projectConfig }) {
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
  }

  async setup() {}

  async teardown() {
    this.fakeTimersModern.dispose();
    for (const name of perFile) delete globalThis[Symbol.for(name)];
    process.exit = this.found.exit;
    globalThis.console = this.found.console;
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  getVmContext() {
    return null;
  }
}

/** Where jest-circus keeps who listens to a test file, and what the file has said of itself. */
const perFile = ['EVENT_HANDLERS', 'TEST_TIMEOUT_SYMBOL', 'RETRY_TIMES', 'LOG_ERRORS_BEFORE_RETRY'];
