/** Of the life of a link: for so long links of one thing are equal, so that what was fetched can be kept. */
const STEP = 1 / 6;

/** A lifetime from now, or up to a sixth more. `now`: Unix ms. */
export function endOfLink(seconds: number, now: number): Date {
  const lifetimeMs = seconds * 1_000;
  const stepMs = lifetimeMs * STEP;
  return new Date(Math.ceil((now + lifetimeMs) / stepMs) * stepMs);
}
