import { expect, test } from '@jest/globals';
import { quietFor } from './quiet-hours.js';

const MINUTE = 60_000;
const inBerlin = { timeZone: 'Europe/Berlin' };

test.each([
  ['within one day', '12:00', '14:00', '2026-07-01T10:30:00Z', 90],
  ['the end is not quiet', '12:00', '14:00', '2026-07-01T12:00:00Z', null],
  ['the beginning is', '12:00', '14:00', '2026-07-01T10:00:00Z', 120],
  ['past midnight, before it', '22:00', '07:00', '2026-07-01T21:00:00Z', 480],
  ['past midnight, after it', '22:00', '07:00', '2026-07-01T04:00:00Z', 60],
  ['by day', '22:00', '07:00', '2026-07-01T12:00:00Z', null],
  ['seconds count', '12:00', '14:00', '2026-07-01T11:59:30Z', 0.5],
  ['clocks go forward meanwhile', '22:00', '07:00', '2026-03-28T21:00:00Z', 8 * 60],
  ['clocks go back meanwhile', '22:00', '07:00', '2026-10-24T20:00:00Z', 10 * 60],
])('it is quiet by the clock on the wall: %s', (_what, from, to, at, minutes) => {
  const left = quietFor({ from, to, ...inBerlin }, Date.parse(at));
  expect(left).toBe(minutes === null ? null : minutes * MINUTE);
});
