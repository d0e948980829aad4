import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { unavailable } from '../errors/report.js';
import { ask, message, written } from './documents.fixture.js';
import { measured } from './measured.js';
import type { SearchIndex } from './port.js';

test('counts changes, searches and what fails, and changes no answer', async () => {
  const registry = new Registry();
  const answer = { hits: [], hasMore: false, total: 0 };
  const index = measured(
    {
      searchMessages: () => Promise.resolve(answer),
      searchPeople: () => Promise.reject(unavailable()),
      writeMessages: () => Promise.resolve(),
      writePeople: () => Promise.reject(unavailable()),
    } as unknown as SearchIndex,
    registry,
  );
  expect(await index.searchMessages(ask('word'))).toBe(answer);
  await index.writeMessages([written(message('one')), written(message('two'))]);
  const down = { extensions: { code: 'UNAVAILABLE' } };
  await expect(index.searchPeople({ text: 'ann', first: 1 })).rejects.toMatchObject(down);
  await expect(index.writePeople([])).rejects.toMatchObject(down);
  const metrics = await registry.metrics();
  expect(metrics).toContain('search_index_writes_total{index="messages"} 2');
  expect(metrics).toContain('search_seconds_count{index="messages"} 1');
  expect(metrics).toContain('search_index_failures_total{index="people",call="search"} 1');
  expect(metrics).toContain('search_index_failures_total{index="people",call="write"} 1');
  expect(metrics).not.toContain('search_seconds_count{index="people"}');
});
