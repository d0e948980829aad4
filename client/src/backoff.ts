/** How long to wait before the n-th attempt anew (0 is the first), in ms: doubling from `first` up to `most`. */
export interface Backoff {
  first: number;
  most: number;
}

/** With full jitter, so that clients that failed together do not come back together; never under a tenth. */
export function delayOf(attempt: number, { first, most }: Backoff, random: () => number): number {
  const ceiling = Math.min(most, first * 2 ** Math.min(attempt, 30));
  return ceiling * (0.1 + 0.9 * random());
}
