/** What is imported from '@jest/globals': whoever does, at any time, has what Jest made for the test file that runs. */
export let afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest, test;

export function setGlobals(made) {
  ({ afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest, test } = made);
}
