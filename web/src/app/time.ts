import { strings } from '../strings';

/** Of the person, as far as it is a kind of English: what stands around it is. */
const locale = navigator.languages.find((language) => language.startsWith('en')) ?? 'en-GB';

const clock = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short' });
const shortDate = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
const longDate = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric' });
const dayOfYear = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
const whole = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });

const DAY = 86_400_000;

export const atClock = (instant: string): string => clock.format(new Date(instant));
export const inFull = (instant: string): string => whole.format(new Date(instant));
export const onDate = (instant: string): string => longDate.format(new Date(instant));

/** The same for all instants of one day, here. */
export const dayOf = (instant: string): string => new Date(instant).toDateString();

/** For the row of a list: as short as it can be. */
export function briefly(instant: string, now = Date.now()): string {
  const days = daysBetween(instant, now);
  if (days === 0) return atClock(instant);
  if (days === 1) return strings.conversation.yesterday;
  const date = new Date(instant);
  return days < 7 ? weekday.format(date) : shortDate.format(date);
}

/** For the line between two days. */
export function dayName(instant: string, now = Date.now()): string {
  const days = daysBetween(instant, now);
  if (days === 0) return strings.conversation.today;
  if (days === 1) return strings.conversation.yesterday;
  return days < 300 ? dayOfYear.format(new Date(instant)) : onDate(instant);
}

/** As in "5 minutes ago". */
export function ago(instant: string, now = Date.now()): string {
  const minutes = Math.round((Date.parse(instant) - now) / 60_000);
  if (minutes > -60) return relative.format(Math.min(0, minutes), 'minute');
  const hours = Math.round(minutes / 60);
  return hours > -24 ? relative.format(hours, 'hour') : relative.format(Math.round(hours / 24), 'day');
}

function daysBetween(instant: string, now: number): number {
  const midnight = (time: number) => new Date(time).setHours(0, 0, 0, 0);
  return Math.round((midnight(now) - midnight(Date.parse(instant))) / DAY);
}
