import type { QuietHoursRow } from '../../subgraphs/notifications/store.js';

const DAY = 24 * 60;
const MINUTE_MS = 60_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** For how long it is still quiet, ms; null where it is not. `now`: Unix ms. By the clock on the wall there, summer time included. */
export function quietFor({ from, to, timeZone }: QuietHoursRow, now: number): number | null {
  const [start, end, time] = [minutesOf(from), minutesOf(to), timeIn(timeZone, now)];
  const isQuiet = start < end ? time >= start && time < end : time >= start || time < end;
  if (!isQuiet) return null;
  const until = now + ((end - time + DAY) % DAY) * MINUTE_MS;
  // Where clocks are changed meanwhile, that is an hour off.
  const off = ((timeIn(timeZone, until) - end + DAY + DAY / 2) % DAY) - DAY / 2;
  return Math.max(1, until - off * MINUTE_MS - now);
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

/** Minutes since midnight, with their parts. */
function timeIn(timeZone: string, at: number): number {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en', { timeZone, hourCycle: 'h23', hour: 'numeric', minute: 'numeric' });
    formats.set(timeZone, format);
  }
  const parts = format.formatToParts(at);
  const numberOf = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return numberOf('hour') * 60 + numberOf('minute') + (at % MINUTE_MS) / MINUTE_MS;
}
