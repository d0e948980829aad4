import { expect, test } from '@jest/globals';
import { waitFor } from '../../tests/wait-for.js';
import { unavailable } from '../errors/report.js';
import { silentLog } from '../telemetry/log.js';
import { createBreaker } from '../worker/breaker.js';
import { ask } from './documents.fixture.js';
import { heldBack, isIndexOut } from './held-back.js';

const down = { extensions: { code: 'UNAVAILABLE', retryable: true } };
const answer = { hits: [], hasMore: false, total: 0 };

/** Searches of an index where messages are looked for by `search`; it is asked again after `tryAfterMs`. */
function searching(search: () => Promise<typeof answer>, tryAfterMs: number) {
  const breaker = createBreaker({ name: 'search', isFailure: isIndexOut, tryAfterMs, log: silentLog() });
  const well = () => Promise.resolve(answer);
  return heldBack({ searchMessages: search, searchPeople: well, searchConversations: well }, breaker);
}

test('nobody waits for an index that others have found to hang', async () => {
  const waiting: ((error: Error) => void)[] = [];
  const index = searching(() => new Promise((_resolve, reject) => waiting.push(reject)), 60_000);
  const first = Array.from({ length: 5 }, () => index.searchMessages(ask('word')));
  for (const reject of waiting) reject(unavailable());
  for (const search of first) await expect(search).rejects.toMatchObject(down);
  await expect(index.searchMessages(ask('word'))).rejects.toMatchObject(down);
  await expect(index.searchPeople({ text: 'ann', first: 1 })).rejects.toMatchObject(down);
  expect(waiting).toHaveLength(5);
});

test('it is asked again after a while, and answers once it is back', async () => {
  let isBack = false;
  const index = searching(() => (isBack ? Promise.resolve(answer) : Promise.reject(unavailable())), 20);
  for (let i = 0; i < 6; i++) await expect(index.searchMessages(ask('word'))).rejects.toMatchObject(down);
  isBack = true;
  expect(await waitFor('an answer', () => index.searchMessages(ask('word')).catch(() => null))).toBe(answer);
});

test('what the index dislikes is held against nobody', async () => {
  const index = searching(() => Promise.reject(new Error('a bad query')), 60_000);
  for (let i = 0; i < 6; i++) await expect(index.searchMessages(ask('word'))).rejects.toThrow('a bad query');
  expect(await index.searchPeople({ text: 'ann', first: 1 })).toBe(answer);
});
