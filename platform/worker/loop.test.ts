import { afterEach, expect, test } from '@jest/globals';
import { waitFor } from '../../tests/wait-for.js';
import { silentLog } from '../telemetry/log.js';
import { startLoop, type Loop } from './loop.js';

const loops: Loop[] = [];
afterEach(() => Promise.all(loops.splice(0).map((loop) => loop.stop())));

/** One that looks by itself at its start alone. */
function start() {
  const turns: number[] = [];
  const loop = startLoop({
    name: 'test',
    pollMs: 600_000,
    log: silentLog(),
    turn: () => {
      turns.push(performance.now());
      return Promise.resolve(false);
    },
  });
  loops.push(loop);
  return { loop, turns };
}

test('who is told ahead looks then, not before; looks that fall together are one', async () => {
  const { loop, turns } = start();
  await waitFor('it has looked', () => turns.length === 1);
  const from = performance.now();
  for (let i = 0; i < 100; i++) loop.pokeIn(60 + i / 100);
  loop.pokeIn(400);
  await waitFor('it has looked for the last', () => (turns.at(-1) ?? 0) >= from + 400);
  expect(turns[1]).toBeGreaterThanOrEqual(from + 60);
  // Those at 60 ms may be on both sides of where one look ends and the next begins.
  expect([3, 4]).toContain(turns.length);
});

test('what is stopped looks no more', async () => {
  const { loop, turns } = start();
  await waitFor('it has looked', () => turns.length === 1);
  loop.pokeIn(20);
  await loop.stop();
  const other = start();
  other.loop.pokeIn(120);
  await waitFor('as long a time has passed', () => other.turns.length === 2);
  expect(turns).toHaveLength(1);
});
